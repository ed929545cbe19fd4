package io.sw4rm.scheduler.client.micrometer;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.LongStream;

import com.google.common.collect.MapMaker;
import io.grpc.Status;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import org.jspecify.annotations.Nullable;

import io.sw4rm.scheduler.client.ActivityEntry;
import io.sw4rm.scheduler.client.PreemptionResult;
import io.sw4rm.scheduler.client.SchedulerCall;
import io.sw4rm.scheduler.client.SchedulerOperation;
import io.sw4rm.scheduler.client.SubmitTaskResult;

/**
 * The meters of a registry that have the same tags. Micrometer registers a meter once,
 * therefore all {@link SchedulerMetrics} that use these meters share them. The last one
 * removes them from the registry. Meters are cached, to avoid look-ups during calls.
 * Thread-safe.
 */
final class SchedulerMeters {

	/**
	 * Does not keep meters that are no longer in use, even if they were not removed.
	 */
	private static final Map<Key, SchedulerMeters> SHARED = new MapMaker().weakValues().makeMap();

	private static final String IN_FLIGHT = "sw4rm.rpc.in.flight";

	private static final Duration[] BUCKETS = LongStream
		.of(1, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000)
		.mapToObj(Duration::ofMillis)
		.toArray(Duration[]::new);

	/** The longest duration that a timer can record. */
	private static final Duration MAX_LAG = Duration.ofNanos(Long.MAX_VALUE);

	private static final int OPERATIONS = SchedulerOperation.values().length;

	private static final int STATUSES = Status.Code.values().length;

	private final MeterRegistry registry;

	private final boolean percentilesHistogram;

	private final Tags tags;

	private final LongAdder inFlight = new LongAdder();

	private final AtomicReferenceArray<@Nullable Counter> requests = new AtomicReferenceArray<>(OPERATIONS * STATUSES);

	private final AtomicReferenceArray<@Nullable Timer> durations = new AtomicReferenceArray<>(OPERATIONS);

	private final Counter[] retries = new Counter[OPERATIONS];

	private final Counter accepted;

	private final Counter refused;

	private final Counter enqueued;

	private final Counter notEnqueued;

	private final Counter purged;

	private final DistributionSummary payloadSize;

	/** Guarded by this. */
	private @Nullable Counter received;

	/** Guarded by this. */
	private @Nullable Timer lag;

	/** The meters to remove. Guarded by this. */
	private final List<Meter> meters = new ArrayList<>();

	/** Guarded by this. */
	private boolean removed;

	/** Guarded by {@link #SHARED}. */
	private int users;

	private SchedulerMeters(Key key, boolean percentilesHistogram) {
		this.registry = key.registry();
		this.percentilesHistogram = percentilesHistogram;
		this.tags = key.tags();
		registerInFlight();
		for (SchedulerOperation operation : SchedulerOperation.values()) {
			this.retries[operation.ordinal()] = counter("sw4rm.rpc.retries", "Retries of calls", tags(operation));
		}
		String submissions = "sw4rm.scheduler.submissions";
		this.accepted = counter(submissions, "Answered submissions", this.tags.and("outcome", "accepted"));
		this.refused = counter(submissions, "Answered submissions", this.tags.and("outcome", "refused"));
		String preemptions = "sw4rm.scheduler.preemptions";
		this.enqueued = counter(preemptions, "Answered preemption requests", this.tags.and("outcome", "enqueued"));
		this.notEnqueued = counter(preemptions, "Answered preemption requests",
				this.tags.and("outcome", "not_enqueued"));
		this.purged = counter("sw4rm.scheduler.activity.purged", "Activity entries purged", this.tags);
		this.payloadSize = added(DistributionSummary.builder("sw4rm.scheduler.payload.size")
			.description("Size of the parameters of submitted tasks")
			.baseUnit("bytes")
			.tags(this.tags)
			.register(this.registry));
	}

	/**
	 * Replaces the gauge of an instance that was not closed: its value has been garbage
	 * collected.
	 */
	private void registerInFlight() {
		Tags tags = this.tags.and("service", "SchedulerService");
		this.registry.removeByPreFilterId(new Meter.Id(IN_FLIGHT, tags, null, null, Meter.Type.GAUGE));
		added(Gauge.builder(IN_FLIGHT, this.inFlight, LongAdder::sum)
			.description("Calls to the scheduler in flight")
			.tags(tags)
			.register(this.registry));
	}

