package io.sw4rm.scheduler.client;

import java.util.function.Function;

import io.grpc.Status;

/**
 * Thrown when a call was not made because the client's limit of calls in flight is
 * reached. The request was not sent.
 *
 * @since 0.1.0
 * @see SchedulerClientBuilder#maxInFlight(int)
 */
public class SchedulerCallLimitException extends SchedulerException {

	private static final long serialVersionUID = 1L;

	static final String DESCRIPTION = "The request was not sent";

	private static final Status STATUS = Status.RESOURCE_EXHAUSTED.withDescription(DESCRIPTION);

	/**
	 * Create an exception for a call that was not made.
	 * @param operation the operation that was not carried out
	 * @param target the scheduler that would have been called
	 * @param correlationId the correlation id that the call would have carried
	 */
	public SchedulerCallLimitException(SchedulerOperation operation, String target, String correlationId) {
		super(operation, target, correlationId, STATUS.asRuntimeException());
	}

	SchedulerCallLimitException(SchedulerOperation operation, String target, String correlationId,
			Function<SchedulerProblem, String> remedies) {
		super(operation, target, correlationId, STATUS.asRuntimeException(), remedies);
	}

}
