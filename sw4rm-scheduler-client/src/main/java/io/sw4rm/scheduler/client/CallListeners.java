package io.sw4rm.scheduler.client;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * The listeners of a client. Exceptions that a listener throws do not affect calls or
 * other listeners.
 */
final class CallListeners {

	private static final System.Logger logger = System.getLogger(SchedulerCallListener.class.getName());

	private final SchedulerCallListener[] listeners;

	/** By identity, because listeners may be equal. */
	private final Set<SchedulerCallListener> failed = Collections
		.synchronizedSet(Collections.newSetFromMap(new IdentityHashMap<>()));

	CallListeners(List<SchedulerCallListener> listeners) {
		this.listeners = listeners.toArray(SchedulerCallListener[]::new);
	}

	void onStart(SchedulerCall call) {
		notify(call, SchedulerCallListener::onStart);
	}

	void onRetry(SchedulerCall call) {
		notify(call, SchedulerCallListener::onRetry);
	}

	void onEnd(SchedulerCall call) {
		notify(call, SchedulerCallListener::onEnd);
	}

	void onScopeOpened(SchedulerCall call) {
		notify(call, SchedulerCallListener::onScopeOpened);
	}

	void onActivity(SchedulerCall call, ActivityEntry entry) {
		notify(call, (listener, poll) -> listener.onActivity(poll, entry));
	}

	/**
	 * Scopes are closed in the reverse order.
	 */
	void onScopeClosed(SchedulerCall call) {
		for (int i = this.listeners.length - 1; i >= 0; i--) {
			notify(this.listeners[i], call, SchedulerCallListener::onScopeClosed);
		}
	}

	private void notify(SchedulerCall call, BiConsumer<SchedulerCallListener, SchedulerCall> event) {
		for (SchedulerCallListener listener : this.listeners) {
			notify(listener, call, event);
		}
	}

	private void notify(SchedulerCallListener listener, SchedulerCall call,
			BiConsumer<SchedulerCallListener, SchedulerCall> event) {
		try {
			event.accept(listener, call);
		}
		catch (Throwable ex) {
			if (this.failed.add(listener)) {
				logger.log(System.Logger.Level.WARNING,
						"Listener %s threw an exception during a call to the scheduler; further failures of this listener are not logged"
							.formatted(listener.getClass().getName()),
						ex);
			}
		}
	}

}
