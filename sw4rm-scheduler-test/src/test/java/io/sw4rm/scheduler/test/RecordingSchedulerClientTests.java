package io.sw4rm.scheduler.test;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

import io.grpc.Status;
import org.junit.jupiter.api.Test;

import io.sw4rm.scheduler.client.ActivityEntry;
import io.sw4rm.scheduler.client.SchedulerException;
import io.sw4rm.scheduler.client.SchedulerUnavailableException;
import io.sw4rm.scheduler.client.SubmitTaskResult;
import io.sw4rm.scheduler.client.TaskOutcome;
import io.sw4rm.scheduler.client.TaskSubmission;
import io.sw4rm.scheduler.embedded.Rpc;
import io.sw4rm.scheduler.proto.SchedulerServiceGrpc;
import io.sw4rm.scheduler.proto.SubmitTaskResponse;

import static io.sw4rm.scheduler.test.SchedulerAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class RecordingSchedulerClientTests {

	private static final TaskSubmission TASK = TaskSubmission.forAgent("worker-1").taskId("task-123").build();

	private final RecordingSchedulerClient client = RecordingSchedulerClient.create();

	@Test
	void acceptsAndRecordsEachOperation() {
		assertThat(this.client.submitTask(TASK).accepted()).isTrue();
		assertThat(this.client.requestPreemption("worker-1", "task-123", "busy").enqueued()).isTrue();
		assertThat(this.client.shutdownAgent("worker-1").ok()).isTrue();
		assertThat(this.client.shutdownAgent("worker-2", Duration.ofSeconds(3)).ok()).isTrue();
		assertThat(this.client.pollActivityBuffer("worker-1")).isEmpty();
		assertThat(this.client.purgeActivity("worker-1", List.of("task-123"))).isZero();
		assertThat(this.client.purgeAllActivity("worker-2")).isZero();
		assertThat(this.client).hasAccepted("task-123").forAgent("worker-1");
		assertThat(this.client).hasReceivedPreemption("task-123").withReason("busy");
		assertThat(this.client).hasReceivedShutdown("worker-2").withGracePeriod(Duration.ofSeconds(3));
		assertThat(this.client).hasReceived(Rpc.POLL_ACTIVITY_BUFFER).forAgent("worker-1").times(1);
		assertThat(this.client).hasReceivedPurge("worker-1").ofTasks("task-123");
		assertThat(this.client).hasReceivedPurge("worker-2").ofAllTasks();
		assertThat(this.client.calls()).hasSize(7);
	}

	@Test
	void rejectsWhatTheRealClientRejects() {
		assertThatIllegalArgumentException().isThrownBy(() -> this.client.pollActivityBuffer(" "))
			.withMessageContaining("agentId must not be blank");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> this.client
				.submitTask(TASK.toBuilder().contentType("text/plain").params(Map.of("action", "process")).build()))
			.withMessageContaining("only JSON is supported");
		assertThatIllegalArgumentException().isThrownBy(() -> this.client
			.submitTask(TaskSubmission.forAgent("worker-1").params(new byte[5 * 1024 * 1024]).build()));
		assertThat(this.client.purgeActivity("worker-1", List.of())).isZero();
		assertThat(this.client).hasReceivedNothing();
	}

	@Test
	void convertsParamsToJsonByDefault() {
		this.client.submitTask(TASK.toBuilder().params(Map.of("action", "process")).build());
		assertThat(this.client).hasAccepted("task-123").withParams("{\"action\":\"process\"}");
	}

	@Test
	void convertsParamsWithConverter() {
		RecordingSchedulerClient client = RecordingSchedulerClient
			.create((builder) -> builder.payloadConverter((params, contentType) -> "converted".getBytes()));
		client.submitTask(TASK.toBuilder().params(Map.of("action", "process")).build());
		assertThat(client).hasAccepted("task-123").withParams("converted");
	}

	@Test
	void refusesTasksUntilReset() {
		this.client.refuseTasks("the queue is full");
		assertThat(this.client.submitTask(TASK))
			.isEqualTo(new SubmitTaskResult("task-123", false, "the queue is full"));
		assertThat(this.client).hasRefused("task-123").withReason("the queue is full");
		this.client.reset();
		assertThat(this.client).hasReceivedNothing();
		assertThat(this.client.submitTask(TASK).accepted()).isTrue();
	}

	@Test
	void failsWithTheExceptionOfTheRealClient() {
		this.client.failCalls(Rpc.SUBMIT_TASK, Status.UNAVAILABLE.withDescription("try later"));
		assertThatExceptionOfType(SchedulerUnavailableException.class).isThrownBy(() -> this.client.submitTask(TASK))
			.withMessageContaining("try later");
		assertThat(this.client).hasReceived(Rpc.SUBMIT_TASK).ofTask("task-123").withStatus(Status.Code.UNAVAILABLE);
		assertThat(this.client.pollActivityBuffer("worker-1")).isEmpty();
		assertThatIllegalArgumentException().isThrownBy(() -> this.client.failCalls(Rpc.SUBMIT_TASK, Status.OK));
	}

	@Test
	void answersWithFunction() {
		this.client.answerCalls(SchedulerServiceGrpc.getSubmitTaskMethod(),
				(request) -> SubmitTaskResponse.newBuilder().setReason("not " + request.getTaskId()).build());
		assertThat(this.client.submitTask(TASK).reason()).isEqualTo("not task-123");
	}

	@Test
	void failureOfAFunctionIsTheCause() {
		IllegalStateException failure = new IllegalStateException("wrong test");
		this.client.answerCalls(SchedulerServiceGrpc.getSubmitTaskMethod(), (request) -> {
			throw failure;
		});
		assertThatExceptionOfType(SchedulerException.class).isThrownBy(() -> this.client.submitTask(TASK))
			.withRootCauseInstanceOf(IllegalStateException.class);
	}

	@Test
	void pollsAndPurgesActivity() {
		ActivityEntry first = new ActivityEntry("task-1", "repo", "worktree", "main", "done", "2026-01-10T12:00:00Z");
		ActivityEntry second = new ActivityEntry("task-2", "", "", "", "", "");
		this.client.addActivity("worker-1", first);
		this.client.addActivity("worker-1", second);
		assertThat(this.client.pollActivityBuffer("worker-1")).containsExactly(first, second);
		assertThat(this.client.awaitActivity("worker-1", "task-1", (entry) -> true, Duration.ofSeconds(5)))
			.isEqualTo(first);
		assertThat(this.client.purgeActivity("worker-1", List.of("task-1"))).isOne();
		assertThat(this.client.pollActivityBuffer("worker-1")).containsExactly(second);
		assertThat(this.client.purgeAllActivity("worker-1")).isOne();
		assertThat(this.client.pollActivityBuffer("worker-1")).isEmpty();
	}

	@Test
	void recordsMetadataAndDeadlineOfDerivedClients() {
		this.client.withDeadline(Duration.ofSeconds(2)).withMetadata("x-tenant", "acme").submitTask(TASK);
		assertThat(this.client).hasAccepted("task-123")
			.withMetadata("x-tenant", "acme")
			.withDeadlineAtMost(Duration.ofSeconds(2));
		this.client.submitTask(TASK);
		assertThat(this.client.calls().get(1).timeRemaining()).isGreaterThan(Duration.ofSeconds(2));
	}

	@Test
	void recordsCallsOfAsynchronousAndReactiveClient() {
		assertThat(this.client.async().submitTask(TASK)).isCompletedWithValueMatching(SubmitTaskResult::accepted);
		assertThat(this.client.reactive().submitTask(TASK).block()).isNotNull();
		assertThat(this.client).hasAccepted("task-123").times(2);
		this.client.failCalls(Rpc.SUBMIT_TASK, Status.UNAVAILABLE);
		assertThat(this.client.async().submitTask(TASK)).isCompletedExceptionally();
	}

	@Test
	void recordsBatches() {
		List<TaskSubmission> tasks = IntStream.range(0, 200)
			.mapToObj((i) -> TaskSubmission.forAgent("worker-1").taskId("task-" + i).build())
			.toList();
		assertThat(this.client.submitAll(tasks)).hasSize(200)
			.allMatch((outcome) -> outcome.status() == TaskOutcome.Status.ACCEPTED);
		assertThat(this.client).hasAcceptedTask().times(200);
	}

	@Test
	void recordsCallsOfSeveralThreads() {
		CompletableFuture<?>[] threads = IntStream.range(0, 8).mapToObj((thread) -> CompletableFuture.runAsync(() -> {
			for (int i = 0; i < 100; i++) {
				this.client.submitTask(TASK);
			}
		})).toArray(CompletableFuture[]::new);
		CompletableFuture.allOf(threads).join();
		assertThat(this.client).hasAccepted("task-123").times(800);
	}

}
