package io.sw4rm.scheduler.benchmarks.calls;

/**
 * What a load has measured.
 *
 * @param calls the number of calls
 * @param usage what the process has used for them
 * @param latencies the duration of each call
 */
record Measurement(long calls, Usage usage, Latencies latencies) {

	double bytesPerCall() {
		return (double) this.usage.allocatedBytes() / this.calls;
	}

	double cpuNanosPerCall() {
		return (double) this.usage.cpuNanos() / this.calls;
	}

	double callsPerSecond() {
		return this.calls * 1e9 / this.usage.nanos();
	}

}
