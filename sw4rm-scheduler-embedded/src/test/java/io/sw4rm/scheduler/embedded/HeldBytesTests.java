package io.sw4rm.scheduler.embedded;

import java.time.Clock;
import java.time.Duration;
import java.util.Random;
import java.util.Set;

import com.google.protobuf.ByteString;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static io.sw4rm.scheduler.embedded.TestClient.task;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class HeldBytesTests {

	@AutoClose
	private final EmbeddedScheduler scheduler = EmbeddedScheduler.builder().maxHeldBytes(10_000).start();

	@AutoClose
	private final TestClient client = new TestClient(this.scheduler);

	private final EmbeddedAgent worker = this.scheduler.agent("worker-1");

	@Test
	void refusesTaskThatThereIsNoRoomForUntilAnotherHasFinished() {
		submit("first", 6000);
		this.worker.takeNext();
		assertResourceExhausted(() -> submit("second", 6000));
		assertThat(this.worker.queued()).isEmpty();
		this.worker.complete("first");
		submit("second", 6000);
	}

	@Test
	void refusesTaskThatIsLargerThanTheLimit() {
		assertResourceExhausted(() -> submit("t", 10_000));
		assertThat(this.scheduler.agentIds()).isEmpty();
	}

	@Test
	void countsTextLikePayload() {
		assertResourceExhausted(() -> this.client.submit(task("worker-1", "t").setScope("s".repeat(5000))));
		assertResourceExhausted(() -> this.client.submit(task("worker-1", "t").setContentType("s".repeat(5000))));
		assertResourceExhausted(() -> this.client.submit(task("worker-1", "t".repeat(5000))));
		assertResourceExhausted(() -> this.client.submit(task("a".repeat(5000), "t")));
	}

	@Test
	void countsIdOfNewAgentBesidesThatOfItsTask() {
		assertResourceExhausted(() -> this.client.submit(task("a".repeat(3000), "t")));
		assertThat(this.scheduler.agentIds()).isEmpty();
	}

	@Test
	void countsIdOfKnownAgentOnce() {
		String agentId = "a".repeat(1000);
		this.client.submit(task(agentId, "t"));
		this.scheduler.agent(agentId).recordActivity((entry) -> entry.description("d".repeat(2500)));
		assertThat(this.scheduler.agent(agentId).activity()).hasSize(2);
	}

	@Test
	void refusesReasonOfPreemptionThatThereIsNoRoomFor() {
		submit("t", 0);
		assertResourceExhausted(() -> this.client.preempt("worker-1", "t", "r".repeat(5000)));
		assertThat(this.worker.queued()).noneMatch(ScheduledTask::preemptionRequested);
		assertThat(this.client.preempt("worker-1", "t", "r")).isTrue();
	}

	@Test
	void refusesShutdownOfAgentWhoseIdThereIsNoRoomFor() {
		assertResourceExhausted(() -> this.client.shutDown("a".repeat(5001)));
		assertThat(this.scheduler.agentIds()).isEmpty();
		assertThat(this.client.shutDown("a")).isTrue();
	}

	@Test
	void preemptsAndShutsDownWithoutAnyRoom() {
		submit("t", 9700);
		assertResourceExhausted(() -> submit("another", 200));
		assertResourceExhausted(() -> this.client.shutDown("a".repeat(100)));
		assertThat(this.client.preempt("worker-1", "t", "")).isTrue();
		assertThat(this.client.shutDown("worker-1")).isTrue();
	}

	@Test
	void refusesActivityEntryThatThereIsNoRoomForUntilOthersArePurged() {
		this.worker.recordActivity((entry) -> entry.taskId("first").description("d".repeat(3000)));
		assertThatExceptionOfType(IllegalStateException.class)
			.isThrownBy(() -> this.worker.recordActivity((entry) -> entry.description("d".repeat(3000))))
			.withMessageStartingWith("activity_buffer_full: memory limit reached: ");
		assertThat(this.scheduler.refusedActivityEntries()).isOne();
		this.client.purge("worker-1", "first");
		this.worker.recordActivity((entry) -> entry.description("d".repeat(3000)));
		assertThat(this.worker.activity()).hasSize(1);
	}

	@Test
	void finishedTasksMakeRoom() {
		for (int i = 0; i < 50; i++) {
			submit("t" + i, 0);
			this.worker.takeNext();
			this.worker.fail("t" + i, "f".repeat(1000));
			this.client.purge("worker-1");
		}
		assertThat(this.scheduler.finished()).hasSizeBetween(2, 6)
			.last()
			.satisfies((task) -> assertThat(task.taskId()).isEqualTo("t49"));
	}

	@Test
	void resetMakesRoom() {
		submit("first", 6000);
		this.scheduler.reset();
		submit("second", 6000);
	}

	@ParameterizedTest
	@ValueSource(longs = { 1, 2, 3 })
	void nothingIsCountedOnceAllIsGone(long seed) {
		Random random = new Random(seed);
		SchedulerState state = new SchedulerState(Clock.systemUTC(), new SchedulerState.Limits(20_000, 20, 20, 10));
		for (int i = 0; i < 5000; i++) {
			actAtRandom(state, random);
			assertThat(state.heldBytes()).isBetween(0L, 20_000L + 200);
		}
		for (int agent = 0; agent < 3; agent++) {
			String agentId = "agent-" + agent;
			state.revive(agentId);
			while (state.takeNext(agentId).isPresent()) {
				state.running(agentId).forEach((task) -> state.complete(agentId, task.taskId()));
			}
			state.running(agentId).forEach((task) -> state.complete(agentId, task.taskId()));
			state.purgeActivity(agentId, Set.of());
		}
		assertThat(state.agentIds()).isEmpty();
		assertThat(state.heldBytes()).isEqualTo(state.finished().stream().mapToLong(ScheduledTask::bytes).sum());
	}

	@Test
	void messagesQuoteLongTextInPart() {
		String taskId = "t".repeat(2000);
		this.client.submit(task("worker-1", taskId));
		assertThat(this.client.submit(task("worker-1", taskId)).getReason()).isEqualTo("task \"" + "t".repeat(100)
				+ "…\" is already queued; choose another task_id or wait until it has finished");
		assertThatExceptionOfType(StatusRuntimeException.class)
			.isThrownBy(() -> this.client.poll(" ".repeat(1_000_000)))
			.satisfies((ex) -> assertThat(ex.getStatus().getDescription())
				.isEqualTo("agent_id must not be blank, got \"" + " ".repeat(100) + "…\""));
	}

	private static void actAtRandom(SchedulerState state, Random random) {
		String agentId = "agent-" + random.nextInt(3);
		String taskId = "task-" + random.nextInt(10);
		try {
			switch (random.nextInt(9)) {
				case 0, 1 -> state.submit(task(agentId, taskId).setPriority(random.nextInt(40) - 19)
					.setParams(ByteString.copyFrom(new byte[random.nextInt(8000)]))
					.build());
				case 2 -> state.takeNext(agentId);
				case 3 -> state.complete(agentId, taskId);
				case 4 -> state.fail(agentId, taskId, "f".repeat(random.nextInt(100)));
				case 5 -> state.yieldTask(agentId, taskId);
				case 6 -> state.preempt(agentId, taskId, "r".repeat(random.nextInt(1000)));
				case 7 -> state.shutDown(agentId, Duration.ofNanos(random.nextInt(1_000_000)));
				default -> {
					state.revive(agentId);
					state.purgeActivity(agentId, Set.of(taskId));
				}
			}
		}
		catch (StatusRuntimeException ex) {
			assertThat(ex.getStatus().getCode()).isEqualTo(Code.RESOURCE_EXHAUSTED);
		}
	}

	private void submit(String taskId, int size) {
		assertThat(this.client.submit(task("worker-1", taskId).setParams(ByteString.copyFrom(new byte[size])))
			.getAccepted()).isTrue();
	}

	private static void assertResourceExhausted(ThrowingCallable call) {
		assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(call).satisfies((ex) -> {
			assertThat(ex.getStatus().getCode()).isEqualTo(Code.RESOURCE_EXHAUSTED);
			assertThat(ex.getStatus().getDescription()).startsWith("memory limit reached: ")
				.contains("of 10000 in use");
		});
	}

}
