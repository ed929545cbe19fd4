package io.sw4rm.scheduler.client.micrometer;

import java.util.concurrent.atomic.AtomicBoolean;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;

import io.sw4rm.scheduler.client.ActivityEntry;
import io.sw4rm.scheduler.client.SchedulerCall;
import io.sw4rm.scheduler.client.SchedulerCallListener;

/**
 * Records metrics of calls under the names of the protocol (SW4-003). Several instances
 * with the same registry and tags share their meters, which count the calls of all.
 * Thread-safe.
 *
 * @since 0.1.0
 */
public class SchedulerMetrics implements SchedulerCallListener, AutoCloseable {

	private final SchedulerMeters meters;

	private final AtomicBoolean closed = new AtomicBoolean();

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
		this.meters = SchedulerMeters.acquire(registry, percentilesHistogram, tags);
	}

	@Override
	public void onStart(SchedulerCall call) {
		this.meters.started(call);
	}

	@Override
	public void onRetry(SchedulerCall call) {
		this.meters.retried(call);
	}

	@Override
	public void onEnd(SchedulerCall call) {
		this.meters.ended(call);
	}

	@Override
	public void onActivity(SchedulerCall call, ActivityEntry entry) {
		this.meters.received(entry);
	}

	/**
	 * Remove the meters from the registry, unless another instance uses them. Calls that
	 * end later may not be recorded.
	 */
	@Override
	public void close() {
		if (this.closed.compareAndSet(false, true)) {
			this.meters.release();
		}
	}

}
