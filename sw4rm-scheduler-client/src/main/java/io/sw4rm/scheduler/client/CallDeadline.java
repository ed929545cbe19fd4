package io.sw4rm.scheduler.client;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * How long a call may take.
 *
 * @param nanos the time in nanoseconds
 * @param setting what set it, for people to read
 */
record CallDeadline(long nanos, String setting) {

	static CallDeadline of(Duration duration, String setting) {
		// Saturates: some durations are longer than a long can tell
		return new CallDeadline(TimeUnit.NANOSECONDS.convert(duration), setting);
	}

	Duration duration() {
		return Duration.ofNanos(this.nanos);
	}

}
