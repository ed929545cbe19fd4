package io.sw4rm.scheduler.embedded;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A handle to an agent of an {@link EmbeddedScheduler}, to take tasks, report their
 * outcome, and read the agent's queue and activity buffer. The handle has no state: the
 * scheduler does not have to know the agent yet, and an agent can have any number of
 * handles. Lists are copies that do not change later. Thread-safe.
 *
 * @since 0.1.0
 */
public final class EmbeddedAgent {

	private final SchedulerState state;

	private final String id;

	EmbeddedAgent(SchedulerState state, String id) {
		this.state = state;
		this.id = id;
	}

	/**
	 * Return the agent's identifier.
	 * @return the identifier
	 */
	public String id() {
		return this.id;
	}

	/**
	 * Return the queued tasks in the order in which they would run: the most important
	 * first, and those of one priority as they were submitted. A task whose scope
	 * conflicts with a running one does not block later tasks.
	 * @return the queued tasks
	 */
	public List<ScheduledTask> queued() {
		return this.state.queued(this.id);
	}

	/**
	 * Return the running tasks in the order in which they were taken.
	 * @return the running tasks
	 */
	public List<ScheduledTask> running() {
		return this.state.running(this.id);
	}

	/**
	 * Take the first queued task whose scope does not conflict with that of a running
	 * task of this or another agent. Two scopes conflict when they are equal or one is a
	 * prefix of the other that ends before a dot or slash; an empty scope conflicts with
	 * nothing.
	 * @return the task, which is now running, or empty if none can run now or the agent
	 * is shut down
	 */
	public Optional<ScheduledTask> takeNext() {
		return this.state.takeNext(this.id);
	}

	/**
	 * Report a running task as done.
	 * @param taskId the task's identifier
	 * @return whether this agent was running the task; also {@code false} if the grace
	 * period of a shutdown has expired
	 */
	public boolean complete(String taskId) {
		return this.state.complete(this.id, taskId);
	}

	/**
	 * Report a running task as failed.
	 * @param taskId the task's identifier
	 * @param reason why it failed
	 * @return whether this agent was running the task; also {@code false} if the grace
	 * period of a shutdown has expired
	 */
	public boolean fail(String taskId, String reason) {
		return this.state.fail(this.id, taskId, reason);
	}

	/**
	 * Return a running task to the queue, as an agent does when it was requested to
	 * yield. The task returns to its position in the queue and is no longer requested to
	 * yield.
	 * @param taskId the task's identifier
	 * @return whether this agent was running the task; also {@code false} if the grace
	 * period of a shutdown has expired
	 */
	public boolean yieldTask(String taskId) {
		return this.state.yieldTask(this.id, taskId);
	}

	/**
	 * Add an entry to the agent's activity buffer, for example:
	 *
	 * <pre class="code">
	 * agent.recordActivity((entry) -&gt; entry.taskId("task-123")
	 *     .repoId("shop")
	 *     .worktreeId("shop-1")
	 *     .branch("main")
	 *     .description("tests pass"));
	 * </pre>
	 * @param entry sets the texts of the entry
	 * @throws IllegalArgumentException if the description has more than 200 words
	 * @throws NullPointerException if a text is {@code null}
	 * @throws IllegalStateException if the buffer of this agent or of all agents together
	 * is full, or the memory limit is reached, with a message that starts with
	 * {@code activity_buffer_full}
	 */
	public void recordActivity(Consumer<RecordedActivity.Builder> entry) {
		RecordedActivity.Builder builder = new RecordedActivity.Builder();
		entry.accept(builder);
		this.state.recordActivity(this.id, builder);
	}

	/**
	 * Return the agent's activity buffer.
	 * @return the entries, oldest first
	 */
	public List<RecordedActivity> activity() {
		return this.state.activity(this.id);
	}

	/**
	 * Return whether the agent was requested to shut down and has not been revived,
	 * regardless of whether its grace period has expired.
	 * @return whether the agent is shut down
	 */
	public boolean isShutDown() {
		return this.state.isShutDown(this.id);
	}

	/**
	 * Reactivate the agent after a shutdown: it accepts tasks again, its queued tasks can
	 * be taken, and the grace period no longer applies to its running tasks. Does nothing
	 * if the agent is not shut down.
	 */
	public void revive() {
		this.state.revive(this.id);
	}

}
