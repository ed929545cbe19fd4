package io.sw4rm.scheduler.client;

import io.grpc.Status;

/**
 * Thrown when a call was not made because as many calls as the client may make at once
 * were in flight. Nothing was sent.
 *
 * @see SchedulerClientBuilder#maxInFlight(java.util.concurrent.Semaphore)
 */
public class SchedulerCallLimitException extends SchedulerException {

	private static final long serialVersionUID = 1L;

	private static final Status STATUS = Status.RESOURCE_EXHAUSTED.withDescription(
			"Nothing was sent: as many calls as the client may make at once (sw4rm.scheduler.max-in-flight) are in flight");

	/**
	 * Create an exception for a call that was not made.
	 * @param operation the operation that was not carried out
	 * @param target the scheduler that would have been called
	 * @param correlationId the correlation id that the call would have carried
	 */
	public SchedulerCallLimitException(SchedulerOperation operation, String target, String correlationId) {
		super(operation, target, correlationId, STATUS.asRuntimeException());
	}

}
