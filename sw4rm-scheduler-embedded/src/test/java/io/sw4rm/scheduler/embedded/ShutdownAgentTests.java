package io.sw4rm.scheduler.embedded;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import com.google.common.util.concurrent.ListenableFuture;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.sw4rm.scheduler.embedded.ScheduledTask.State;
import io.sw4rm.scheduler.proto.SchedulerServiceGrpc;
import io.sw4rm.scheduler.proto.ShutdownAgentRequest;
import io.sw4rm.scheduler.proto.ShutdownAgentResponse;
import io.sw4rm.scheduler.proto.SubmitTaskResponse;

import static io.sw4rm.scheduler.embedded.TestClient.task;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class ShutdownAgentTests {

	private final ManualClock clock = new ManualClock();

	@AutoClose
	private final EmbeddedScheduler scheduler = EmbeddedScheduler.builder()
		.clock(this.clock)
		.defaultGracePeriod(Duration.ofSeconds(20))
		.start();

	@AutoClose
	private final TestClient client = new TestClient(this.scheduler);

	private final EmbeddedAgent worker = this.scheduler.agent("worker-1");

	@Test
	void agentAcceptsNoNewTasks() {
		assertThat(this.client.shutDown("worker-1")).isTrue();
		SubmitTaskResponse refused = this.client.submit(task("worker-1", "t"));
		assertThat(refused.getAccepted()).isFalse();
		assertThat(refused.getReason()).contains("worker-1", "shutting down");
		assertThat(this.worker.isShutDown()).isTrue();
		assertThat(this.client.submit(task("worker-2", "t")).getAccepted()).isTrue();
	}

	@Test
	void queuedTasksStayButAreNotTaken() {
		this.client.submit(task("worker-1", "t"));
		this.client.shutDown("worker-1", 0);
		assertThat(this.worker.takeNext()).isEmpty();
		assertThat(this.worker.queued()).extracting(ScheduledTask::taskId).containsExactly("t");
	}

	@Test
	void runningTasksFailOnceTheGracePeriodIsOver() {
		submitAndTake("t");
		this.client.shutDown("worker-1", 10);
		this.clock.advance(Duration.ofMillis(9_999));
		assertThat(this.worker.running()).hasSize(1);
		this.clock.advance(Duration.ofMillis(1));
		assertThat(this.worker.running()).isEmpty();
		assertTimedOut("t");
		assertThat(this.worker.complete("t")).isFalse();
	}

	@Test
	void runningTaskMayFinishWithinTheGracePeriod() {
		submitAndTake("t");
		this.client.shutDown("worker-1", 10);
		assertThat(this.worker.complete("t")).isTrue();
		this.clock.advance(Duration.ofSeconds(10));
		assertThat(this.scheduler.finished()).extracting(ScheduledTask::state).containsExactly(State.SUCCEEDED);
	}

	@Test
	void timedOutTaskFreesItsScope() {
		this.client.submit(task("worker-1", "t").setScope("repo"));
		this.worker.takeNext();
		this.client.submit(task("worker-2", "waiting").setScope("repo/file"));
		this.client.shutDown("worker-1", 10);
		assertThat(this.scheduler.agent("worker-2").takeNext()).isEmpty();
		this.clock.advance(Duration.ofSeconds(10));
		assertThat(this.scheduler.agent("worker-2").takeNext()).isPresent();
	}

	@Test
	void defaultGracePeriodAppliesWhenNoneIsGiven() {
		submitAndTake("t");
		this.client.shutDown("worker-1");
		this.clock.advance(Duration.ofSeconds(19));
		assertThat(this.worker.running()).hasSize(1);
		this.clock.advance(Duration.ofSeconds(1));
		assertTimedOut("t");
	}

	@Test
	void longerGracePeriodAskedLaterChangesNothing() {
		submitAndTake("t");
		this.client.shutDown("worker-1", 10);
		assertThat(this.client.shutDown("worker-1", 60)).isTrue();
		this.clock.advance(Duration.ofSeconds(10));
		assertTimedOut("t");
	}

	@Test
	void shorterGracePeriodAskedLaterCounts() {
		submitAndTake("t");
		this.client.shutDown("worker-1", 60);
		assertThat(this.client.shutDown("worker-1", 10)).isTrue();
		this.clock.advance(Duration.ofSeconds(10));
		assertTimedOut("t");
	}

	@Test
	void eachAgentHasItsOwnGracePeriod() {
		submitAndTake("t");
		this.client.submit(task("worker-2", "other"));
		this.scheduler.agent("worker-2").takeNext();
		this.client.shutDown("worker-1", 10);
		this.client.shutDown("worker-2", 60);
		this.clock.advance(Duration.ofSeconds(10));
		assertThat(this.scheduler.running()).extracting(ScheduledTask::taskId).containsExactly("other");
		this.clock.advance(Duration.ofSeconds(50));
		assertThat(this.scheduler.running()).isEmpty();
	}

	@Test
	void revivedAgentWorksOn() {
		submitAndTake("running");
		this.client.submit(task("worker-1", "queued"));
		this.client.shutDown("worker-1", 10);
		this.worker.revive();
		this.clock.advance(Duration.ofSeconds(60));
		assertThat(this.worker.isShutDown()).isFalse();
		assertThat(this.worker.running()).extracting(ScheduledTask::taskId).containsExactly("running");
		assertThat(this.worker.takeNext()).map(ScheduledTask::taskId).hasValue("queued");
		assertThat(this.client.submit(task("worker-1", "new")).getAccepted()).isTrue();
	}

	@Test
	void revivedAgentThatWasOtherwiseUnknownIsForgotten() {
		this.client.shutDown("worker-1");
		assertThat(this.scheduler.agentIds()).containsExactly("worker-1");
		this.worker.revive();
		assertThat(this.scheduler.agentIds()).isEmpty();
	}

	@Test
	void longestDurationOfTheProtocolIsAccepted() {
		assertThat(this.client.shutDown("worker-1", 315_576_000_000L)).isTrue();
	}

	@ParameterizedTest
	@CsvSource({ "-1, 0", "0, -1", "-1, -1", "1, -1", "0, 1000000000", "315576000001, 0" })
	void negativeOrMalformedGracePeriodIsAnInvalidArgument(long seconds, int nanos) {
		ShutdownAgentRequest request = ShutdownAgentRequest.newBuilder()
			.setAgentId("worker-1")
			.setGracePeriod(com.google.protobuf.Duration.newBuilder().setSeconds(seconds).setNanos(nanos))
			.build();
		assertThatExceptionOfType(StatusRuntimeException.class)
			.isThrownBy(() -> this.client.stub().shutdownAgent(request))
			.satisfies((ex) -> {
				assertThat(ex.getStatus().getCode()).isEqualTo(Code.INVALID_ARGUMENT);
				assertThat(ex.getStatus().getDescription()).startsWith("grace_period")
					.endsWith("got seconds=%d nanos=%d".formatted(seconds, nanos));
			});
		assertThat(this.worker.isShutDown()).isFalse();
	}

	@Test
	void shutDownAgentsAreLimitedUntilOneIsRevivedOrAllAreReset() throws Exception {
		List<ListenableFuture<ShutdownAgentResponse>> responses = new ArrayList<>();
		for (int i = 0; i < 10_000; i++) {
			responses.add(SchedulerServiceGrpc.newFutureStub(this.client.channel())
				.shutdownAgent(ShutdownAgentRequest.newBuilder().setAgentId("worker-" + i).build()));
		}
		for (ListenableFuture<ShutdownAgentResponse> response : responses) {
			assertThat(response.get().getOk()).isTrue();
		}
		assertThat(this.client.shutDown("worker-0")).isTrue();
		assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(() -> this.client.shutDown("one-too-many"))
			.satisfies((ex) -> assertThat(ex.getStatus().getCode()).isEqualTo(Code.RESOURCE_EXHAUSTED));
		this.worker.revive();
		assertThat(this.client.shutDown("one-too-many")).isTrue();
		this.scheduler.reset();
		assertThat(this.client.shutDown("after-reset")).isTrue();
	}

	private void submitAndTake(String taskId) {
		this.client.submit(task("worker-1", taskId));
		assertThat(this.worker.takeNext()).isPresent();
	}

	private void assertTimedOut(String taskId) {
		assertThat(this.scheduler.finished()).singleElement().satisfies((task) -> {
			assertThat(task.taskId()).isEqualTo(taskId);
			assertThat(task.state()).isEqualTo(State.FAILED);
			assertThat(task.failureReason()).isEqualTo("agent_shutdown_timeout");
		});
	}

}
