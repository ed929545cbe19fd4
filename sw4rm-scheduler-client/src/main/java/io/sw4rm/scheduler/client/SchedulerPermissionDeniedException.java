package io.sw4rm.scheduler.client;

import java.util.function.Function;

import io.grpc.StatusRuntimeException;

/**
 * Thrown if the caller is not authenticated or not permitted to call the operation (gRPC
 * status {@code UNAUTHENTICATED} or {@code PERMISSION_DENIED}).
 *
 * @since 0.1.0
 */
public class SchedulerPermissionDeniedException extends SchedulerException {

	private static final long serialVersionUID = 1L;

	/**
	 * Create an exception for a failed call.
	 * @param operation the operation that failed
	 * @param target the scheduler that was called
	 * @param correlationId the correlation id of the call
	 * @param cause the failure as gRPC reports it
	 */
	public SchedulerPermissionDeniedException(SchedulerOperation operation, String target, String correlationId,
			StatusRuntimeException cause) {
		super(operation, target, correlationId, cause);
	}

	SchedulerPermissionDeniedException(SchedulerOperation operation, String target, String correlationId,
			StatusRuntimeException cause, Function<SchedulerProblem, String> remedies) {
		super(operation, target, correlationId, cause, remedies);
	}

}
