package io.sw4rm.scheduler.client;

/**
 * Receives what happens to the calls of a client: the hook for metrics, traces, log
 * context and statistics. Each call starts once and ends once, however often gRPC sends
 * its request.
 * <p>
 * All threads that make calls or receive answers use the listener, so implementations
 * must be thread-safe and quick. A listener that throws is logged the first time; neither
 * the call nor other listeners notice.
 */
public interface SchedulerCallListener {

	/**
	 * Called on the caller's thread before the request is sent. May add metadata.
	 * @param call the call
	 */
	default void onStart(SchedulerCall call) {
	}

	/**
	 * Called when gRPC sends the request once more.
	 * @param call the call
	 */
	default void onRetry(SchedulerCall call) {
	}

	/**
	 * Called when a call has ended, before its caller is told.
	 * @param call the call, with its {@linkplain SchedulerCall#status() status}
	 */
	default void onEnd(SchedulerCall call) {
	}

	/**
	 * Called on a thread that begins to work on a call, after {@link #onStart} and before
	 * {@link #onEnd}: the place to set thread-bound state. For a blocking call the scope
	 * stays open until the call has ended. For an asynchronous one there are two scopes:
	 * one while the request is sent, and one on another thread while the answer is passed
	 * on, in which dependent stages of the caller run. The two may overlap in time, so
	 * keep the state of a scope per thread.
	 * @param call the call; in the second scope it has a
	 * {@linkplain SchedulerCall#status() status}
	 */
	default void onScopeOpened(SchedulerCall call) {
	}

	/**
	 * Called on the same thread when its work on the call is done.
	 * @param call the call
	 */
	default void onScopeClosed(SchedulerCall call) {
	}

}
