package io.sw4rm.scheduler.client;

/**
 * The scheduler's answer to a submitted task. A refusal is an answer, not an error.
 *
 * @param taskId the task that was submitted
 * @param accepted whether the scheduler accepted the task
 * @param reason why the task was refused, empty when the scheduler gave no reason
 */
public record SubmitTaskResult(String taskId, boolean accepted, String reason) {

	/**
	 * Create a result.
	 * @throws IllegalArgumentException if a text is null
	 */
	public SubmitTaskResult {
		Checks.notNull(taskId, "taskId");
		Checks.notNull(reason, "reason");
	}

	/**
	 * Return this result if the task was accepted.
	 * @return this result
	 * @throws TaskRejectedException if the task was refused
	 */
	public SubmitTaskResult orElseThrow() {
		if (!this.accepted) {
			throw new TaskRejectedException(this.taskId, this.reason);
		}
		return this;
	}

}
