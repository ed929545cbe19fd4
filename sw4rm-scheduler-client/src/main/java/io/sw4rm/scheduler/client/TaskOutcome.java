package io.sw4rm.scheduler.client;

import org.jspecify.annotations.Nullable;

/**
 * What became of a task of a batch.
 *
 * @param index the position of the task in its source, beginning with 0
 * @param submission the task, null only if the source contained null
 * @param status the status of the task
 * @param result the scheduler's response if the task was accepted or refused, otherwise
 * null
 * @param failure the exception if the task failed, otherwise null: a
 * {@link SchedulerException}, the exception that the client's
 * {@link SchedulerExceptionTranslator} returned, or an {@link IllegalArgumentException}
 * for a task that cannot be sent
 * @since 0.1.0
 */
public record TaskOutcome(long index, @Nullable TaskSubmission submission, Status status,
		@Nullable SubmitTaskResult result, @Nullable Throwable failure) {

	/**
	 * Create an outcome.
	 * @throws IllegalArgumentException if {@code index} is negative, or if the result or
	 * the failure does not match the status
	 */
	public TaskOutcome {
		if (index < 0) {
			throw new IllegalArgumentException("index must not be negative, got %d".formatted(index));
		}
		Checks.notNull(status, "status");
		boolean answered = status == Status.ACCEPTED || status == Status.REFUSED;
		if ((result != null) != answered || (result != null && result.accepted() != (status == Status.ACCEPTED))) {
			throw new IllegalArgumentException("result must match the status %s, got %s".formatted(status, result));
		}
		if ((failure != null) != (status == Status.FAILED)) {
			throw new IllegalArgumentException("failure must match the status %s, got %s".formatted(status, failure));
		}
	}

	/**
	 * The status of a task.
	 */
	public enum Status {

		/**
		 * The scheduler accepted the task.
		 */
		ACCEPTED,

		/**
		 * The scheduler refused the task.
		 */
		REFUSED,

		/**
		 * The call failed, or the task cannot be sent. If the call failed, the scheduler
		 * may have accepted the task.
		 */
		FAILED,

		/**
		 * The task was not sent because the batch had stopped.
		 */
		NOT_SENT

	}

}
