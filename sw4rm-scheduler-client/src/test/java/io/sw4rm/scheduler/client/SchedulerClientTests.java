package io.sw4rm.scheduler.client;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import com.google.protobuf.ByteString;
import io.grpc.Metadata;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

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

/**
 * Tests for what {@link SchedulerClient}, {@link AsyncSchedulerClient} and
 * {@link ReactiveSchedulerClient} have in common.
 */
@ParameterizedClass
@EnumSource(ClientStyle.class)
@Timeout(60)
class SchedulerClientTests {

	@RegisterExtension
	final TestScheduler scheduler = new TestScheduler();

	private final ClientStyle style;

	SchedulerClientTests(ClientStyle style) {
		this.style = style;
	}

	@Test
	void submitTaskSendsTask() {
		client().submitTask(TaskSubmission.forAgent("worker-1")
			.taskId("task-123")
			.priority(5)
			.scope("global.resource")
			.params("{\"action\": \"process\"}")
			.contentType("application/vnd.acme+json")
			.build());
		assertThat(this.scheduler.onlyCall().request()).isEqualTo(SubmitTaskRequest.newBuilder()
			.setAgentId("worker-1")
			.setTaskId("task-123")
			.setPriority(5)
			.setScope("global.resource")
			.setParams(ByteString.copyFromUtf8("{\"action\": \"process\"}"))
			.setContentType("application/vnd.acme+json")
			.build());
	}

	@Test
	void submitTaskReturnsAcceptance() {
		this.scheduler.answers(SubmitTaskResponse.newBuilder().setAccepted(true).build());
		SubmitTaskResult result = client().submitTask(task("task-123"));
		assertThat(result).isEqualTo(new SubmitTaskResult("task-123", true, ""));
		assertThat(result.orElseThrow()).isSameAs(result);
	}

	@Test
	void submitTaskReturnsRefusalWithReason() {
		this.scheduler.answers(SubmitTaskResponse.newBuilder().setReason("draining").build());
		assertThat(client().submitTask(task("task-123")))
			.isEqualTo(new SubmitTaskResult("task-123", false, "draining"));
	}

	@Test
	@SuppressWarnings("NullAway")
	void submitTaskRefusesNull() {
		assertThatIllegalArgumentException().isThrownBy(() -> client().submitTask(null))
			.withMessage("submission must not be null");
	}

	@Test
	void submitTaskSendsObjectAsConverterWritesIt() {
		SchedulerClient client = this.style.build(SchedulerClient.builder(this.scheduler.channel())
			.payloadConverter((params, contentType) -> (params + " as " + contentType).getBytes()));
		client.submitTask(TaskSubmission.forAgent("worker-1").params(42).contentType("text/plain").build());
		assertThat(this.scheduler.onlyCall().request()).isInstanceOfSatisfying(SubmitTaskRequest.class,
				(request) -> assertThat(request.getParams().toStringUtf8()).isEqualTo("42 as text/plain"));
	}

	@Test
	void submitTaskRefusesObjectWithoutConverter() {
		TaskSubmission task = TaskSubmission.forAgent("worker-1").params(Optional.empty()).build();
		assertThatIllegalArgumentException().isThrownBy(() -> client().submitTask(task))
			.withMessage("params of type java.util.Optional can't be sent without a PayloadConverter. Set one, "
					+ "such as JacksonPayloadConverter (with Spring Boot, add spring-boot-starter-jackson), or pass "
					+ "bytes, text or a protobuf message");
		assertThat(this.scheduler.calls()).isEmpty();
	}

	@Test
	void submitTaskRefusesObjectThatConverterReturnsNullFor() {
		SchedulerClient client = this.style
			.build(SchedulerClient.builder(this.scheduler.channel()).payloadConverter((params, contentType) -> null));
		TaskSubmission task = TaskSubmission.forAgent("worker-1").params(Optional.empty()).build();
		assertThatIllegalArgumentException().isThrownBy(() -> client.submitTask(task))
			.withMessageContaining("PayloadConverter");
		assertThat(this.scheduler.calls()).isEmpty();
	}

	@Test
	void submitTaskRefusesObjectThatConverterRefuses() {
		SchedulerClient client = this.style
			.build(SchedulerClient.builder(this.scheduler.channel()).payloadConverter((params, contentType) -> {
				throw new IllegalArgumentException("not this one");
			}));
		TaskSubmission task = TaskSubmission.forAgent("worker-1").params(42).build();
		assertThatIllegalArgumentException().isThrownBy(() -> client.submitTask(task)).withMessage("not this one");
		assertThat(this.scheduler.calls()).isEmpty();
	}

	@Test
	void requestPreemptionSendsTaskAndReason() {
		client().requestPreemption("worker-1", "task-123", "Higher priority task arrived");
		assertThat(this.scheduler.onlyCall().request()).isEqualTo(PreemptRequest.newBuilder()
			.setAgentId("worker-1")
			.setTaskId("task-123")
			.setReason("Higher priority task arrived")
			.build());
	}

