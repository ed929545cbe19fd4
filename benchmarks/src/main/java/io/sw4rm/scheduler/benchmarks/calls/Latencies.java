package io.sw4rm.scheduler.benchmarks.calls;

import java.time.Duration;

/**
 * A histogram of durations with a relative error below 2 percent, which records without
 * allocation. Not thread-safe.
 */
final class Latencies {

	/** Each power of two has as many buckets. */
	private static final int STEPS_BITS = 6;

	private static final int STEPS = 1 << STEPS_BITS;

	private final long[] counts = new long[(Long.SIZE - STEPS_BITS) * STEPS];

	private long count;

	void record(long nanos) {
		this.counts[bucket(Math.max(nanos, 0))]++;
		this.count++;
	}

	void add(Latencies other) {
		for (int bucket = 0; bucket < this.counts.length; bucket++) {
			this.counts[bucket] += other.counts[bucket];
		}
		this.count += other.count;
	}

	/**
	 * Return the number of durations.
	 */
	long count() {
		return this.count;
	}

	/**
	 * Return the duration that the given fraction of all durations does not exceed.
	 */
	Duration percentile(double fraction) {
		long remaining = (long) Math.ceil(fraction * this.count);
		int bucket = 0;
		while (bucket < this.counts.length - 1 && remaining > this.counts[bucket]) {
			remaining -= this.counts[bucket++];
		}
		return Duration.ofNanos(nanos(bucket));
	}

	private static int bucket(long nanos) {
		int shift = Math.max(Long.SIZE - Long.numberOfLeadingZeros(nanos) - STEPS_BITS - 1, 0);
		return (shift << STEPS_BITS) + (int) (nanos >>> shift);
	}

	private static long nanos(int bucket) {
		int shift = Math.max((bucket >> STEPS_BITS) - 1, 0);
		return (long) (bucket - (shift << STEPS_BITS)) << shift;
	}

}
