package io.sw4rm.scheduler.embedded;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.StringTokenizer;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import org.jspecify.annotations.Nullable;

import io.sw4rm.scheduler.embedded.ScheduledTask.State;
import io.sw4rm.scheduler.proto.SubmitTaskRequest;

/**
 * The state of the scheduler: agents, their tasks and their activity buffers. Guarded by
 * one lock; nothing is sent while it is held. Grace periods need no timer: each access to
 * running tasks first fails those whose grace period has expired.
 */
final class SchedulerState {

	private static final Logger logger = System.getLogger(SchedulerState.class.getName());

	private static final int MAX_FINISHED_TASKS = 1000;

	private static final int MAX_SHUT_DOWN_AGENTS = 10_000;

	private static final int MAX_DESCRIPTION_WORDS = 200;

	private static final Comparator<Task> RUN_ORDER = Comparator.comparingInt((Task task) -> task.details.priority())
		.reversed()
		.thenComparingLong((task) -> task.sequence);

	private final Clock clock;

	private final Limits limits;

	/**
	 * Agents that have a task or an activity entry, or are shut down. Others are not
	 * kept.
	 */
	private final Map<String, Agent> agents = new TreeMap<>();

	/**
	 * Queued and running tasks by their identifier.
	 */
	private final Map<String, Task> tasks = new HashMap<>();

	private final Deque<ScheduledTask> finished = new ArrayDeque<>();

	/**
	 * The bytes of all payloads and text above.
	 */
	private long heldBytes;

	private int activityEntries;

	private long refusedActivityEntries;

	private int shutDownAgents;

	private long sequence;

	private Instant nextDeadline = Instant.MAX;

	private boolean draining;

	SchedulerState(Clock clock, Limits limits) {
		this.clock = clock;
		this.limits = limits;
	}

	/**
	 * Queue a task and add it to the activity buffer of its agent. A full buffer drops
	 * the entry, not the task.
	 * @return why the task is refused, or {@code null} if it was accepted
	 * @throws StatusRuntimeException if the memory limit is reached
	 */
	synchronized @Nullable String submit(SubmitTaskRequest request) {
		failOverdueTasks();
		String refusal = refusal(request);
		if (refusal != null) {
			return refusal;
		}
		ScheduledTask details = ScheduledTask.submitted(request, this.clock.instant());
		requireRoomFor(details.bytes() + bytesOfNewAgent(request.getAgentId()));
		this.heldBytes += details.bytes();
		Agent agent = agent(request.getAgentId());
		Task task = new Task(agent, this.sequence++, details);
		askLeastImportantToYieldTo(task);
		agent.queued.add(task);
		this.tasks.put(task.details.taskId(), task);
		addActivity(agent.id,
				new RecordedActivity.Builder().taskId(task.details.taskId())
					.description("submitted with priority " + task.details.priority())
					.build(now()));
		return null;
	}

	/**
	 * Request a task to yield, unless this was already requested.
	 * @return whether the agent has such a task
	 * @throws StatusRuntimeException if the memory limit is reached
	 */
	synchronized boolean preempt(String agentId, String taskId, String reason) {
		failOverdueTasks();
		Task task = task(agentId, taskId);
		if (task == null) {
			return false;
		}
		requireRoomFor(Texts.bytes(reason));
		update(task, (details) -> details.askedToYield(reason));
		return true;
	}

	/**
	 * Shut an agent down, or shorten its grace period.
	 * @throws StatusRuntimeException if a limit is reached
	 */
	synchronized void shutDown(String agentId, Duration gracePeriod) {
		failOverdueTasks();
		if (!isShutDown(agentId) && this.shutDownAgents >= MAX_SHUT_DOWN_AGENTS) {
			throw resourceExhausted("the limit of shut-down agents is reached; revive some or reset the scheduler");
		}
		requireRoomFor(bytesOfNewAgent(agentId));
		Agent agent = agent(agentId);
		Instant deadline = this.clock.instant().plus(gracePeriod);
		if (agent.shutdownDeadline == null) {
			agent.shutdownDeadline = deadline;
			this.shutDownAgents++;
		}
		else if (deadline.isBefore(agent.shutdownDeadline)) {
			agent.shutdownDeadline = deadline;
		}
		if (!agent.running.isEmpty() && deadline.isBefore(this.nextDeadline)) {
			this.nextDeadline = deadline;
		}
	}