	/**
	 * Return the meters for another user, which must release them.
	 */
	static SchedulerMeters acquire(MeterRegistry registry, boolean percentilesHistogram, Tags tags) {
		synchronized (SHARED) {
			SchedulerMeters meters = SHARED.computeIfAbsent(new Key(registry, tags),
					(key) -> new SchedulerMeters(key, percentilesHistogram));
			meters.users++;
			return meters;
		}
	}

	void release() {
		synchronized (SHARED) {
			this.users--;
			if (this.users == 0) {
				SHARED.remove(new Key(this.registry, this.tags), this);
				remove();
			}
		}
	}

	private synchronized void remove() {
		this.removed = true;
		this.meters.forEach(this.registry::remove);
	}

	void started(SchedulerCall call) {
		this.inFlight.increment();
		if (call.operation() == SchedulerOperation.SUBMIT_TASK) {
			this.payloadSize.record(call.payloadSize());
		}
	}

	void retried(SchedulerCall call) {
		this.retries[call.operation().ordinal()].increment();
	}

	void ended(SchedulerCall call) {
		this.inFlight.decrement();
		Timer duration = duration(call.operation());
		Counter requests = requests(call.operation(), Objects.requireNonNull(call.status()));
		if (duration == null || requests == null) {
			return;
		}
		duration.record(call.durationNanos(), TimeUnit.NANOSECONDS);
		requests.increment();
		Object result = call.result();
		if (result instanceof SubmitTaskResult submission) {
			(submission.accepted() ? this.accepted : this.refused).increment();
		}
		else if (result instanceof PreemptionResult preemption) {
			(preemption.enqueued() ? this.enqueued : this.notEnqueued).increment();
		}
		else if (result instanceof Long purged) {
			this.purged.increment(purged);
		}
	}

	/**
	 * Entries without a valid timestamp, or with one in the future or too long ago, such
	 * as the year 1 that some languages send for no time, have no lag.
	 */
	synchronized void received(ActivityEntry entry) {
		if (this.removed) {
			return;
		}
		if (this.received == null) {
			this.received = counter("sw4rm.scheduler.activity.received", "Activity entries that watches delivered",
					this.tags);
		}
		this.received.increment();
		entry.instant()
			.map((instant) -> Duration.between(instant, Instant.now()))
			.filter((lag) -> !lag.isNegative() && lag.compareTo(MAX_LAG) <= 0)
			.ifPresent(this::recordLag);
	}

	private synchronized void recordLag(Duration lag) {
		if (this.lag == null) {
			this.lag = added(Timer.builder("sw4rm.scheduler.activity.lag")
				.description("Time from the timestamp of an activity entry to its delivery")
				.tags(this.tags)
				.register(this.registry));
		}
		this.lag.record(lag);
	}

	private @Nullable Timer duration(SchedulerOperation operation) {
		Timer timer = this.durations.get(operation.ordinal());
		return (timer != null) ? timer : createDuration(operation);
	}

	/**
	 * A call may end after the meters were removed. Others may have registered their own
	 * ones with the same names by then.
	 */
	private synchronized @Nullable Timer createDuration(SchedulerOperation operation) {
		if (this.removed) {
			return null;
		}
		Timer timer = added(Timer.builder("sw4rm.rpc.duration")
			.description("Duration of calls to the scheduler, including retries")
			.tags(tags(operation))
			.serviceLevelObjectives(BUCKETS)
			.publishPercentileHistogram(this.percentilesHistogram)
			.register(this.registry));
		this.durations.set(operation.ordinal(), timer);
		return timer;
	}

	private @Nullable Counter requests(SchedulerOperation operation, Status.Code status) {
		Counter counter = this.requests.get(operation.ordinal() * STATUSES + status.ordinal());
		return (counter != null) ? counter : createRequests(operation, status);
	}

	private synchronized @Nullable Counter createRequests(SchedulerOperation operation, Status.Code status) {
		if (this.removed) {
			return null;
		}
		Counter counter = counter("sw4rm.rpc.requests", "Completed calls to the scheduler",
				tags(operation).and("status", status.name()));
		this.requests.set(operation.ordinal() * STATUSES + status.ordinal(), counter);
		return counter;
	}

	private Tags tags(SchedulerOperation operation) {
		return this.tags.and("service", "SchedulerService", "method", operation.methodName());
	}

	private Counter counter(String name, String description, Tags tags) {
		return added(Counter.builder(name).description(description).tags(tags).register(this.registry));
	}

	private synchronized <T extends Meter> T added(T meter) {
		this.meters.add(meter);
		return meter;
	}

	private record Key(MeterRegistry registry, Tags tags) {

	}

}
