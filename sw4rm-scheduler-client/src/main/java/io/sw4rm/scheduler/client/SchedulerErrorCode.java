package io.sw4rm.scheduler.client;

import java.util.Locale;

import io.grpc.Status;

/**
 * Error codes of the SW4RM protocol.
 */
public enum SchedulerErrorCode {

	/**
	 * A buffer or quota is exhausted.
	 */
	BUFFER_FULL(1),

	/**
	 * Nothing is known by that name.
	 */
	NO_ROUTE(2),

	/**
	 * No answer came within the deadline.
	 */
	ACK_TIMEOUT(3),

	/**
	 * The scheduler can't be reached.
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
	 * The caller isn't known, or isn't allowed to do this.
	 */
	PERMISSION_DENIED(7),

	/**
	 * The scheduler doesn't offer the operation.
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
	 * Only a part was delivered.
	 */
	PARTIAL_DELIVERY(11),

	/**
	 * The task was preempted by force.
	 */
	FORCED_PREEMPTION(12),

	/**
	 * The message outlived its time to live.
	 */
	TTL_EXPIRED(13),

	/**
	 * The same message was received before.
	 */
	DUPLICATE_DETECTED(14),

	/**
	 * The same work is in progress already.
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
	 * Anything else.
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
	 * @return the error code, {@link #INTERNAL_ERROR} for a status without one of its own
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
