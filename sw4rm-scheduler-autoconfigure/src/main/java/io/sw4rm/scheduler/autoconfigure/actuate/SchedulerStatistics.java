package io.sw4rm.scheduler.autoconfigure.actuate;

import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLongArray;

import io.grpc.Status;
import org.jspecify.annotations.Nullable;

import io.sw4rm.scheduler.autoconfigure.SchedulerClientBuilderCustomizer;
import io.sw4rm.scheduler.autoconfigure.actuate.SchedulerEndpoint.CallsDescriptor;
import io.sw4rm.scheduler.autoconfigure.actuate.SchedulerEndpoint.FailureDescriptor;
import io.sw4rm.scheduler.client.SchedulerCall;
import io.sw4rm.scheduler.client.SchedulerCallListener;
import io.sw4rm.scheduler.client.SchedulerClientBuilder;
import io.sw4rm.scheduler.client.SchedulerOperation;

/**
 * Counts the calls of each scheduler's clients for the endpoint, and stores the last
 * failed call.
 */
class SchedulerStatistics implements SchedulerClientBuilderCustomizer {

	private final Map<String, Calls> calls = new ConcurrentHashMap<>();

	@Override
	public void customize(String name, SchedulerClientBuilder builder) {
		builder.listener(of(name));
	}

	Calls of(String name) {
		return this.calls.computeIfAbsent(name, (key) -> new Calls());
	}

	/**
	 * The calls of one scheduler's clients.
	 */
	static final class Calls implements SchedulerCallListener {

		private final AtomicLongArray total = new AtomicLongArray(SchedulerOperation.values().length);

		private final AtomicLongArray failed = new AtomicLongArray(SchedulerOperation.values().length);

		private volatile @Nullable FailureDescriptor lastFailure;

		@Override
		public void onEnd(SchedulerCall call) {
			this.total.incrementAndGet(call.operation().ordinal());
			Status.Code status = call.status();
			if (status != null && status != Status.Code.OK) {
				this.failed.incrementAndGet(call.operation().ordinal());
				this.lastFailure = new FailureDescriptor(call.operation().methodName(), status.name(), Instant.now());
			}
		}

		CallsDescriptor describe(SchedulerOperation operation) {
			return new CallsDescriptor(this.total.get(operation.ordinal()), this.failed.get(operation.ordinal()));
		}

		@Nullable FailureDescriptor lastFailure() {
			return this.lastFailure;
		}

	}

}
