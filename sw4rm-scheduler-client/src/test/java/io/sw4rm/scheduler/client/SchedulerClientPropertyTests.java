package io.sw4rm.scheduler.client;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.grpc.Status;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ArgumentsSource;

import io.sw4rm.scheduler.proto.PollActivityBufferRequest;
import io.sw4rm.scheduler.proto.PollActivityBufferResponse;
import io.sw4rm.scheduler.proto.PreemptRequest;
import io.sw4rm.scheduler.proto.PreemptResponse;
import io.sw4rm.scheduler.proto.PurgeActivityRequest;
import io.sw4rm.scheduler.proto.PurgeActivityResponse;
import io.sw4rm.scheduler.proto.ShutdownAgentRequest;
import io.sw4rm.scheduler.proto.ShutdownAgentResponse;
import io.sw4rm.scheduler.proto.SubmitTaskRequest;
import io.sw4rm.scheduler.proto.SubmitTaskResponse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNoException;

/**
 * Tests for {@link SchedulerClient}, {@link AsyncSchedulerClient} and
 * {@link ReactiveSchedulerClient}, with any arguments and any answers: what is accepted
 * arrives unchanged, and what is refused is never sent.
 */
@ExtendWith(AnyValues.class)
class SchedulerClientPropertyTests {

	private static final Duration MAX_GRACE_PERIOD = Duration.ofSeconds(315_576_000_000L);

	private static final TestScheduler scheduler = new TestScheduler();

	@BeforeAll
	static void startScheduler() throws IOException {
		scheduler.start();
	}

	@AfterAll
	static void stopScheduler() throws InterruptedException {
		scheduler.close();
	}

	@BeforeEach
	void reset() {
		scheduler.reset();
	}

	@ParameterizedTest
	@ArgumentsSource(AnyValues.class)
	void sendsTask(ClientStyle style, @Nullable String agentId, @Nullable String taskId, int priority,
			@Nullable String scope, byte[] params, @Nullable String contentType) {
		boolean valid = isId(agentId) && isId(taskId) && AnyValues.isText(scope) && isId(contentType);
		int validPriority = Math.floorMod(priority, 40) - 19;
		assertThatSends(
				valid ? SubmitTaskRequest.newBuilder()
					.setAgentId(agentId)
					.setTaskId(taskId)
					.setPriority(validPriority)
					.setScope(scope)
					.setParams(ByteString.copyFrom(params))
					.setContentType(contentType)
					.build() : null,
				() -> client(style)
					.submitTask(new TaskSubmission(agentId, taskId, validPriority, scope, params, contentType)));
	}

	@ParameterizedTest
	@ArgumentsSource(AnyValues.class)
	void sendsPreemptionRequest(ClientStyle style, @Nullable String agentId, @Nullable String taskId,
			@Nullable String reason) {
		boolean valid = isId(agentId) && isId(taskId) && AnyValues.isText(reason);
		assertThatSends(valid
				? PreemptRequest.newBuilder().setAgentId(agentId).setTaskId(taskId).setReason(reason).build() : null,
				() -> client(style).requestPreemption(agentId, taskId, reason));
	}

	@ParameterizedTest
	@ArgumentsSource(AnyValues.class)
	void sendsPreemptionRequestWithoutReason(ClientStyle style, @Nullable String agentId, @Nullable String taskId) {
		assertThatSends(
				isId(agentId) && isId(taskId)
						? PreemptRequest.newBuilder().setAgentId(agentId).setTaskId(taskId).build() : null,
				() -> client(style).requestPreemption(agentId, taskId));
	}

	@ParameterizedTest
	@ArgumentsSource(AnyValues.class)
	void sendsShutdownRequest(ClientStyle style, @Nullable String agentId) {
		assertThatSends(isId(agentId) ? ShutdownAgentRequest.newBuilder().setAgentId(agentId).build() : null,
				() -> client(style).shutdownAgent(agentId));
	}

	@ParameterizedTest
	@ArgumentsSource(AnyValues.class)
	void sendsGracePeriod(ClientStyle style, @Nullable Duration gracePeriod) {
		boolean valid = gracePeriod != null && !gracePeriod.isNegative()
				&& gracePeriod.compareTo(MAX_GRACE_PERIOD) <= 0;
		assertThatSends(valid ? ShutdownAgentRequest.newBuilder()
			.setAgentId("worker-1")
			.setGracePeriod(com.google.protobuf.Duration.newBuilder()
				.setSeconds(gracePeriod.getSeconds())
				.setNanos(gracePeriod.getNano()))
			.build() : null, () -> client(style).shutdownAgent("worker-1", gracePeriod));
	}

