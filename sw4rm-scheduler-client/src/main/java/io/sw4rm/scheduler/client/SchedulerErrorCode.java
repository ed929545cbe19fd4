package io.sw4rm.scheduler.client;

import java.util.Locale;

import io.grpc.Status;

/**
 * Error codes of the SW4RM protocol.
 *
 * @since 0.1.0
 */
public enum SchedulerErrorCode {

	/**
	 * A buffer or quota is exhausted.
	 */
	BUFFER_FULL(1),

	/**
	 * The agent or task was not found.
	 */
	NO_ROUTE(2),

	/**
	 * There was no response within the deadline.
	 */
	ACK_TIMEOUT(3),

	/**
	 * The scheduler is unavailable.
	 */
	AGENT_UNAVAILABLE(4),

	/**
	 * The agent is shutting down.
	 */
	AGENT_SHUTDOWN(5),

	/**
	 * The request is invalid.
	 */
	VALIDATION_ERROR(6),

	/**
	 * The caller is not authenticated or not authorized.
	 */
	PERMISSION_DENIED(7),

	/**
	 * The scheduler does not support the operation.
	 */
	UNSUPPORTED_MESSAGE_TYPE(8),

	/**
	 * The payload is too large.
	 */
	OVERSIZE_PAYLOAD(9),

	/**
	 * A tool took too long.
	 */
	TOOL_TIMEOUT(10),

	/**
	 * The message was only delivered partially.
	 */
	PARTIAL_DELIVERY(11),

	/**
	 * The task was forcibly preempted.
	 */
	FORCED_PREEMPTION(12),

	/**
	 * The time to live of the message expired.
	 */
	TTL_EXPIRED(13),

	/**
	 * The message is a duplicate.
	 */
	DUPLICATE_DETECTED(14),

	/**
	 * The same work is already in progress.
	 */
	ALREADY_IN_PROGRESS(15),

	/**
	 * The receiver is overloaded.
	 */
	OVERLOADED(16),

	/**
	 * Another receiver is responsible.
	 */
	REDIRECT(20),

	/**
	 * Any other error.
	 */
	INTERNAL_ERROR(99);

	private final int number;

	SchedulerErrorCode(int number) {
		this.number = number;
	}

	/**
	 * Return the number of this code in the SW4RM protocol.
	 * @return the number
	 */
	public int number() {
		return this.number;
	}

	/**
	 * Return the name of this code in the SW4RM protocol, such as {@code buffer_full}.
	 * @return the name
	 */
	public String protocolName() {
		return name().toLowerCase(Locale.ROOT);
	}

	/**
	 * Return the error code that the SW4RM protocol assigns to a gRPC status.
	 * @param status the gRPC status code
	 * @return the error code, {@link #INTERNAL_ERROR} for a status without a specific
	 * code
	 */
	public static SchedulerErrorCode of(Status.Code status) {
		return switch (Checks.notNull(status, "status")) {
			case RESOURCE_EXHAUSTED -> BUFFER_FULL;
			case NOT_FOUND -> NO_ROUTE;
			case DEADLINE_EXCEEDED -> ACK_TIMEOUT;
			case UNAVAILABLE -> AGENT_UNAVAILABLE;
			case PERMISSION_DENIED, UNAUTHENTICATED -> PERMISSION_DENIED;
			case INVALID_ARGUMENT, OUT_OF_RANGE, FAILED_PRECONDITION -> VALIDATION_ERROR;
			case UNIMPLEMENTED -> UNSUPPORTED_MESSAGE_TYPE;
			default -> INTERNAL_ERROR;
		};
	}

}