	synchronized void revive(String agentId) {
		failOverdueTasks();
		Agent agent = this.agents.get(agentId);
		if (agent != null && agent.shutdownDeadline != null) {
			agent.shutdownDeadline = null;
			this.shutDownAgents--;
			forgetIfEmpty(agent);
		}
	}

	synchronized boolean isShutDown(String agentId) {
		Agent agent = this.agents.get(agentId);
		return agent != null && agent.shutdownDeadline != null;
	}

	synchronized Optional<ScheduledTask> takeNext(String agentId) {
		failOverdueTasks();
		Agent agent = this.agents.get(agentId);
		if (agent == null || agent.shutdownDeadline != null) {
			return Optional.empty();
		}
		Optional<Task> next = agent.queued.stream().filter((task) -> !conflictsWithRunningTask(task)).findFirst();
		next.ifPresent((task) -> {
			agent.queued.remove(task);
			agent.running.add(task);
			update(task, ScheduledTask::running);
		});
		return next.map((task) -> task.details);
	}

	synchronized boolean complete(String agentId, String taskId) {
		return finish(agentId, taskId, ScheduledTask::succeeded);
	}

	synchronized boolean fail(String agentId, String taskId, String reason) {
		return finish(agentId, taskId, (task) -> task.failed(reason));
	}

	synchronized boolean yieldTask(String agentId, String taskId) {
		failOverdueTasks();
		Task task = task(agentId, taskId);
		if (task == null || !task.agent.running.remove(task)) {
			return false;
		}
		update(task, ScheduledTask::yielded);
		task.agent.queued.add(task);
		return true;
	}

	synchronized void recordActivity(String agentId, RecordedActivity.Builder builder) {
		RecordedActivity entry = builder.build(now());
		int words = new StringTokenizer(entry.description()).countTokens();
		if (words > MAX_DESCRIPTION_WORDS) {
			throw new IllegalArgumentException("description must have at most %d words, got %d; shorten it"
				.formatted(MAX_DESCRIPTION_WORDS, words));
		}
		String refusal = addActivity(agentId, entry);
		if (refusal != null) {
			throw new IllegalStateException(refusal);
		}
	}

	synchronized List<RecordedActivity> activity(String agentId) {
		Agent agent = this.agents.get(agentId);
		return (agent != null) ? List.copyOf(agent.activity) : List.of();
	}

	synchronized long heldBytes() {
		return this.heldBytes;
	}

	synchronized long refusedActivityEntries() {
		return this.refusedActivityEntries;
	}

	/**
	 * Remove the entries of the given tasks, or all entries if none is given.
	 * @return the number of removed entries
	 */
	synchronized int purgeActivity(String agentId, Set<String> taskIds) {
		Agent agent = this.agents.get(agentId);
		if (agent == null) {
			return 0;
		}
		Predicate<RecordedActivity> isPurged = (entry) -> taskIds.isEmpty() || taskIds.contains(entry.taskId());
		List<RecordedActivity> purged = agent.activity.stream().filter(isPurged).toList();
		agent.activity.removeIf(isPurged);
		this.activityEntries -= purged.size();
		this.heldBytes -= purged.stream().mapToLong(RecordedActivity::bytes).sum();
		forgetIfEmpty(agent);
		return purged.size();
	}

	synchronized Set<String> agentIds() {
		return new TreeSet<>(this.agents.keySet());
	}

	synchronized List<ScheduledTask> queued() {
		return details(this.agents.values().stream().flatMap((agent) -> agent.queued.stream()).sorted(RUN_ORDER));
	}

	synchronized List<ScheduledTask> queued(String agentId) {
		Agent agent = this.agents.get(agentId);
		return (agent != null) ? details(agent.queued.stream()) : List.of();
	}

	synchronized List<ScheduledTask> running() {
		failOverdueTasks();
		return details(runningTasks());
	}

	synchronized List<ScheduledTask> running(String agentId) {
		failOverdueTasks();
		Agent agent = this.agents.get(agentId);
		return (agent != null) ? details(agent.running.stream()) : List.of();
	}

