package io.sw4rm.scheduler.client;

/**
 * Callback interface for the calls of a client, for example for metrics, traces, log
 * context and statistics. Each call starts once and ends once, regardless of the number
 * of attempts.
 * <p>
 * All threads that make calls or receive responses use the listener, so implementations
 * must be thread-safe and fast. The first exception of a listener is logged; the call and
 * other listeners are not affected.
 *
 * @since 0.1.0
 */
public interface SchedulerCallListener {

	/**
	 * Called on the caller's thread before the request is sent. May add metadata.
	 * @param call the call
	 */
	default void onStart(SchedulerCall call) {
	}

	/**
	 * Called when gRPC sends the request again.
	 * @param call the call
	 */
	default void onRetry(SchedulerCall call) {
	}

	/**
	 * Called when a call has ended, before the caller receives the outcome.
	 * @param call the call, with its {@linkplain SchedulerCall#status() status}
	 */
	default void onEnd(SchedulerCall call) {
	}

	/**
	 * Called on a thread that starts to work on a call, after {@link #onStart} and before
	 * {@link #onEnd}, to set thread-bound state. For a blocking call, the scope stays
	 * open until the call has ended. An asynchronous call has two scopes: one while the
	 * request is sent, and one on another thread while the future completes, in which
	 * dependent stages run. The two may overlap in time, so keep the state of a scope per
	 * thread.
	 * @param call the call; in the second scope it has a
	 * {@linkplain SchedulerCall#status() status}
	 */
	default void onScopeOpened(SchedulerCall call) {
	}

	/**
	 * Called on the same thread when its work on the call ends.
	 * @param call the call
	 */
	default void onScopeClosed(SchedulerCall call) {
	}

	/**
	 * Called when a watch has found a new entry, before its {@link ActivityListener}
	 * receives it.
	 * @param call the poll that returned the entry
	 * @param entry the entry
	 */
	default void onActivity(SchedulerCall call, ActivityEntry entry) {
	}

}
