package io.sw4rm.scheduler.client;

import com.google.protobuf.MessageLite;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * Receives what happens to the calls of a client: the hook for metrics. Each call is
 * reported once, however often gRPC tries it.
 * <p>
 * Called by every thread that calls or is answered, so implementations must be
 * thread-safe and quick, and must not throw.
 */
public interface SchedulerCallListener {

	/**
	 * Called before a call is made.
	 * @param operation the operation
	 * @param request the message that will be sent
	 */
	default void onStart(SchedulerOperation operation, MessageLite request) {
	}

	/**
	 * Called when gRPC tries a call once more.
	 * @param operation the operation
	 */
	default void onRetry(SchedulerOperation operation) {
	}

	/**
	 * Called when a call has ended, before its caller is told.
	 * @param operation the operation
	 * @param status how the call ended
	 * @param nanos how long the call took, with all its attempts, in nanoseconds
	 * @param result what the caller gets, or {@code null} if the call failed
	 */
	default void onEnd(SchedulerOperation operation, Status.Code status, long nanos, @Nullable Object result) {
	}

}
