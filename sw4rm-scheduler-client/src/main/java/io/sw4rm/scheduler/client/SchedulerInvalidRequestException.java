package io.sw4rm.scheduler.client;

import java.util.function.Function;

import io.grpc.StatusRuntimeException;

/**
 * Thrown when the scheduler rejects a request as invalid (gRPC status
 * {@code INVALID_ARGUMENT}, {@code OUT_OF_RANGE} or {@code FAILED_PRECONDITION}).
 *
 * @since 0.1.0
 */
public class SchedulerInvalidRequestException extends SchedulerException {

	private static final long serialVersionUID = 1L;

	/**
	 * Create an exception for a failed call.
	 * @param operation the operation that failed
	 * @param target the scheduler that was called
	 * @param correlationId the correlation id of the call
	 * @param cause the failure as gRPC reports it
	 */
	public SchedulerInvalidRequestException(SchedulerOperation operation, String target, String correlationId,
			StatusRuntimeException cause) {
		super(operation, target, correlationId, cause);
	}

	SchedulerInvalidRequestException(SchedulerOperation operation, String target, String correlationId,
			StatusRuntimeException cause, Function<SchedulerProblem, String> remedies) {
		super(operation, target, correlationId, cause, remedies);
	}

}