	@Test
	void requestPreemptionNeedsNoReason() {
		client().requestPreemption("worker-1", "task-123");
		assertThat(this.scheduler.onlyCall().request())
			.isEqualTo(PreemptRequest.newBuilder().setAgentId("worker-1").setTaskId("task-123").build());
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void requestPreemptionReturnsWhetherItWasEnqueued(boolean enqueued) {
		this.scheduler.answers(PreemptResponse.newBuilder().setEnqueued(enqueued).build());
		assertThat(client().requestPreemption("worker-1", "task-123")).isEqualTo(new PreemptionResult(enqueued));
	}

	@Test
	@SuppressWarnings("NullAway")
	void requestPreemptionRefusesNullReason() {
		assertThatIllegalArgumentException().isThrownBy(() -> client().requestPreemption("worker-1", "task-123", null))
			.withMessage("reason must not be null");
		assertThat(this.scheduler.calls()).isEmpty();
	}

	@Test
	void shutdownAgentLeavesGracePeriodToScheduler() {
		client().shutdownAgent("worker-1");
		assertThat(this.scheduler.onlyCall().request()).isInstanceOfSatisfying(ShutdownAgentRequest.class,
				(request) -> assertThat(request.hasGracePeriod()).isFalse());
		assertThat(this.scheduler.onlyCall().request())
			.isEqualTo(ShutdownAgentRequest.newBuilder().setAgentId("worker-1").build());
	}

	@ParameterizedTest
	@ValueSource(strings = { "PT0S", "PT0.000000001S", "PT30S", "PT1M0.25S", "PT87660000H" })
	void shutdownAgentSendsGracePeriod(Duration gracePeriod) {
		client().shutdownAgent("worker-1", gracePeriod);
		assertThat(this.scheduler.onlyCall().request()).isEqualTo(ShutdownAgentRequest.newBuilder()
			.setAgentId("worker-1")
			.setGracePeriod(com.google.protobuf.Duration.newBuilder()
				.setSeconds(gracePeriod.toSeconds())
				.setNanos(gracePeriod.toNanosPart()))
			.build());
	}

	@ParameterizedTest
	@ValueSource(strings = { "PT-0.000000001S", "PT-1S", "PT87660000H0.000000001S", "PT87660001H" })
	void shutdownAgentRefusesGracePeriodThatProtocolCannotExpress(Duration gracePeriod) {
		assertThatIllegalArgumentException().isThrownBy(() -> client().shutdownAgent("worker-1", gracePeriod))
			.withMessage("gracePeriod must be in range [PT0S, PT87660000H], got " + gracePeriod);
		assertThat(this.scheduler.calls()).isEmpty();
	}

	@Test
	@SuppressWarnings("NullAway")
	void shutdownAgentRefusesNullGracePeriod() {
		assertThatIllegalArgumentException().isThrownBy(() -> client().shutdownAgent("worker-1", null))
			.withMessage("gracePeriod must not be null");
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void shutdownAgentReturnsWhetherItWasAccepted(boolean ok) {
		this.scheduler.answers(ShutdownAgentResponse.newBuilder().setOk(ok).build());
		assertThat(client().shutdownAgent("worker-1")).isEqualTo(new ShutdownResult(ok));
	}

	@Test
	void pollActivityBufferSendsAgent() {
		client().pollActivityBuffer("worker-1");
		assertThat(this.scheduler.onlyCall().request())
			.isEqualTo(PollActivityBufferRequest.newBuilder().setAgentId("worker-1").build());
	}

	@Test
	void pollActivityBufferReturnsEntriesInOrder() {
		this.scheduler.answers(PollActivityBufferResponse.newBuilder()
			.addEntries(io.sw4rm.scheduler.proto.ActivityEntry.newBuilder()
				.setTaskId("task-2")
				.setRepoId("repo")
				.setWorktreeId("worktree")
				.setBranch("main")
				.setDescription("Übersicht 📋")
				.setTimestamp("2026-01-10T12:00:00Z"))
			.addEntries(io.sw4rm.scheduler.proto.ActivityEntry.newBuilder().setTaskId("task-1").setTimestamp("soon"))
			.build());
		assertThat(client().pollActivityBuffer("worker-1")).containsExactly(
				new ActivityEntry("task-2", "repo", "worktree", "main", "Übersicht 📋", "2026-01-10T12:00:00Z"),
				new ActivityEntry("task-1", "", "", "", "", "soon"));
	}

	@Test
	void pollActivityBufferReturnsNothingFromEmptyBuffer() {
		assertThat(client().pollActivityBuffer("worker-1")).isEmpty();
	}

	@Test
	void purgeActivitySendsTasks() {
		client().purgeActivity("worker-1", List.of("task-2", "task-1", "task-2"));
		assertThat(this.scheduler.onlyCall().request()).isEqualTo(PurgeActivityRequest.newBuilder()
			.setAgentId("worker-1")
			.addTaskIds("task-2")
			.addTaskIds("task-1")
			.addTaskIds("task-2")
			.build());
	}

	@Test
	void purgeActivityReturnsUnsignedNumber() {
		this.scheduler.answers(PurgeActivityResponse.newBuilder().setPurged(0xFFFF_FFFE).build());
		assertThat(client().purgeActivity("worker-1", Set.of("task-1"))).isEqualTo(4_294_967_294L);
	}

	@Test
	void purgeActivityWithoutTasksPurgesNothing() {
		this.scheduler.answers(PurgeActivityResponse.newBuilder().setPurged(7).build());
		assertThat(client().purgeActivity("worker-1", List.of())).isZero();
		assertThat(this.scheduler.calls()).isEmpty();
	}

	@Test
	void purgeActivityWithoutTasksStillNeedsAgent() {
		assertThatIllegalArgumentException().isThrownBy(() -> client().purgeActivity(" ", List.of()))
			.withMessage("agentId must not be blank, got ' '");
	}

	@ParameterizedTest
	@NullSource
	@ValueSource(strings = { "", " " })
	void purgeActivityRefusesTaskWithoutId(String taskId) {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> client().purgeActivity("worker-1", Arrays.asList("task-1", taskId)))
			.withMessageStartingWith("taskIds[1] must not be ");
		assertThat(this.scheduler.calls()).isEmpty();
	}

	@Test
	@SuppressWarnings("NullAway")
	void purgeActivityRefusesNull() {
		assertThatIllegalArgumentException().isThrownBy(() -> client().purgeActivity("worker-1", null))
			.withMessage("taskIds must not be null");
	}

	@Test
	void purgeAllActivitySendsNoTasks() {
		client().purgeAllActivity("worker-1");
		assertThat(this.scheduler.onlyCall().request())
			.isEqualTo(PurgeActivityRequest.newBuilder().setAgentId("worker-1").build());
	}

	@Test
	void purgeAllActivityReturnsUnsignedNumber() {
		this.scheduler.answers(PurgeActivityResponse.newBuilder().setPurged(0x8000_0001).build());
		assertThat(client().purgeAllActivity("worker-1")).isEqualTo(2_147_483_649L);
	}

	@ParameterizedTest
	@NullSource
	@ValueSource(strings = { "", " \t" })
	void everyOperationNeedsAgent(String agentId) {
		SchedulerClient client = client();
		List<Runnable> operations = List.of(() -> client.requestPreemption(agentId, "task-123"),
				() -> client.shutdownAgent(agentId), () -> client.shutdownAgent(agentId, Duration.ZERO),
				() -> client.pollActivityBuffer(agentId), () -> client.purgeActivity(agentId, List.of("task-123")),
				() -> client.purgeAllActivity(agentId));
		assertThat(operations).allSatisfy((operation) -> assertThatIllegalArgumentException().isThrownBy(operation::run)
			.withMessage((agentId != null) ? "agentId must not be blank, got '" + agentId + "'"
					: "agentId must not be null"));
		assertThat(this.scheduler.calls()).isEmpty();
	}

	@ParameterizedTest
	@NullSource
	@ValueSource(strings = { "", " \t" })
	void requestPreemptionNeedsTask(String taskId) {
		assertThatIllegalArgumentException().isThrownBy(() -> client().requestPreemption("worker-1", taskId))
			.withMessageStartingWith("taskId must not be ");
		assertThat(this.scheduler.calls()).isEmpty();
	}

	@Test
	void withDeadlineLimitsCalls() {
		this.scheduler.hangs();
		SchedulerClient client = client().withDeadline(Duration.ofMillis(100));
		assertThatExceptionOfType(SchedulerDeadlineExceededException.class)
			.isThrownBy(() -> client.submitTask(task("task-123")));
	}

	@Test
	void withMetadataSendsText() {
		client().withMetadata("x-tenant", "acme").pollActivityBuffer("worker-1");
		assertThat(this.scheduler.onlyCall().headers("x-tenant")).containsExactly("acme");
	}

	@Test
	void withMetadataSendsBytes() {
		Metadata.Key<byte[]> key = Metadata.Key.of("x-trace-bin", Metadata.BINARY_BYTE_MARSHALLER);
		Metadata metadata = new Metadata();
		metadata.put(key, new byte[] { 0, -1, 127 });
		client().withMetadata(metadata).pollActivityBuffer("worker-1");
		assertThat(this.scheduler.onlyCall().headers(key)).containsExactly(new byte[] { 0, -1, 127 });
	}

	private SchedulerClient client() {
		return this.style.build(SchedulerClient.builder(this.scheduler.channel()));
	}

	private static TaskSubmission task(String taskId) {
		return TaskSubmission.forAgent("worker-1").taskId(taskId).build();
	}

}