	synchronized List<ScheduledTask> finished() {
		failOverdueTasks();
		return List.copyOf(this.finished);
	}

	/**
	 * Stop accepting tasks permanently.
	 */
	synchronized void drain() {
		this.draining = true;
	}

	synchronized void reset() {
		this.agents.clear();
		this.tasks.clear();
		this.finished.clear();
		this.heldBytes = 0;
		this.activityEntries = 0;
		this.refusedActivityEntries = 0;
		this.shutDownAgents = 0;
		this.nextDeadline = Instant.MAX;
	}

	private @Nullable String refusal(SubmitTaskRequest request) {
		if (this.draining) {
			return "the scheduler is shutting down and accepts no new tasks";
		}
		if (isShutDown(request.getAgentId())) {
			return "agent %s is shutting down and accepts no new tasks".formatted(Texts.quote(request.getAgentId()));
		}
		Task duplicate = this.tasks.get(request.getTaskId());
		if (duplicate != null) {
			return "task %s is already %s; choose another task_id or wait until it has finished".formatted(
					Texts.quote(request.getTaskId()),
					(duplicate.details.state() == State.QUEUED) ? "queued" : "running");
		}
		if (this.tasks.size() >= this.limits.tasks()) {
			return "too many tasks: %d of %d are queued or running; wait until some have finished"
				.formatted(this.tasks.size(), this.limits.tasks());
		}
		return null;
	}

	private @Nullable String activityRefusal(String agentId, RecordedActivity entry) {
		Agent agent = this.agents.get(agentId);
		if (agent != null && agent.activity.size() >= this.limits.activityEntriesPerAgent()) {
			return "activity_buffer_full: agent %s reached its limit of %d entries; purge its activity first"
				.formatted(Texts.quote(agentId), this.limits.activityEntriesPerAgent());
		}
		if (this.activityEntries >= this.limits.activityEntries()) {
			return "activity_buffer_full: the scheduler reached its limit of %d entries; purge the activity of agents first"
				.formatted(this.limits.activityEntries());
		}
		long bytes = entry.bytes() + bytesOfNewAgent(agentId);
		if (!hasRoomFor(bytes)) {
			return "activity_buffer_full: " + noRoomFor(bytes);
		}
		return null;
	}

	private @Nullable String addActivity(String agentId, RecordedActivity entry) {
		String refusal = activityRefusal(agentId, entry);
		if (refusal == null) {
			agent(agentId).activity.add(entry);
			this.heldBytes += entry.bytes();
			this.activityEntries++;
		}
		else if (this.refusedActivityEntries++ == 0) {
			logger.log(Level.WARNING, refusal + ". Further refused entries are only counted");
		}
		return refusal;
	}

	private String now() {
		return this.clock.instant().truncatedTo(ChronoUnit.MILLIS).toString();
	}

	/**
	 * Request a running task of the same agent to yield to a more important one: the
	 * least important that is not requested yet, because one that is already yields to
	 * another task.
	 */
	private void askLeastImportantToYieldTo(Task task) {
		String reason = "task %s with priority %d is more important".formatted(Texts.quote(task.details.taskId()),
				task.details.priority());
		task.agent.running.stream()
			.filter((running) -> !running.details.preemptionRequested())
			.max(RUN_ORDER)
			.filter((running) -> running.details.priority() < task.details.priority())
			.ifPresent((running) -> update(running, (details) -> details.askedToYield(reason)));
	}

	private boolean conflictsWithRunningTask(Task task) {
		String scope = task.details.scope();
		return runningTasks().anyMatch((running) -> Scopes.overlap(scope, running.details.scope()));
	}

	private boolean finish(String agentId, String taskId, UnaryOperator<ScheduledTask> outcome) {
		failOverdueTasks();
		Task task = task(agentId, taskId);
		if (task == null || !task.agent.running.remove(task)) {
			return false;
		}
		retire(task, outcome);
		forgetIfEmpty(task.agent);
		return true;
	}

	private void retire(Task task, UnaryOperator<ScheduledTask> outcome) {
		this.tasks.remove(task.details.taskId());
		update(task, outcome);
		this.finished.addLast(task.details);
		if (this.finished.size() > MAX_FINISHED_TASKS) {
			forgetOldestFinishedTask();
		}
	}

