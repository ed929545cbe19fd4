package io.sw4rm.scheduler.embedded;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * An agent's side of an {@link EmbeddedScheduler}: take tasks and report what became of
 * them, and look at the agent's queue and activity buffer. The handle holds nothing
 * itself: the agent need not be known to the scheduler yet, and any number of handles may
 * be used for it. Lists are copies that later changes don't reach. Thread-safe.
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
	 * conflicts with a running one lets those behind it pass.
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
	 * Take the first queued task whose scope doesn't conflict with that of a task that
	 * runs, on this agent or another. Two scopes conflict when they are equal or one is a
	 * prefix of the other that ends before a dot or slash; an empty scope conflicts with
	 * nothing.
	 * @return the task, which is now running, or empty when none can run now or the agent
	 * is shut down
	 */
	public Optional<ScheduledTask> takeNext() {
		return this.state.takeNext(this.id);
	}

	/**
	 * Report a running task as done.
	 * @param taskId the task's identifier
	 * @return whether this agent was running the task; {@code false} too when the grace
	 * period of a shutdown has run out
	 */
	public boolean complete(String taskId) {
		return this.state.complete(this.id, taskId);
	}

	/**
	 * Report a running task as failed.
	 * @param taskId the task's identifier
	 * @param reason why it failed
	 * @return whether this agent was running the task; {@code false} too when the grace
	 * period of a shutdown has run out
	 */
	public boolean fail(String taskId, String reason) {
		return this.state.fail(this.id, taskId, reason);
	}

	/**
	 * Give a running task back, as an agent does when it was asked to yield. The task
	 * returns to its place in the queue and is no longer asked to yield.
	 * @param taskId the task's identifier
	 * @return whether this agent was running the task; {@code false} too when the grace
	 * period of a shutdown has run out
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
	 * is full, or there is no memory for the entry, with a message that begins with
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
	 * Return whether the agent was asked to shut down and hasn't been revived, no matter
	 * whether its grace period has run out.
	 * @return whether the agent is shut down
	 */
	public boolean isShutDown() {
		return this.state.isShutDown(this.id);
	}

	/**
	 * Bring the agent back after a shutdown: it accepts tasks again, its queued tasks can
	 * be taken, and what still runs is no longer under a grace period. Does nothing when
	 * the agent isn't shut down.
	 */
	public void revive() {
		this.state.revive(this.id);
	}

}
