package io.sw4rm.scheduler.sample;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

import io.sw4rm.scheduler.embedded.EmbeddedAgent;
import io.sw4rm.scheduler.embedded.EmbeddedScheduler;
import io.sw4rm.scheduler.embedded.ScheduledTask;

/**
 * Acts as all agents of the embedded scheduler while it is switched on: each agent takes
 * tasks, works on each for a moment and reports that it is done, or sometimes that it has
 * failed. Tasks that are requested to yield return to the queue. Agents that are shut
 * down complete their running tasks.
 */
@Component
class WorkingAgents {

	private static final int MAX_RUNNING = 3;

	private static final Duration SHORTEST_WORK = Duration.ofMillis(500);

	private static final Duration LONGEST_WORK = Duration.ofSeconds(3);

	private static final double FAILURES = 0.1;

	private static final String FAILURE = "simulated failure";

	private final ObjectProvider<EmbeddedScheduler> embeddedScheduler;

	/** When the work on each running task ends. */
	private final Map<ScheduledTask, Instant> work = new HashMap<>();

	private volatile boolean working;

	WorkingAgents(ObjectProvider<EmbeddedScheduler> embeddedScheduler) {
		this.embeddedScheduler = embeddedScheduler;
	}

	boolean isWorking() {
		return this.working;
	}

	void setWorking(boolean working) {
		this.working = working;
	}

	@Scheduled(fixedDelay = 200)
	void work() {
		EmbeddedScheduler scheduler = this.embeddedScheduler.getIfAvailable();
		if (this.working && scheduler != null) {
			scheduler.agentIds().forEach((agentId) -> work(scheduler.agent(agentId)));
			this.work.keySet().retainAll(scheduler.running());
		}
	}

	private void work(EmbeddedAgent agent) {
		List<ScheduledTask> running = agent.running();
		running.forEach((task) -> workOn(task, agent));
		for (int i = running.size(); i < MAX_RUNNING; i++) {
			Optional<ScheduledTask> next = agent.takeNext();
			if (next.isEmpty()) {
				return;
			}
			report(agent, next.get(), "started");
		}
	}

	private void workOn(ScheduledTask task, EmbeddedAgent agent) {
		if (task.preemptionReason() != null) {
			if (agent.yieldTask(task.taskId())) {
				report(agent, task, "yielded");
			}
		}
		else if (!Instant.now().isBefore(this.work.computeIfAbsent(task, (added) -> endOfWork()))) {
			end(task, agent);
		}
	}

	private void end(ScheduledTask task, EmbeddedAgent agent) {
		if (ThreadLocalRandom.current().nextDouble() >= FAILURES) {
			if (agent.complete(task.taskId())) {
				report(agent, task, "done");
			}
		}
		else if (agent.fail(task.taskId(), FAILURE)) {
			report(agent, task, "failed: " + FAILURE);
		}
	}

	private static Instant endOfWork() {
		return Instant.now()
			.plusMillis(ThreadLocalRandom.current().nextLong(SHORTEST_WORK.toMillis(), LONGEST_WORK.toMillis()));
	}

	/**
	 * A full activity buffer refuses entries, which does not affect tasks.
	 */
	private static void report(EmbeddedAgent agent, ScheduledTask task, String description) {
		try {
			agent.recordActivity((entry) -> entry.taskId(task.taskId()).description(description));
		}
		catch (IllegalStateException ex) {
			// The activity buffer is full
		}
	}

}
