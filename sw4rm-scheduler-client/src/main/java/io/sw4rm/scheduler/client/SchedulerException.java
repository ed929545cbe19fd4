package io.sw4rm.scheduler.client;

import java.util.EnumSet;
import java.util.Set;
import java.util.function.Function;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import org.jspecify.annotations.Nullable;

/**
 * Thrown when a call to the scheduler failed. Common failures have subclasses.
 *
 * @since 0.1.0
 * @see SchedulerUnavailableException
 * @see SchedulerDeadlineExceededException
 * @see SchedulerPermissionDeniedException
 * @see SchedulerInvalidRequestException
 * @see SchedulerCallLimitException
 */
public class SchedulerException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private static final Set<Status.Code> RETRYABLE = EnumSet.of(Status.Code.UNAVAILABLE, Status.Code.DEADLINE_EXCEEDED,
			Status.Code.RESOURCE_EXHAUSTED, Status.Code.ABORTED);

	private final SchedulerOperation operation;

	private final String target;

	private final String correlationId;

	private final Status.Code statusCode;

	private final SchedulerErrorCode errorCode;

	private final @Nullable SchedulerProblem problem;

	/**
	 * Not stored in the superclass, because gRPC's exceptions can't be serialized.
	 */
	private final transient @Nullable StatusRuntimeException cause;

	/**
	 * Create an exception for a failed call.
	 * @param operation the operation that failed
	 * @param target the scheduler that was called
	 * @param correlationId the correlation id of the call
	 * @param cause the failure as gRPC reports it
	 */
	public SchedulerException(SchedulerOperation operation, String target, String correlationId,
			StatusRuntimeException cause) {
		this(operation, target, correlationId, cause, SchedulerProblem::remedy);
	}

	SchedulerException(SchedulerOperation operation, String target, String correlationId, StatusRuntimeException cause,
			Function<SchedulerProblem, String> remedies) {
		this(operation, target, correlationId, cause, advice(Checks.notNull(cause, "cause").getStatus(), remedies));
	}

	SchedulerException(SchedulerOperation operation, String target, String correlationId, StatusRuntimeException cause,
			String advice) {
		super(message(Checks.notNull(operation, "operation"), Checks.notNull(target, "target"),
				Checks.notNull(correlationId, "correlationId"), Checks.notNull(cause, "cause").getStatus(), advice));
		this.operation = operation;
		this.target = target;
		this.correlationId = correlationId;
		this.cause = cause;
		this.statusCode = cause.getStatus().getCode();
		this.problem = SchedulerProblem.of(cause.getStatus());
		this.errorCode = errorCode(this.problem, this.statusCode);
	}

	private static SchedulerErrorCode errorCode(@Nullable SchedulerProblem problem, Status.Code statusCode) {
		if (problem == SchedulerProblem.MESSAGE_TOO_LARGE) {
			return SchedulerErrorCode.OVERSIZE_PAYLOAD;
		}
		// No buffer is full: the connection was closed
		return (problem == SchedulerProblem.TOO_MANY_PINGS) ? SchedulerErrorCode.AGENT_UNAVAILABLE
				: SchedulerErrorCode.of(statusCode);
	}

	private static String advice(Status status, Function<SchedulerProblem, String> remedies) {
		SchedulerProblem problem = SchedulerProblem.of(status);
		return (problem != null) ? problem.meaning() + ". " + remedies.apply(problem) : "";
	}

	private static String message(SchedulerOperation operation, String target, String correlationId, Status status,
			String advice) {
		StringBuilder message = new StringBuilder();
		message.append(operation.methodName()).append(" at ").append(target).append(" failed: ");
		message.append(SchedulerProblem.describe(status));
		message.append(" (correlation id ").append(correlationId).append(')');
		if (!advice.isEmpty()) {
			message.append(". ").append(advice);
		}
		return message.toString();
	}

	static SchedulerException of(SchedulerOperation operation, String target, String correlationId,
			StatusRuntimeException cause, Function<SchedulerProblem, String> remedies) {
		return switch (cause.getStatus().getCode()) {
			case UNAVAILABLE -> new SchedulerUnavailableException(operation, target, correlationId, cause, remedies);
			case PERMISSION_DENIED, UNAUTHENTICATED ->
				new SchedulerPermissionDeniedException(operation, target, correlationId, cause, remedies);
			case INVALID_ARGUMENT, OUT_OF_RANGE, FAILED_PRECONDITION ->
				new SchedulerInvalidRequestException(operation, target, correlationId, cause, remedies);
			default -> new SchedulerException(operation, target, correlationId, cause, remedies);
		};
	}

	/**
	 * Return the operation that failed.
	 * @return the operation
	 */
	public SchedulerOperation getOperation() {
		return this.operation;
	}

	/**
	 * Return the scheduler that was called, such as {@code localhost:50053}.
	 * @return the target
	 */
	public String getTarget() {
		return this.target;
	}

	/**
	 * Return the correlation id of the call.
	 * @return the correlation id
	 */
	public String getCorrelationId() {
		return this.correlationId;
	}

	/**
	 * Return the gRPC status code of the failure.
	 * @return the status code, never {@code OK}
	 */
	public Status.Code getStatusCode() {
		return this.statusCode;
	}

	/**
	 * Return the SW4RM error code of the failure.
	 * @return the error code
	 */
	public SchedulerErrorCode getErrorCode() {
		return this.errorCode;
	}

	/**
	 * Return the problem, if the client knows more than the status.
	 * @return the problem, or {@code null}
	 */
	public @Nullable SchedulerProblem getProblem() {
		return this.problem;
	}

	/**
	 * Return the failure as gRPC reports it.
	 * @return the cause, or {@code null} after this exception was serialized; the message
	 * contains that of the cause
	 */
	@Override
	public synchronized @Nullable Throwable getCause() {
		return this.cause;
	}

	/**
	 * Return whether the same call may succeed when it is repeated, according to the
	 * protocol. The scheduler may nevertheless have carried out the failed call. Before
	 * you submit a task again, poll the activity buffer of its agent. A missing entry
	 * does not prove that the task was not accepted. A repeated submission should have
	 * the same task id, and may be refused as a duplicate.
	 * @return whether another attempt may succeed
	 */
	public boolean isRetryable() {
		return RETRYABLE.contains(this.statusCode) && this.errorCode != SchedulerErrorCode.OVERSIZE_PAYLOAD;
	}

}
