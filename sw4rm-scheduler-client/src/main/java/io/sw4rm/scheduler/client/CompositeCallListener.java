package io.sw4rm.scheduler.client;

import java.util.List;

import com.google.protobuf.MessageLite;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * Tells several listeners, in order.
 */
final class CompositeCallListener implements SchedulerCallListener {

	private final SchedulerCallListener[] listeners;

	private CompositeCallListener(List<SchedulerCallListener> listeners) {
		this.listeners = listeners.toArray(SchedulerCallListener[]::new);
	}

	static SchedulerCallListener of(List<SchedulerCallListener> listeners) {
		return (listeners.size() == 1) ? listeners.get(0) : new CompositeCallListener(listeners);
	}

	@Override
	public void onStart(SchedulerOperation operation, MessageLite request) {
		for (SchedulerCallListener listener : this.listeners) {
			listener.onStart(operation, request);
		}
	}

	@Override
	public void onRetry(SchedulerOperation operation) {
		for (SchedulerCallListener listener : this.listeners) {
			listener.onRetry(operation);
		}
	}

	@Override
	public void onEnd(SchedulerOperation operation, Status.Code status, long nanos, @Nullable Object result) {
		for (SchedulerCallListener listener : this.listeners) {
			listener.onEnd(operation, status, nanos, result);
		}
	}

}
