package io.sw4rm.scheduler.autoconfigure.auth;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;

import org.springframework.util.backoff.BackOffExecution;
import org.springframework.util.backoff.ExponentialBackOff;

/**
 * A time after a failure in which nothing is tried again: 100 to 150 ms after the first
 * failure, up to 5 s after further ones. Not thread-safe.
 */
final class Backoff {

	private static final ExponentialBackOff DELAYS = delays();

	private final LongSupplier nanoTime;

	private @Nullable BackOffExecution delays;

	private long endNanos;

	Backoff(LongSupplier nanoTime) {
		this.nanoTime = nanoTime;
	}

	private static ExponentialBackOff delays() {
		ExponentialBackOff delays = new ExponentialBackOff(100, 2);
		delays.setJitter(50);
		delays.setMaxInterval(5000);
		return delays;
	}

	/**
	 * Start after a failure.
	 */
	void start() {
		if (this.delays == null) {
			this.delays = DELAYS.start();
		}
		this.endNanos = this.nanoTime.getAsLong() + TimeUnit.MILLISECONDS.toNanos(this.delays.nextBackOff());
	}

	/**
	 * End after a success. The next failure is the first one again.
	 */
	void end() {
		this.delays = null;
	}

	boolean isActive() {
		return this.delays != null && this.nanoTime.getAsLong() - this.endNanos < 0;
	}

}
