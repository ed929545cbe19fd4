package io.sw4rm.scheduler.client;

import java.util.EnumSet;
import java.util.Set;

import com.google.common.base.Ascii;
import com.google.common.base.Throwables;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;

/**
 * Thrown when a call to the scheduler failed. Failures that callers often treat apart
 * have subclasses of their own.
 *
 * @see SchedulerUnavailableException
 * @see SchedulerDeadlineExceededException
 * @see SchedulerPermissionDeniedException
 * @see SchedulerInvalidRequestException
 * @see SchedulerCallLimitException
 */
public class SchedulerException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private static final int MAX_REASON_LENGTH = 200;

	private static final Set<Status.Code> RETRYABLE = EnumSet.of(Status.Code.UNAVAILABLE, Status.Code.DEADLINE_EXCEEDED,
			Status.Code.RESOURCE_EXHAUSTED, Status.Code.ABORTED);

	private final SchedulerOperation operation;

	private final String target;

	private final String correlationId;

	private final Status.Code statusCode;

	private final SchedulerErrorCode errorCode;

	/**
	 * Create an exception for a failed call.
	 * @param operation the operation that failed
	 * @param target the scheduler that was called
	 * @param correlationId the correlation id of the call
	 * @param cause the failure as gRPC reports it
	 */
	public SchedulerException(SchedulerOperation operation, String target, String correlationId,
			StatusRuntimeException cause) {
		this(operation, target, correlationId, cause, Diagnosis.remedy(Checks.notNull(cause, "cause").getStatus()));
	}

	SchedulerException(SchedulerOperation operation, String target, String correlationId, StatusRuntimeException cause,
			String remedy) {
		super(message(Checks.notNull(operation, "operation"), Checks.notNull(target, "target"),
				Checks.notNull(correlationId, "correlationId"), Checks.notNull(cause, "cause").getStatus(), remedy),
				cause);
		this.operation = operation;
		this.target = target;
		this.correlationId = correlationId;
		this.statusCode = cause.getStatus().getCode();
		this.errorCode = Diagnosis.isTooLarge(cause.getStatus()) ? SchedulerErrorCode.OVERSIZE_PAYLOAD
				: SchedulerErrorCode.of(this.statusCode);
	}

	private static String message(SchedulerOperation operation, String target, String correlationId, Status status,
			String remedy) {
		StringBuilder message = new StringBuilder();
		message.append(operation.methodName()).append(" at ").append(target).append(" failed: ");
		message.append(status.getCode());
		if (status.getDescription() != null) {
			message.append(": ").append(firstLine(status.getDescription()));
		}
		if (status.getCause() != null) {
			// Says what gRPC's description often doesn't, such as "Connection refused"
			Throwable cause = Throwables.getRootCause(status.getCause());
			String reason = (cause.getMessage() != null) ? cause.getMessage() : cause.getClass().getSimpleName();
			if (!reason.equals(status.getDescription())) {
				message.append(": ").append(Ascii.truncate(firstLine(reason), MAX_REASON_LENGTH, "..."));
			}
		}
		message.append(" (correlation id ").append(correlationId).append(')');
		if (!remedy.isEmpty()) {
			message.append(". ").append(remedy);
		}
		return message.toString();
	}

	/**
	 * Leave out what gRPC adds in further lines, such as stack traces and pages of HTML.
	 * The cause keeps it.
	 */
	private static String firstLine(String description) {
		return description.lines().findFirst().orElse("");
	}

	static SchedulerException of(SchedulerOperation operation, String target, String correlationId,
			StatusRuntimeException cause) {
		return switch (cause.getStatus().getCode()) {
			case UNAVAILABLE -> new SchedulerUnavailableException(operation, target, correlationId, cause);
			case PERMISSION_DENIED, UNAUTHENTICATED ->
				new SchedulerPermissionDeniedException(operation, target, correlationId, cause);
			case INVALID_ARGUMENT, OUT_OF_RANGE, FAILED_PRECONDITION ->
				new SchedulerInvalidRequestException(operation, target, correlationId, cause);
			default -> new SchedulerException(operation, target, correlationId, cause);
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
	 * Return the correlation id that the call carried.
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
	 * Return whether the same call may succeed when it is made again, by the protocol's
	 * guidance. The failed call may have reached the scheduler all the same: a repeated
	 * submission should keep its task id.
	 * @return whether another try is worthwhile
	 */
	public boolean isRetryable() {
		return RETRYABLE.contains(this.statusCode) && this.errorCode != SchedulerErrorCode.OVERSIZE_PAYLOAD;
	}

}
