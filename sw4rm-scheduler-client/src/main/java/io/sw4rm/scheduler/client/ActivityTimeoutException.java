package io.sw4rm.scheduler.client;

import java.time.Duration;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * Thrown when the activity that a caller waited for was not seen in time. This does not
 * mean that the task is not done: the entry may have been refused by a full buffer, or
 * purged.
 *
 * @since 0.1.0
 * @see SchedulerClient#awaitActivity(String, String, java.util.function.Predicate,
 * Duration)
 */
public class ActivityTimeoutException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final String agentId;

	private final String taskId;

	private final Duration timeout;

	/**
	 * Create an exception.
	 * @param agentId the agent
	 * @param taskId the task
	 * @param timeout the time that the caller waited
	 * @param outage why the activity buffer was not available at the end, or {@code null}
	 * if it was
	 */
	public ActivityTimeoutException(String agentId, String taskId, Duration timeout, @Nullable Throwable outage) {
		super(message(Checks.notNull(agentId, "agentId"), Checks.notNull(taskId, "taskId"),
				Checks.notNull(timeout, "timeout"), outage), outage);
		this.agentId = agentId;
		this.taskId = taskId;
		this.timeout = timeout;
	}

	private static String message(String agentId, String taskId, Duration timeout, @Nullable Throwable outage) {
		String reason = (outage != null)
				? "the activity buffer is not available: "
						+ Objects.requireNonNullElseGet(outage.getMessage(), outage::toString)
				: "the entry does not exist yet, was purged, or was refused by a full buffer";
		return "No matching activity of task '%s' at agent '%s' within %s: %s".formatted(taskId, agentId, timeout,
				reason);
	}

	/**
	 * Return the agent whose activity was awaited.
	 * @return the agent id
	 */
	public String getAgentId() {
		return this.agentId;
	}

	/**
	 * Return the task whose activity was awaited.
	 * @return the task id
	 */
	public String getTaskId() {
		return this.taskId;
	}

	/**
	 * Return the time that the caller waited.
	 * @return the timeout
	 */
	public Duration getTimeout() {
		return this.timeout;
	}

}
