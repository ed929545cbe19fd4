package io.sw4rm.scheduler.autoconfigure.channel;

import com.google.common.base.Ascii;
import io.grpc.Status;

import io.sw4rm.scheduler.client.SchedulerProblem;

/**
 * The result of a health check, which is a call of {@code grpc.health.v1.Health/Check}.
 *
 * @param state what the scheduler reports, or why it does not
 * @param status the status of the call
 * @since 0.1.0
 */
public record SchedulerHealth(State state, Status status) {

	private static final int MAX_REASON_LENGTH = 300;

	/**
	 * Return the result of a call that succeeded.
	 * @param servingStatus the number of the serving status
	 */
	static SchedulerHealth of(int servingStatus) {
		return new SchedulerHealth(switch (servingStatus) {
			case 1 -> State.SERVING;
			case 2 -> State.NOT_SERVING;
			case 3 -> State.NOT_OFFERED;
			default -> State.UNKNOWN;
		}, Status.OK);
	}

	/**
	 * Return the result of a call that failed.
	 * @param status the status
	 * @param sentByServer whether a server sent the status. gRPC also infers statuses
	 * from the responses of HTTP servers
	 */
	static SchedulerHealth of(Status status, boolean sentByServer) {
		if (!sentByServer || SchedulerProblem.of(status) == SchedulerProblem.HTTP_RESPONSE) {
			return new SchedulerHealth(State.UNREACHABLE, status);
		}
		return new SchedulerHealth(switch (status.getCode()) {
			case UNIMPLEMENTED, NOT_FOUND, PERMISSION_DENIED -> State.NOT_OFFERED;
			case UNAUTHENTICATED -> State.UNAUTHENTICATED;
			default -> State.ERROR;
		}, status);
	}

	/**
	 * Return whether a scheduler is there and accepts the credentials of this client,
	 * whether it is serving or not.
	 * @return whether the scheduler responded
	 */
	public boolean isResponse() {
		return switch (this.state) {
			case SERVING, NOT_SERVING, UNKNOWN, NOT_OFFERED -> true;
			case UNAUTHENTICATED, ERROR, UNREACHABLE -> false;
		};
	}

	/**
	 * Return why there is no response.
	 * @return a line of at most 300 characters
	 */
	public String reason() {
		SchedulerProblem problem = SchedulerProblem.of(this.status);
		String description = SchedulerProblem.describe(this.status);
		return Ascii.truncate((problem != null) ? problem.meaning() + ": " + description : description,
				MAX_REASON_LENGTH, "...");
	}

	/**
	 * The states of a scheduler.
	 */
	public enum State {

		/**
		 * The scheduler reports that it is serving.
		 */
		SERVING,

		/**
		 * The scheduler reports that it is not serving.
		 */
		NOT_SERVING,

		/**
		 * The scheduler reports that its status is unknown.
		 */
		UNKNOWN,

		/**
		 * The scheduler responded, but does not report its health to this client.
		 */
		NOT_OFFERED,

		/**
		 * The scheduler rejected the credentials of this client.
		 */
		UNAUTHENTICATED,

		/**
		 * The scheduler responded with another error.
		 */
		ERROR,

		/**
		 * No gRPC server responded within the deadline.
		 */
		UNREACHABLE

	}

}