	@ParameterizedTest
	@ArgumentsSource(AnyValues.class)
	void sendsPoll(ClientStyle style, @Nullable String agentId) {
		assertThatSends(isId(agentId) ? PollActivityBufferRequest.newBuilder().setAgentId(agentId).build() : null,
				() -> client(style).pollActivityBuffer(agentId));
	}

	@ParameterizedTest
	@ArgumentsSource(AnyValues.class)
	void sendsPurge(ClientStyle style, @Nullable String agentId, List<@Nullable String> taskIds) {
		if (taskIds.isEmpty()) {
			// Sends nothing, as sendsPurgeOfEverythingOnlyWhenAskedTo shows
			return;
		}
		boolean valid = isId(agentId) && taskIds.stream().allMatch(SchedulerClientPropertyTests::isId);
		assertThatSends(
				valid ? PurgeActivityRequest.newBuilder().setAgentId(agentId).addAllTaskIds(taskIds).build() : null,
				() -> client(style).purgeActivity(agentId, taskIds));
	}

	@ParameterizedTest
	@ArgumentsSource(AnyValues.class)
	void sendsPurgeOfEverythingOnlyWhenAskedTo(ClientStyle style, @Nullable String agentId) {
		if (isId(agentId)) {
			assertThat(client(style).purgeActivity(agentId, List.of())).isZero();
			assertThat(scheduler.calls()).isEmpty();
		}
		assertThatSends(isId(agentId) ? PurgeActivityRequest.newBuilder().setAgentId(agentId).build() : null,
				() -> client(style).purgeAllActivity(agentId));
	}

	@ParameterizedTest
	@ArgumentsSource(AnyValues.class)
	void returnsAnswerToTask(ClientStyle style, boolean accepted, @Nullable String reason) {
		scheduler.answers(SubmitTaskResponse.newBuilder().setAccepted(accepted).setReason(text(reason)).build());
		SubmitTaskResult result = client(style).submitTask(TaskSubmission.forAgent("worker-1").taskId("task").build());
		assertThat(result).isEqualTo(new SubmitTaskResult("task", accepted, text(reason)));
		if (!accepted) {
			assertThatExceptionOfType(TaskRejectedException.class).isThrownBy(result::orElseThrow)
				.satisfies((ex) -> assertThat(ex.getReason()).isEqualTo(text(reason)));
		}
	}

	@ParameterizedTest
	@ArgumentsSource(AnyValues.class)
	void returnsCount(ClientStyle style, int purged) {
		scheduler.answers(PurgeActivityResponse.newBuilder().setPurged(purged).build());
		assertThat(client(style).purgeAllActivity("worker-1")).isEqualTo(Integer.toUnsignedLong(purged));
	}

	@ParameterizedTest
	@ArgumentsSource(AnyValues.class)
	void returnsOutcome(ClientStyle style, boolean outcome) {
		scheduler.answers((request) -> (request instanceof PreemptRequest)
				? PreemptResponse.newBuilder().setEnqueued(outcome).build()
				: ShutdownAgentResponse.newBuilder().setOk(outcome).build());
		assertThat(client(style).requestPreemption("worker-1", "task").enqueued()).isEqualTo(outcome);
		assertThat(client(style).shutdownAgent("worker-1").ok()).isEqualTo(outcome);
	}

	@ParameterizedTest
	@ArgumentsSource(AnyValues.class)
	void returnsEntries(ClientStyle style, List<@Nullable String> texts) {
		List<ActivityEntry> entries = texts.stream()
			.map(SchedulerClientPropertyTests::text)
			.map((text) -> new ActivityEntry(text, "repo", text, "branch", text, text))
			.toList();
		PollActivityBufferResponse.Builder response = PollActivityBufferResponse.newBuilder();
		entries.forEach((entry) -> response.addEntriesBuilder()
			.setTaskId(entry.taskId())
			.setRepoId(entry.repoId())
			.setWorktreeId(entry.worktreeId())
			.setBranch(entry.branch())
			.setDescription(entry.description())
			.setTimestamp(entry.timestamp()));
		scheduler.answers(response.build());
		assertThat(client(style).pollActivityBuffer("worker-1")).isEqualTo(entries)
			.allSatisfy((entry) -> assertThat(entry.instant()).isEmpty());
	}

