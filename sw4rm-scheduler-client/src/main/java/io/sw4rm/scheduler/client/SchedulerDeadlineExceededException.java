package io.sw4rm.scheduler.client;

import io.grpc.StatusRuntimeException;

/**
 * Thrown when no answer came within the deadline (gRPC status {@code DEADLINE_EXCEEDED}).
 * Whether the scheduler carried out the request is not known.
 */
public class SchedulerDeadlineExceededException extends SchedulerException {

	private static final long serialVersionUID = 1L;

	/**
	 * Create an exception for a failed call.
	 * @param operation the operation that failed
	 * @param target the scheduler that was called
	 * @param correlationId the correlation id of the call
	 * @param cause the failure as gRPC reports it
	 */
	public SchedulerDeadlineExceededException(SchedulerOperation operation, String target, String correlationId,
			StatusRuntimeException cause) {
		super(operation, target, correlationId, cause);
	}

}
