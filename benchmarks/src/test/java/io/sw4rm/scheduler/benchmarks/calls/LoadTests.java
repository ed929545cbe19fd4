package io.sw4rm.scheduler.benchmarks.calls;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link Load}, {@link Usage} and {@link Latencies}.
 */
class LoadTests {

	@Test
	void keepsCallsInFlight() {
		CountDownLatch inFlight = new CountDownLatch(3);
		try (Load load = Load.threads(3, () -> await(inFlight))) {
			assertThat(load.run(3).calls()).isEqualTo(3);
		}
	}

	@Test
	void countsWhatAllThreadsAllocate() {
		ExecutorService other = Executors.newSingleThreadExecutor();
		try (Load load = Load.async(1, (completion) -> other.execute(() -> completion.onSuccess(new byte[100_000])))) {
			load.run(100);
			assertThat(load.run(1000).bytesPerCall()).isBetween(100_000.0, 105_000.0);
		}
		finally {
			other.shutdown();
		}
	}

	@Test
	void stopsWhenTimeIsOver() {
		try (Load load = Load.threads(2, () -> "result")) {
			Measurement measurement = load.run(Duration.ofMillis(20));
			assertThat(measurement.usage().nanos()).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(20));
			assertThat(measurement.calls()).isGreaterThanOrEqualTo(2);
		}
	}

	@Test
	void failsIfCallFails() {
		AtomicInteger calls = new AtomicInteger();
		try (Load load = Load.threads(1, () -> 1 / (3 - calls.incrementAndGet()))) {
			assertThatIllegalStateException().isThrownBy(() -> load.run(10))
				.withCauseInstanceOf(ArithmeticException.class);
		}
	}

	@Test
	void percentilesArePrecise() {
		Latencies latencies = new Latencies();
		for (int micros = 1; micros <= 100_000; micros++) {
			latencies.record(micros * 1000L);
		}
		assertThat(latencies.percentile(0.5).toNanos() / 50_000_000.0).isBetween(0.98, 1.0);
		assertThat(latencies.percentile(0.99).toNanos() / 99_000_000.0).isBetween(0.98, 1.0);
		assertThat(latencies.percentile(0)).isLessThanOrEqualTo(Duration.ofNanos(1000));
	}

	private static String await(CountDownLatch latch) {
		latch.countDown();
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		return "result";
	}

}
