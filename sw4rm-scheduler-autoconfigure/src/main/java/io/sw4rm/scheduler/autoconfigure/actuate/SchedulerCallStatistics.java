package io.sw4rm.scheduler.autoconfigure.actuate;

import java.time.Clock;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

import io.grpc.Status;
import org.jspecify.annotations.Nullable;

import io.sw4rm.scheduler.client.SchedulerCall;
import io.sw4rm.scheduler.client.SchedulerCallListener;
import io.sw4rm.scheduler.client.SchedulerOperation;

/**
 * Counts calls for the endpoint, and remembers the last that failed.
 */
class SchedulerCallStatistics implements SchedulerCallListener {

	private final Clock clock;

	private final Map<SchedulerOperation, Counts> counts = new EnumMap<>(SchedulerOperation.class);

	private volatile @Nullable Failure lastFailure;

	SchedulerCallStatistics(Clock clock) {
		this.clock = clock;
		for (SchedulerOperation operation : SchedulerOperation.values()) {
			this.counts.put(operation, new Counts());
		}
	}

	@Override
	public void onEnd(SchedulerCall call) {
		Counts counts = counts(call.operation());
		counts.calls.increment();
		Status.Code status = Objects.requireNonNull(call.status());
		if (status != Status.Code.OK) {
			counts.failures.increment();
			this.lastFailure = new Failure(call.operation(), status, this.clock.instant());
		}
	}

	long calls(SchedulerOperation operation) {
		return counts(operation).calls.sum();
	}

	long failures(SchedulerOperation operation) {
		return counts(operation).failures.sum();
	}

	@Nullable Failure lastFailure() {
		return this.lastFailure;
	}

	private Counts counts(SchedulerOperation operation) {
		Counts counts = this.counts.get(operation);
		if (counts == null) {
			throw new IllegalArgumentException("Unknown operation " + operation);
		}
		return counts;
	}

	private static final class Counts {

		private final LongAdder calls = new LongAdder();

		private final LongAdder failures = new LongAdder();

	}

	/**
	 * A call that failed.
	 *
	 * @param operation the operation
	 * @param status how it failed
	 * @param time when it failed
	 */
	record Failure(SchedulerOperation operation, Status.Code status, Instant time) {

	}

}
