package io.sw4rm.scheduler.client;

/**
 * Thrown by {@link SubmitTaskResult#orElseThrow()} when the scheduler refused a task.
 */
public class TaskRejectedException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final String taskId;

	private final String reason;

	/**
	 * Create an exception for a refused task.
	 * @param taskId the task that was refused
	 * @param reason the scheduler's reason, empty when it gave none
	 */
	public TaskRejectedException(String taskId, String reason) {
		super("The scheduler refused task '%s': %s".formatted(Checks.notNull(taskId, "taskId"),
				Checks.notNull(reason, "reason").isEmpty() ? "no reason given" : reason));
		this.taskId = taskId;
		this.reason = reason;
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
	 * @return the reason, empty when the scheduler gave none
	 */
	public String getReason() {
		return this.reason;
	}

}