	private void forgetOldestFinishedTask() {
		this.heldBytes -= this.finished.removeFirst().bytes();
	}

	private void update(Task task, UnaryOperator<ScheduledTask> change) {
		this.heldBytes -= task.details.bytes();
		task.details = change.apply(task.details);
		this.heldBytes += task.details.bytes();
	}

	private void requireRoomFor(long bytes) {
		if (bytes > 0 && !hasRoomFor(bytes)) {
			throw resourceExhausted(noRoomFor(bytes));
		}
	}

	/**
	 * Return whether there is enough memory, if necessary after discarding finished
	 * tasks.
	 */
	private boolean hasRoomFor(long bytes) {
		while (this.heldBytes + bytes > this.limits.bytes() && !this.finished.isEmpty()) {
			forgetOldestFinishedTask();
		}
		return this.heldBytes + bytes <= this.limits.bytes();
	}

	private String noRoomFor(long bytes) {
		return "memory limit reached: %d bytes requested, %d of %d in use; let tasks finish or purge activity first"
			.formatted(bytes, this.heldBytes, this.limits.bytes());
	}

	private void failOverdueTasks() {
		Instant now = this.clock.instant();
		if (now.isBefore(this.nextDeadline)) {
			return;
		}
		this.nextDeadline = Instant.MAX;
		for (Agent agent : this.agents.values()) {
			if (agent.shutdownDeadline == null || agent.running.isEmpty()) {
				continue;
			}
			if (!now.isBefore(agent.shutdownDeadline)) {
				agent.running.forEach((task) -> retire(task, (details) -> details.failed("agent_shutdown_timeout")));
				agent.running.clear();
			}
			else if (agent.shutdownDeadline.isBefore(this.nextDeadline)) {
				this.nextDeadline = agent.shutdownDeadline;
			}
		}
	}

	private @Nullable Task task(String agentId, String taskId) {
		Task task = this.tasks.get(taskId);
		return (task != null && task.agent.id.equals(agentId)) ? task : null;
	}

	private Agent agent(String agentId) {
		return this.agents.computeIfAbsent(agentId, (id) -> {
			this.heldBytes += Texts.bytes(id);
			return new Agent(id);
		});
	}

	/**
	 * Return the bytes of an agent that is not known yet.
	 */
	private long bytesOfNewAgent(String agentId) {
		return this.agents.containsKey(agentId) ? 0 : Texts.bytes(agentId);
	}

	private void forgetIfEmpty(Agent agent) {
		if (agent.queued.isEmpty() && agent.running.isEmpty() && agent.activity.isEmpty()
				&& agent.shutdownDeadline == null) {
			this.agents.remove(agent.id);
			this.heldBytes -= Texts.bytes(agent.id);
		}
	}

	private Stream<Task> runningTasks() {
		return this.agents.values().stream().flatMap((agent) -> agent.running.stream());
	}

	private static StatusRuntimeException resourceExhausted(String description) {
		return Status.RESOURCE_EXHAUSTED.withDescription(description).asRuntimeException();
	}

	private static List<ScheduledTask> details(Stream<Task> tasks) {
		return tasks.map((task) -> task.details).toList();
	}

	/**
	 * The limits.
	 *
	 * @param bytes maximum bytes of payloads and text
	 * @param tasks maximum number of queued or running tasks
	 * @param activityEntries maximum number of activity entries of all agents together
	 * @param activityEntriesPerAgent maximum number of activity entries of one agent
	 */
	record Limits(long bytes, int tasks, int activityEntries, int activityEntriesPerAgent) {
	}

	private static final class Task {

		private final Agent agent;

		private final long sequence;

		private ScheduledTask details;

		private Task(Agent agent, long sequence, ScheduledTask details) {
			this.agent = agent;
			this.sequence = sequence;
			this.details = details;
		}

	}

	private static final class Agent {

		private final String id;

		private final NavigableSet<Task> queued = new TreeSet<>(RUN_ORDER);

		private final Set<Task> running = new LinkedHashSet<>();

		private final List<RecordedActivity> activity = new ArrayList<>();

		private @Nullable Instant shutdownDeadline;

		private Agent(String id) {
			this.id = id;
		}

	}

}
