package io.sw4rm.scheduler.client;

/**
 * Thrown by {@link SubmitTaskResult#orElseThrow()} when the scheduler refused a task.
 *
 * @since 0.1.0
 */
public class TaskRejectedException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final String taskId;

	private final String reason;

	private final int attempts;

	/**
	 * Create an exception for a refused task.
	 * @param taskId the task that was refused
	 * @param reason the scheduler's reason, empty if it gave none
	 * @param attempts how often the request was sent, at least 1
	 */
	public TaskRejectedException(String taskId, String reason, int attempts) {
		super(message(Checks.notNull(taskId, "taskId"), Checks.notNull(reason, "reason"), attempts));
		this.taskId = taskId;
		this.reason = reason;
		this.attempts = attempts;
	}

	private static String message(String taskId, String reason, int attempts) {
		String message = "The scheduler refused task '%s': %s".formatted(taskId,
				reason.isEmpty() ? "no reason given" : reason);
		return (attempts > 1)
				? message + (". The request was sent %d times: the scheduler may have accepted the task "
						+ "before and refuse it now as a duplicate. Poll the activity buffer of the agent to find out. "
						+ "A missing entry does not prove that the task was not accepted")
					.formatted(attempts)
				: message;
	}

	/**
	 * Return the task that was refused.
	 * @return the task id
	 */
	public String getTaskId() {
		return this.taskId;
	}

	/**
	 * Return why the scheduler refused the task.
	 * @return the reason, empty if the scheduler gave none
	 */
	public String getReason() {
		return this.reason;
	}

	/**
	 * Return how often the request was sent.
	 * @return the number of attempts, at least 1; after more than one, the scheduler may
	 * have accepted the task before. A missing entry in the activity buffer does not
	 * prove that the task was not accepted
	 */
	public int getAttempts() {
		return this.attempts;
	}

}
