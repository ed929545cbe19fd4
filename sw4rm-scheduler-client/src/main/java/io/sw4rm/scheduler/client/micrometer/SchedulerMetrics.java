package io.sw4rm.scheduler.client.micrometer;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.LongStream;

import io.grpc.Status;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import org.jspecify.annotations.Nullable;

import io.sw4rm.scheduler.client.PreemptionResult;
import io.sw4rm.scheduler.client.SchedulerCall;
import io.sw4rm.scheduler.client.SchedulerCallListener;
import io.sw4rm.scheduler.client.SchedulerOperation;
import io.sw4rm.scheduler.client.SubmitTaskResult;

/**
 * Records metrics of calls under the names of the protocol (SW4-003). Meters are
 * registered when they are first needed and cached, to avoid look-ups during calls.
 * Thread-safe.
 */
public class SchedulerMetrics implements SchedulerCallListener {

	private static final Duration[] BUCKETS = LongStream
		.of(1, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000)
		.mapToObj(Duration::ofMillis)
		.toArray(Duration[]::new);

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

	/**
	 * Create a listener that records metrics.
	 * @param registry the registry
	 */
	public SchedulerMetrics(MeterRegistry registry) {
		this(registry, false, Tags.empty());
	}

	/**
	 * Create a listener that records metrics.
	 * @param registry the registry
	 * @param percentilesHistogram whether to publish a histogram of call durations for
	 * computing percentiles, in addition to the buckets of the protocol
	 * @param tags additional tags of all meters
	 */
	public SchedulerMetrics(MeterRegistry registry, boolean percentilesHistogram, Tags tags) {
		this.registry = registry;
		this.percentilesHistogram = percentilesHistogram;
		this.tags = tags;
		Tags service = tags.and("service", "SchedulerService");
		Gauge.builder("sw4rm.rpc.in.flight", this.inFlight, LongAdder::sum)
			.description("Calls to the scheduler in flight")
			.tags(service)
			.register(registry);
		for (SchedulerOperation operation : SchedulerOperation.values()) {
			this.retries[operation.ordinal()] = counter("sw4rm.rpc.retries", "Retries of calls", tags(operation));
		}
		String submissions = "sw4rm.scheduler.submissions";
		this.accepted = counter(submissions, "Answered submissions", tags.and("outcome", "accepted"));
		this.refused = counter(submissions, "Answered submissions", tags.and("outcome", "refused"));
		String preemptions = "sw4rm.scheduler.preemptions";
		this.enqueued = counter(preemptions, "Answered preemption requests", tags.and("outcome", "enqueued"));
		this.notEnqueued = counter(preemptions, "Answered preemption requests", tags.and("outcome", "not_enqueued"));
		this.purged = counter("sw4rm.scheduler.activity.purged", "Activity entries purged", tags);
		this.payloadSize = DistributionSummary.builder("sw4rm.scheduler.payload.size")
			.description("Size of the parameters of submitted tasks")
			.baseUnit("bytes")
			.tags(tags)
			.register(registry);
	}

	@Override
	public void onStart(SchedulerCall call) {
		this.inFlight.increment();
		if (call.operation() == SchedulerOperation.SUBMIT_TASK) {
			this.payloadSize.record(call.payloadSize());
		}
	}

	@Override
	public void onRetry(SchedulerCall call) {
		this.retries[call.operation().ordinal()].increment();
	}

	@Override
	public void onEnd(SchedulerCall call) {
		this.inFlight.decrement();
		duration(call.operation()).record(call.durationNanos(), TimeUnit.NANOSECONDS);
		requests(call.operation(), Objects.requireNonNull(call.status())).increment();
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

	private Timer duration(SchedulerOperation operation) {
		Timer timer = this.durations.get(operation.ordinal());
		return (timer != null) ? timer : createDuration(operation);
	}

	private Timer createDuration(SchedulerOperation operation) {
		Timer timer = Timer.builder("sw4rm.rpc.duration")
			.description("Duration of calls to the scheduler, including retries")
			.tags(tags(operation))
			.serviceLevelObjectives(BUCKETS)
			.publishPercentileHistogram(this.percentilesHistogram)
			.register(this.registry);
		this.durations.set(operation.ordinal(), timer);
		return timer;
	}

	private Counter requests(SchedulerOperation operation, Status.Code status) {
		Counter counter = this.requests.get(operation.ordinal() * STATUSES + status.ordinal());
		return (counter != null) ? counter : createRequests(operation, status);
	}

	private Counter createRequests(SchedulerOperation operation, Status.Code status) {
		Counter counter = counter("sw4rm.rpc.requests", "Completed calls to the scheduler",
				tags(operation).and("status", status.name()));
		this.requests.set(operation.ordinal() * STATUSES + status.ordinal(), counter);
		return counter;
	}

	private Tags tags(SchedulerOperation operation) {
		return this.tags.and("service", "SchedulerService", "method", operation.methodName());
	}

	private Counter counter(String name, String description, Tags tags) {
		return Counter.builder(name).description(description).tags(tags).register(this.registry);
	}

}
