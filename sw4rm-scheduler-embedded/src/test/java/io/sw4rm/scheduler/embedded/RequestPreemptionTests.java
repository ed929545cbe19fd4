package io.sw4rm.scheduler.embedded;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

import static io.sw4rm.scheduler.embedded.TestClient.task;
import static org.assertj.core.api.Assertions.assertThat;

class RequestPreemptionTests {

	@AutoClose
	private final EmbeddedScheduler scheduler = EmbeddedScheduler.start();

	@AutoClose
	private final TestClient client = new TestClient(this.scheduler);

	private final EmbeddedAgent worker = this.scheduler.agent("worker-1");

	@Test
	void marksRunningTask() {
		this.client.submit(task("worker-1", "t"));
		this.worker.takeNext();
		assertThat(this.client.preempt("worker-1", "t", "why")).isTrue();
		assertThat(this.worker.running()).extracting(ScheduledTask::preemptionReason).containsExactly("why");
	}

	@Test
	void marksQueuedTask() {
		this.client.submit(task("worker-1", "t"));
		assertThat(this.client.preempt("worker-1", "t", "why")).isTrue();
		assertThat(this.worker.queued()).extracting(ScheduledTask::preemptionReason).containsExactly("why");
		assertThat(this.worker.takeNext().orElseThrow().preemptionReason()).isEqualTo("why");
	}

	@Test
	void repeatedRequestIsEnqueuedAndKeepsTheFirstReason() {
		this.client.submit(task("worker-1", "t"));
		this.client.preempt("worker-1", "t", "first");
		assertThat(this.client.preempt("worker-1", "t", "second")).isTrue();
		assertThat(this.worker.queued()).extracting(ScheduledTask::preemptionReason).containsExactly("first");
	}

	@Test
	void unknownTaskIsNotEnqueued() {
		assertThat(this.client.preempt("worker-1", "unknown", "")).isFalse();
	}

	@Test
	void taskOfAnotherAgentIsNotEnqueued() {
		this.client.submit(task("worker-1", "t"));
		assertThat(this.client.preempt("worker-2", "t", "")).isFalse();
		assertThat(this.worker.queued()).noneMatch(ScheduledTask::preemptionRequested);
	}

	@Test
	void finishedTaskIsNotEnqueued() {
		this.client.submit(task("worker-1", "t"));
		this.worker.takeNext();
		this.worker.complete("t");
		assertThat(this.client.preempt("worker-1", "t", "")).isFalse();
	}

}
