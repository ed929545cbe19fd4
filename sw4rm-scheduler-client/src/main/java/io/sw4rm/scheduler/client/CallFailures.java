package io.sw4rm.scheduler.client;

import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;

import com.google.common.base.Throwables;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;

/**
 * Converts failures of calls to exceptions of the client.
 */
final class CallFailures {

	/** How gRPC's descriptions begin when it cancels a call because of its response. */
	static final String FAILED_TO_READ = "Failed to read ";

	private static final Status CHANNEL_SHUT_DOWN = Status.UNAVAILABLE.withDescription("Channel shutdown invoked");

	private CallFailures() {
	}

	/**
	 * Return the exception for a failed call, which is not translated yet.
	 * @param call the call
	 * @param settings the settings of its client
	 * @param deadline the deadline of the call
	 * @param failure why it failed
	 * @return a {@link SchedulerException} if the failure comes from gRPC
	 */
	static Throwable of(SchedulerCall call, CallSettings settings, CallDeadline deadline, Throwable failure) {
		try {
			Throwable reported = isShutDown(failure, settings) ? CHANNEL_SHUT_DOWN.asRuntimeException() : failure;
			return (reported instanceof StatusRuntimeException statusException)
					? newException(call, settings, deadline, clarified(statusException)) : failure;
		}
		catch (Throwable ex) {
			// For example because the failure is its own cause
			ex.addSuppressed(failure);
			return ex;
		}
	}

	/**
	 * The executor of a channel is shut down a little later than the channel. Then gRPC
	 * can no longer say that the channel is shut down.
	 */
	private static boolean isShutDown(Throwable failure, CallSettings settings) {
		return Throwables.getRootCause(failure) instanceof RejectedExecutionException
				&& settings.shutDown().getAsBoolean();
	}

	/**
	 * Correct status codes of gRPC that are misleading.
	 */
	private static StatusRuntimeException clarified(StatusRuntimeException failure) {
		Status status = failure.getStatus();
		Throwable cause = status.getCause();
		return switch (status.getCode()) {
			// A connection was lost, and gRPC's own write was the first to notice
			case UNKNOWN -> (cause instanceof ClosedChannelException)
					? withStatus(failure, Status.UNAVAILABLE.withDescription(status.getDescription())) : failure;
			// Not the caller but gRPC cancelled the call: its response cannot be read
			case CANCELLED -> (cause != null && String.valueOf(status.getDescription()).startsWith(FAILED_TO_READ))
					? withStatus(failure, unreadable(status, cause)) : failure;
			default -> failure;
		};
	}

	private static Status unreadable(Status status, Throwable cause) {
		return (cause instanceof StatusRuntimeException reason
				&& reason.getStatus().getCode() == Status.Code.RESOURCE_EXHAUSTED) ? reason.getStatus()
						: Status.INTERNAL.withDescription(status.getDescription());
	}

	private static StatusRuntimeException withStatus(StatusRuntimeException failure, Status status) {
		return status.withCause(failure.getStatus().getCause()).asRuntimeException(failure.getTrailers());
	}

	private static SchedulerException newException(SchedulerCall call, CallSettings settings, CallDeadline deadline,
			StatusRuntimeException cause) {
		if (cause.getStatus().getCode() == Status.Code.DEADLINE_EXCEEDED) {
			return new SchedulerDeadlineExceededException(call.operation(), call.target(), call.correlationId(),
					deadline.duration(), deadline.setting(), Duration.ofNanos(call.durationNanos()), cause);
		}
		return SchedulerException.of(call.operation(), call.target(), call.correlationId(), cause, settings.remedies());
	}

}
