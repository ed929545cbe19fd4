package io.sw4rm.scheduler.client.micrometer;

import java.util.concurrent.CompletableFuture;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import io.sw4rm.scheduler.client.AsyncSchedulerClient;
import io.sw4rm.scheduler.client.SchedulerClient;
import io.sw4rm.scheduler.client.TestScheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link SchedulerMetrics}.
 */
class SchedulerMetricsTests {

	@RegisterExtension
	final TestScheduler scheduler = new TestScheduler();

	private final MeterRegistry registry = new SimpleMeterRegistry();

	@Test
	void removesItsMetersOnce() {
		SchedulerMetrics first = new SchedulerMetrics(this.registry);
		SchedulerMetrics second = new SchedulerMetrics(this.registry);
		first.close();
		first.close();
		poll(second);
		assertThat(this.registry.get("sw4rm.rpc.requests").counter().count()).isEqualTo(1);
		second.close();
		assertThat(this.registry.getMeters()).isEmpty();
	}

	@Test
	void keepsMetersWithOtherTags() {
		SchedulerMetrics first = new SchedulerMetrics(this.registry, false, Tags.of("client", "first"));
		SchedulerMetrics second = new SchedulerMetrics(this.registry, false, Tags.of("client", "second"));
		poll(second);
		first.close();
		assertThat(this.registry.getMeters()).isNotEmpty()
			.allMatch((meter) -> "second".equals(meter.getId().getTag("client")));
	}

	@Test
	void registersNothingForCallThatEndsAfterItWasClosed() {
		this.scheduler.hangs();
		SchedulerMetrics metrics = new SchedulerMetrics(this.registry);
		AsyncSchedulerClient client = SchedulerClient.builder(this.scheduler.channel()).listener(metrics).buildAsync();
		CompletableFuture<?> call = client.pollActivityBuffer("worker-1");
		metrics.close();
		call.cancel(false);
		assertThat(this.registry.getMeters()).isEmpty();
	}

	@Test
	void callThatEndsLateKeepsMetersOfOthers() {
		this.scheduler.hangs();
		SchedulerMetrics closed = new SchedulerMetrics(this.registry);
		CompletableFuture<?> late = SchedulerClient.builder(this.scheduler.channel())
			.listener(closed)
			.buildAsync()
			.pollActivityBuffer("worker-1");
		closed.close();
		SchedulerMetrics open = new SchedulerMetrics(this.registry);
		SchedulerClient.builder(this.scheduler.channel())
			.listener(open)
			.buildAsync()
			.pollActivityBuffer("worker-1")
			.cancel(false);
		late.cancel(false);
		assertThat(this.registry.get("sw4rm.rpc.requests").tag("status", "CANCELLED").counter().count()).isEqualTo(1);
		open.close();
	}

	@Test
	void startsAgainAfterRemoval() {
		new SchedulerMetrics(this.registry).close();
		poll(new SchedulerMetrics(this.registry));
		assertThat(this.registry.get("sw4rm.rpc.requests").counter().count()).isEqualTo(1);
	}

	@Test
	void replacesGaugeOfInstanceThatWasNotClosed() {
		new SchedulerMetrics(this.registry);
		await().until(() -> {
			System.gc();
			return Double.isNaN(inFlight());
		});
		SchedulerMetrics metrics = new SchedulerMetrics(this.registry);
		assertThat(inFlight()).isZero();
		metrics.close();
	}

	private double inFlight() {
		return this.registry.get("sw4rm.rpc.in.flight").gauge().value();
	}

	private void poll(SchedulerMetrics metrics) {
		SchedulerClient.builder(this.scheduler.channel()).listener(metrics).build().pollActivityBuffer("worker-1");
	}

}
