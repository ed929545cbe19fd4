package io.sw4rm.scheduler.embedded;

import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

import io.sw4rm.scheduler.proto.ActivityEntry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

class ActivityBufferTests {

	private final ManualClock clock = new ManualClock();

	@AutoClose
	private final EmbeddedScheduler scheduler = EmbeddedScheduler.builder()
		.clock(this.clock)
		.maxActivityEntries(5)
		.maxActivityEntriesPerAgent(3)
		.start();

	@AutoClose
	private final TestClient client = new TestClient(this.scheduler);

	private final EmbeddedAgent worker = this.scheduler.agent("worker-1");

	@Test
	void pollReturnsRecordedEntriesOldestFirst() {
		this.worker.recordActivity((entry) -> entry.taskId("task-1")
			.repoId("shop")
			.worktreeId("shop-1")
			.branch("main")
			.description("tests pass"));
		this.clock.advance(Duration.ofMillis(1500));
		record(this.worker, "task-2");
		assertThat(this.client.poll("worker-1")).containsExactly(
				ActivityEntry.newBuilder()
					.setTaskId("task-1")
					.setRepoId("shop")
					.setWorktreeId("shop-1")
					.setBranch("main")
					.setDescription("tests pass")
					.setTimestamp("2026-01-10T12:00:00Z")
					.build(),
				ActivityEntry.newBuilder().setTaskId("task-2").setTimestamp("2026-01-10T12:00:01.500Z").build());
		assertThat(this.worker.activity()).containsExactly(
				new RecordedActivity("task-1", "shop", "shop-1", "main", "tests pass", "2026-01-10T12:00:00Z"),
				new RecordedActivity("task-2", "", "", "", "", "2026-01-10T12:00:01.500Z"));
	}

	@Test
	void timestampOfTheRecorderIsKept() {
		this.worker.recordActivity((entry) -> entry.timestamp("yesterday"));
		assertThat(this.client.poll("worker-1")).extracting(ActivityEntry::getTimestamp).containsExactly("yesterday");
	}

	@Test
	void refusesTextThatIsNull() {
		List<UnaryOperator<RecordedActivity.Builder>> texts = List.of((entry) -> entry.taskId(null),
				(entry) -> entry.repoId(null), (entry) -> entry.worktreeId(null), (entry) -> entry.branch(null),
				(entry) -> entry.description(null), (entry) -> entry.timestamp(null));
		for (UnaryOperator<RecordedActivity.Builder> text : texts) {
			assertThatNullPointerException().isThrownBy(() -> this.worker.recordActivity(text::apply))
				.withMessageMatching("'\\w+' must not be null");
		}
		assertThat(this.worker.activity()).isEmpty();
	}

	@Test
	void pollOfUnknownAgentIsEmptyAndLeavesNoTrace() {
		for (int i = 0; i < 1000; i++) {
			assertThat(this.client.poll("unknown-" + i)).isEmpty();
		}
		assertThat(this.scheduler.agentIds()).isEmpty();
	}

	@Test
	void purgeRemovesAllEntriesOfTheGivenTasks() {
		record(this.worker, "a");
		record(this.worker, "b");
		record(this.worker, "a");
		record(this.scheduler.agent("worker-2"), "a");
		assertThat(this.client.purge("worker-1", "a", "a", "unknown")).isEqualTo(2);
		assertThat(this.client.poll("worker-1")).extracting(ActivityEntry::getTaskId).containsExactly("b");
		assertThat(this.client.poll("worker-2")).hasSize(1);
	}

	@Test
	void purgeWithoutTasksRemovesTheWholeBufferOfTheAgent() {
		record(this.worker, "a");
		record(this.worker, "b");
		record(this.scheduler.agent("worker-2"), "a");
		assertThat(this.client.purge("worker-1")).isEqualTo(2);
		assertThat(this.client.poll("worker-1")).isEmpty();
		assertThat(this.client.poll("worker-2")).hasSize(1);
		assertThat(this.scheduler.agentIds()).containsExactly("worker-2");
	}

	@Test
	void purgeOfUnknownAgentRemovesNothingAndLeavesNoTrace() {
		assertThat(this.client.purge("unknown")).isZero();
		assertThat(this.client.purge("unknown", "a")).isZero();
		assertThat(this.scheduler.agentIds()).isEmpty();
	}

	@Test
	void fullBufferOfAnAgentRefusesEntriesAndDropsNone() {
		record(this.worker, "a");
		record(this.worker, "b");
		record(this.worker, "c");
		assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> record(this.worker, "d"))
			.withMessageStartingWith("activity_buffer_full")
			.withMessageContaining("worker-1");
		assertThat(this.client.poll("worker-1")).extracting(ActivityEntry::getTaskId).containsExactly("a", "b", "c");
		assertThat(this.scheduler.refusedActivityEntries()).isOne();
		record(this.scheduler.agent("worker-2"), "d");
	}

	@Test
	void fullBufferOfAllAgentsRefusesEntriesUntilSomeArePurged() {
		for (int i = 0; i < 5; i++) {
			record(this.scheduler.agent("worker-" + i), "a");
		}
		EmbeddedAgent another = this.scheduler.agent("another");
		assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> record(another, "a"))
			.withMessageStartingWith("activity_buffer_full")
			.withMessageContaining("limit of 5");
		assertThat(this.scheduler.agentIds()).doesNotContain("another");
		this.client.purge("worker-0", "a");
		record(another, "a");
		assertThat(this.client.poll("another")).hasSize(1);
	}

	@Test
	void descriptionMayHaveTwoHundredWords() {
		this.worker.recordActivity((entry) -> entry.description("word \n".repeat(200)));
		assertThat(this.client.poll("worker-1")).hasSize(1);
	}

	@Test
	void refusesDescriptionOfMoreThanTwoHundredWords() {
		assertThatExceptionOfType(IllegalArgumentException.class)
			.isThrownBy(() -> this.worker.recordActivity((entry) -> entry.description("word ".repeat(201))))
			.withMessageContaining("at most 200 words, got 201");
		assertThat(this.scheduler.agentIds()).isEmpty();
	}

	private static void record(EmbeddedAgent agent, String taskId) {
		agent.recordActivity((entry) -> entry.taskId(taskId));
	}

}
