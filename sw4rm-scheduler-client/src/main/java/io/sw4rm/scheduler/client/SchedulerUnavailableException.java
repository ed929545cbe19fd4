package io.sw4rm.scheduler.client;

import java.util.function.Function;

import io.grpc.StatusRuntimeException;

/**
 * Thrown when the scheduler can't be reached (gRPC status {@code UNAVAILABLE}).
 *
 * @since 0.1.0
 */
public class SchedulerUnavailableException extends SchedulerException {

	private static final long serialVersionUID = 1L;

	/**
	 * Create an exception for a failed call.
	 * @param operation the operation that failed
	 * @param target the scheduler that was called
	 * @param correlationId the correlation id of the call
	 * @param cause the failure as gRPC reports it
	 */
	public SchedulerUnavailableException(SchedulerOperation operation, String target, String correlationId,
			StatusRuntimeException cause) {
		super(operation, target, correlationId, cause);
	}

	SchedulerUnavailableException(SchedulerOperation operation, String target, String correlationId,
			StatusRuntimeException cause, Function<SchedulerProblem, String> remedies) {
		super(operation, target, correlationId, cause, remedies);
	}

}
