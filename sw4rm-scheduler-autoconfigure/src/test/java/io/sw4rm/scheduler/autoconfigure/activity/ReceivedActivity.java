package io.sw4rm.scheduler.autoconfigure.activity;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

import io.sw4rm.scheduler.client.ActivityEntry;
import io.sw4rm.scheduler.embedded.EmbeddedScheduler;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What listeners of a test received, each entry as a text.
 */
class ReceivedActivity {

	private final List<String> events = new CopyOnWriteArrayList<>();

	/**
	 * Add an entry to the buffer of an agent.
	 */
	static void record(EmbeddedScheduler scheduler, String agentId, String taskId) {
		scheduler.agent(agentId).recordActivity((entry) -> entry.taskId(taskId));
	}

	static ConditionFactory await() {
		return Awaitility.await()
			.pollDelay(Duration.ZERO)
			.pollInterval(Duration.ofMillis(5))
			.atMost(Duration.ofSeconds(30));
	}

	void add(String event) {
		this.events.add(event);
	}

	void add(ActivityEntry entry) {
		this.events.add(entry.taskId());
	}

	void add(ActivityEntry entry, String agentId) {
		this.events.add(agentId + " " + entry.taskId());
	}

	List<String> events() {
		return this.events;
	}

	void awaitExactly(String... events) {
		await().untilAsserted(() -> assertThat(this.events).containsExactlyInAnyOrder(events));
	}

}
