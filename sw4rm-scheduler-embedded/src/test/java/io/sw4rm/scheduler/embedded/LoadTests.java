package io.sw4rm.scheduler.embedded;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

import io.sw4rm.scheduler.proto.SubmitTaskResponse;

import static io.sw4rm.scheduler.embedded.TestClient.task;
import static org.assertj.core.api.Assertions.assertThat;

class LoadTests {

	private static final int SUBMITTERS = 8;

	private static final int TASKS_PER_SUBMITTER = 1000;

	private static final int AGENTS = 4;

	@AutoClose
	private final EmbeddedScheduler scheduler = EmbeddedScheduler.builder()
		.maxTasks(200)
		.maxActivityEntriesPerAgent(10_000)
		.start();

	@AutoClose
	private final TestClient client = new TestClient(this.scheduler);

	private final Set<String> accepted = ConcurrentHashMap.newKeySet();

	private final AtomicInteger refused = new AtomicInteger();

	private final Set<String> taken = ConcurrentHashMap.newKeySet();

	private final Set<String> runningScopes = ConcurrentHashMap.newKeySet();

	private final AtomicBoolean submitting = new AtomicBoolean(true);

	@Test
	void everyAcceptedTaskRunsOnceAndNoTwoOfTheSameScopeTogether() throws Exception {
		ExecutorService threads = Executors.newCachedThreadPool();
		try {
			List<Future<?>> workers = new ArrayList<>();
			for (int i = 0; i < AGENTS; i++) {
				EmbeddedAgent agent = this.scheduler.agent("worker-" + i);
				workers.add(threads.submit(() -> work(agent)));
				workers.add(threads.submit(() -> work(agent)));
			}
			List<Future<?>> submitters = new ArrayList<>();
			for (int i = 0; i < SUBMITTERS; i++) {
				int submitter = i;
				submitters.add(threads.submit(() -> submit(submitter)));
			}
			for (Future<?> submitter : submitters) {
				submitter.get();
			}
			this.submitting.set(false);
			for (Future<?> worker : workers) {
				worker.get();
			}
		}
		finally {
			threads.shutdownNow();
		}
		assertThat(this.accepted.size() + this.refused.get()).isEqualTo(SUBMITTERS * TASKS_PER_SUBMITTER);
		assertThat(this.taken).containsExactlyInAnyOrderElementsOf(this.accepted);
		assertThat(this.scheduler.queued()).isEmpty();
		assertThat(this.scheduler.running()).isEmpty();
		assertThat(recordedActivity()).containsExactlyInAnyOrderElementsOf(this.accepted);
	}

	private void submit(int submitter) {
		for (int i = 0; i < TASKS_PER_SUBMITTER; i++) {
			String taskId = submitter + "-" + i;
			SubmitTaskResponse response = this.client
				.submit(task("worker-" + i % AGENTS, taskId).setPriority(i % 40 - 19)
					.setScope((i % 3 == 0) ? "" : "scope-" + i % 5));
			if (response.getAccepted()) {
				this.accepted.add(taskId);
			}
			else {
				assertThat(response.getReason()).startsWith("too many tasks");
				this.refused.incrementAndGet();
			}
		}
	}

	private void work(EmbeddedAgent agent) {
		while (this.submitting.get() || !agent.queued().isEmpty()) {
			Optional<ScheduledTask> next = agent.takeNext();
			if (next.isEmpty()) {
				Thread.yield();
				continue;
			}
			ScheduledTask task = next.get();
			assertThat(this.taken.add(task.taskId())).as("%s taken once", task).isTrue();
			if (!task.scope().isEmpty()) {
				assertThat(this.runningScopes.add(task.scope())).as("%s runs alone in its scope", task).isTrue();
				this.runningScopes.remove(task.scope());
			}
			assertThat(agent.complete(task.taskId())).isTrue();
		}
	}

	private List<String> recordedActivity() {
		List<String> taskIds = new ArrayList<>();
		for (int i = 0; i < AGENTS; i++) {
			this.client.poll("worker-" + i).forEach((entry) -> taskIds.add(entry.getTaskId()));
		}
		return taskIds;
	}

}
