package io.sw4rm.scheduler.client;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * The maximum duration of a call.
 *
 * @param nanos the time in nanoseconds
 * @param setting a human-readable description of the setting that it comes from
 */
record CallDeadline(long nanos, String setting) {

	static CallDeadline of(Duration duration, String setting) {
		// Saturates: some durations in nanoseconds do not fit into a long
		return new CallDeadline(TimeUnit.NANOSECONDS.convert(duration), setting);
	}

	Duration duration() {
		return Duration.ofNanos(this.nanos);
	}

}
