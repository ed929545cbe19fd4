package io.sw4rm.scheduler.embedded;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

import io.sw4rm.scheduler.embedded.ScheduledTask.State;

import static io.sw4rm.scheduler.embedded.TestClient.task;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.tuple;

class EmbeddedAgentTests {

	@AutoClose
	private final EmbeddedScheduler scheduler = EmbeddedScheduler.builder().maxActivityEntriesPerAgent(10_000).start();

	@AutoClose
	private final TestClient client = new TestClient(this.scheduler);

	private final EmbeddedAgent worker = this.scheduler.agent("worker-1");

	@Test
	void takesTheMostImportantTaskFirstAndEqualOnesAsSubmitted() {
		submit("low", -5);
		submit("first", 3);
		submit("second", 3);
		submit("high", 20);
		submit("third", 3);
		assertThat(ids(this.worker.queued())).containsExactly("high", "first", "second", "third", "low");
		assertThat(takeAll()).containsExactly("high", "first", "second", "third", "low");
		assertThat(ids(this.worker.running())).containsExactly("high", "first", "second", "third", "low");
		assertThat(this.worker.queued()).isEmpty();
		assertThat(this.worker.takeNext()).isEmpty();
	}

	@Test
	void takesItsOwnTasksOnly() {
		this.client.submit(task("worker-2", "t"));
		assertThat(this.worker.takeNext()).isEmpty();
	}

	@Test
	void passesByTasksWhoseScopeOverlapsThatOfARunningTaskOnAnyAgent() {
		this.client.submit(task("worker-2", "running").setScope("repo/file"));
		this.scheduler.agent("worker-2").takeNext();
		this.client.submit(task("worker-1", "blocked").setScope("repo").setPriority(9));
		this.client.submit(task("worker-1", "free").setScope("repository"));
		this.client.submit(task("worker-1", "scopeless"));
		assertThat(takeAll()).containsExactly("free", "scopeless");
		this.scheduler.agent("worker-2").complete("running");
		assertThat(takeAll()).containsExactly("blocked");
	}

	@Test
	void tasksWithoutScopeRunTogether() {
		submit("a", 0);
		submit("b", 0);
		assertThat(takeAll()).containsExactly("a", "b");
	}

	@Test
	void completedTaskIsKeptAsSucceeded() {
		submit("t", 0);
		assertThat(this.worker.takeNext()).map(ScheduledTask::state).hasValue(State.RUNNING);
		assertThat(this.worker.complete("t")).isTrue();
		assertThat(this.worker.running()).isEmpty();
		assertThat(this.scheduler.finished()).extracting(ScheduledTask::taskId, ScheduledTask::state)
			.containsExactly(tuple("t", State.SUCCEEDED));
		assertThat(this.worker.complete("t")).isFalse();
	}

	@Test
	void failedTaskIsKeptWithItsReason() {
		submit("t", 0);
		this.worker.takeNext();
		assertThat(this.worker.fail("t", "out of disk")).isTrue();
		assertThat(this.scheduler.finished()).singleElement().satisfies((task) -> {
			assertThat(task.state()).isEqualTo(State.FAILED);
			assertThat(task.failureReason()).isEqualTo("out of disk");
		});
	}

	@Test
	void onlyRunningTasksOfTheAgentCanBeReported() {
		submit("queued", 0);
		this.client.submit(task("worker-2", "elsewhere"));
		this.scheduler.agent("worker-2").takeNext();
		for (String taskId : List.of("queued", "elsewhere", "unknown")) {
			assertThat(this.worker.complete(taskId)).isFalse();
			assertThat(this.worker.fail(taskId, "")).isFalse();
			assertThat(this.worker.yieldTask(taskId)).isFalse();
		}
		assertThat(this.worker.queued()).hasSize(1);
		assertThat(this.scheduler.agent("worker-2").running()).hasSize(1);
	}

	@Test
	void yieldedTaskReturnsToItsPlaceAndIsNoLongerAskedToYield() {
		submit("first", 0);
		submit("second", 0);
		this.worker.takeNext();
		submit("urgent", 5);
		assertThat(this.worker.running()).allMatch(ScheduledTask::preemptionRequested);
		assertThat(this.worker.yieldTask("first")).isTrue();
		assertThat(this.worker.running()).isEmpty();
		assertThat(ids(this.worker.queued())).containsExactly("urgent", "first", "second");
		assertThat(this.worker.queued()).noneMatch(ScheduledTask::preemptionRequested)
			.allMatch((task) -> task.state() == State.QUEUED);
	}

	@Test
	void yieldedTaskFreesItsScope() {
		this.client.submit(task("worker-1", "first").setScope("repo"));
		this.client.submit(task("worker-2", "second").setScope("repo"));
		this.worker.takeNext();
		assertThat(this.scheduler.agent("worker-2").takeNext()).isEmpty();
		this.worker.yieldTask("first");
		assertThat(this.scheduler.agent("worker-2").takeNext()).isPresent();
		assertThat(this.worker.takeNext()).isEmpty();
	}

	@Test
	void keepsTheLastThousandFinishedTasks() {
		for (int i = 0; i < 1001; i++) {
			submit("t" + i, 0);
			this.worker.takeNext();
			this.worker.complete("t" + i);
		}
		assertThat(ids(this.scheduler.finished())).hasSize(1000).startsWith("t1").endsWith("t1000");
	}

	@Test
	void agentWithoutTasksAndActivityIsForgotten() {
		submit("t", 0);
		this.client.purge("worker-1");
		this.worker.takeNext();
		assertThat(this.scheduler.agentIds()).containsExactly("worker-1");
		this.worker.complete("t");
		assertThat(this.scheduler.agentIds()).isEmpty();
	}

	@Test
	void refusesBlankAgentId() {
		assertThatIllegalArgumentException().isThrownBy(() -> this.scheduler.agent(" "))
			.withMessageContaining("'agentId' must not be blank");
	}

	private void submit(String taskId, int priority) {
		assertThat(this.client.submit(task("worker-1", taskId).setPriority(priority)).getAccepted()).isTrue();
	}

	private List<String> takeAll() {
		List<String> taken = new ArrayList<>();
		for (Optional<ScheduledTask> next = this.worker.takeNext(); next.isPresent(); next = this.worker.takeNext()) {
			taken.add(next.get().taskId());
		}
		return taken;
	}

	private static List<String> ids(List<ScheduledTask> tasks) {
		return tasks.stream().map(ScheduledTask::taskId).toList();
	}

}
