package io.sw4rm.scheduler.client;

/**
 * The scheduler's response to a submitted task. A refusal is a result, not an error.
 *
 * @param taskId the task that was submitted
 * @param accepted whether the scheduler accepted the task
 * @param reason why the task was refused, empty if the scheduler gave no reason
 * @param attempts how often gRPC sent the request, at least 1. After more than one
 * attempt, a refusal may mean that the scheduler accepted the task at an earlier attempt,
 * whose response was lost, and now refuses it as a duplicate. Poll the activity buffer of
 * the agent to find out. A missing entry does not prove that the task was not accepted.
 * @since 0.1.0
 */
public record SubmitTaskResult(String taskId, boolean accepted, String reason, int attempts) {

	/**
	 * Create a result.
	 * @throws IllegalArgumentException if a text is null or {@code attempts} is less than
	 * 1
	 */
	public SubmitTaskResult {
		Checks.notNull(taskId, "taskId");
		Checks.notNull(reason, "reason");
		Checks.range(attempts, 1, Integer.MAX_VALUE, "attempts");
	}

	/**
	 * Create a result of a single attempt.
	 * @param taskId the task that was submitted
	 * @param accepted whether the scheduler accepted the task
	 * @param reason why the task was refused, empty if the scheduler gave no reason
	 * @throws IllegalArgumentException if a text is null
	 */
	public SubmitTaskResult(String taskId, boolean accepted, String reason) {
		this(taskId, accepted, reason, 1);
	}

	/**
	 * Return this result if the task was accepted.
	 * @return this result
	 * @throws TaskRejectedException if the task was refused; after more than one attempt,
	 * the message says that the task may have been accepted before
	 */
	public SubmitTaskResult orElseThrow() {
		if (!this.accepted) {
			throw new TaskRejectedException(this.taskId, this.reason, this.attempts);
		}
		return this;
	}

}