	@ParameterizedTest
	@ArgumentsSource(AnyValues.class)
	void throwsFailureWithItsStatus(ClientStyle style, Status.Code code, @Nullable String description) {
		if (code == Status.Code.OK) {
			return;
		}
		String sent = text(description).substring(0, Math.min(100, text(description).length()));
		scheduler.fails(code.toStatus().withDescription(sent));
		assertThatExceptionOfType(SchedulerException.class).isThrownBy(() -> client(style).shutdownAgent("worker-1"))
			.satisfies((ex) -> assertThat(ex.getStatusCode()).isEqualTo(code));
	}

	@ParameterizedTest
	@ArgumentsSource(AnyValues.class)
	void keepsOrRefusesDeadline(ClientStyle style, @Nullable Duration deadline) {
		if (deadline == null || deadline.isZero() || deadline.isNegative()) {
			assertThatIllegalArgumentException().isThrownBy(() -> client(style).withDeadline(deadline))
				.withMessageStartingWith("deadline must ");
			assertThatIllegalArgumentException().isThrownBy(() -> builder().deadline(deadline));
			assertThatIllegalArgumentException()
				.isThrownBy(() -> builder().deadline(SchedulerOperation.SUBMIT_TASK, deadline));
			return;
		}
		try {
			client(style).withDeadline(deadline).pollActivityBuffer("worker-1");
			assertThat(scheduler.onlyCall().timeRemaining()).isLessThanOrEqualTo(deadline);
		}
		catch (SchedulerDeadlineExceededException ex) {
			assertThat(ex.getElapsed()).isGreaterThanOrEqualTo(deadline);
		}
	}

	@ParameterizedTest
	@ArgumentsSource(AnyValues.class)
	void builderKeepsOrRefusesTarget(@Nullable String target) {
		if (!isId(target)) {
			assertThatIllegalArgumentException().isThrownBy(() -> builder().target(target));
			return;
		}
		scheduler.fails(Status.INTERNAL);
		SchedulerClient client = builder().target(target).build();
		assertThatExceptionOfType(SchedulerException.class).isThrownBy(() -> client.shutdownAgent("worker-1"))
			.satisfies((ex) -> assertThat(ex.getTarget()).isEqualTo(target));
	}

	@ParameterizedTest
	@ArgumentsSource(AnyValues.class)
	void builderAcceptsAnyNameOfCompressor(@Nullable String name) {
		if (!isId(name)) {
			assertThatIllegalArgumentException().isThrownBy(() -> builder().compression(name));
			return;
		}
		SchedulerClient client = builder().compression(name).build();
		assertThatExceptionOfType(SchedulerException.class).isThrownBy(() -> client.shutdownAgent("worker-1"));
		assertThat(scheduler.calls()).isEmpty();
	}

	@ParameterizedTest
	@ArgumentsSource(AnyValues.class)
	void refusesLargerRequestThanAllowed(ClientStyle style, int size, byte[] params) {
		if (size < 1) {
			assertThatIllegalArgumentException().isThrownBy(() -> builder().maxOutboundMessageSize(size));
			return;
		}
		int bytes = Math.floorMod(size, 200) + 1;
		SchedulerClient client = style.build(builder().maxOutboundMessageSize(bytes));
		SubmitTaskRequest request = SubmitTaskRequest.newBuilder()
			.setAgentId("worker-1")
			.setTaskId("task-123")
			.setParams(ByteString.copyFrom(params))
			.setContentType("application/json")
			.build();
		assertThatSends((request.getSerializedSize() <= bytes) ? request : null,
				() -> client.submitTask(TaskSubmission.forAgent("worker-1").taskId("task-123").params(params).build()));
	}

	private static void assertThatSends(@Nullable Message request, ThrowingCallable call) {
		if (request != null) {
			assertThatNoException().isThrownBy(call);
			assertThat(scheduler.onlyCall().request()).isEqualTo(request);
		}
		else {
			assertThatIllegalArgumentException().isThrownBy(call);
			assertThat(scheduler.calls()).isEmpty();
		}
	}

	private static boolean isId(@Nullable String text) {
		return AnyValues.isTextThatIsNotBlank(text);
	}

	private static String text(@Nullable String text) {
		return AnyValues.isText(text) ? text : "";
	}

	private static SchedulerClientBuilder builder() {
		return SchedulerClient.builder(scheduler.channel());
	}

	private static SchedulerClient client(ClientStyle style) {
		return style.build(builder());
	}

}
