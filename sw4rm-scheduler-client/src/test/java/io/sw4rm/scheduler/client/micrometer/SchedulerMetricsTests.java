package io.sw4rm.scheduler.client.micrometer;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.search.MeterNotFoundException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import io.sw4rm.scheduler.client.ActivityEntry;
import io.sw4rm.scheduler.client.ActivityWatch;
import io.sw4rm.scheduler.client.AsyncSchedulerClient;
import io.sw4rm.scheduler.client.SchedulerCall;
import io.sw4rm.scheduler.client.SchedulerCallListener;
import io.sw4rm.scheduler.client.SchedulerClient;
import io.sw4rm.scheduler.client.TestScheduler;
import io.sw4rm.scheduler.proto.PollActivityBufferResponse;

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
	void countsEntriesOfWatches() {
		Instant timestamp = Instant.now().minusSeconds(60);
		this.scheduler.answers(PollActivityBufferResponse.newBuilder()
			.addEntries(entry(timestamp.toString()))
			.addEntries(entry(""))
			.addEntries(entry("yesterday"))
			.addEntries(entry(Instant.now().plusSeconds(3600).toString()))
			.build());
		try (SchedulerMetrics metrics = new SchedulerMetrics(this.registry, false, Tags.of("client", "billing"))) {
			SchedulerClient client = SchedulerClient.builder(this.scheduler.channel()).listener(metrics).build();
			client.awaitActivity("worker-1", "task-1", (entry) -> true, Duration.ofSeconds(30));
			assertThat(this.registry.find("sw4rm.scheduler.activity.received").counter()).isNull();
			try (ActivityWatch watch = client.watchActivity("worker-1", (entry) -> {
			})) {
				await().ignoreExceptionsInstanceOf(MeterNotFoundException.class)
					.untilAsserted(() -> assertThat(received()).isEqualTo(4));
				assertThat(watch.completion()).isNotDone();
			}
			Timer lag = this.registry.get("sw4rm.scheduler.activity.lag").tag("client", "billing").timer();
			assertThat(lag.count()).isEqualTo(1);
			assertThat(lag.totalTime(TimeUnit.SECONDS)).isBetween(60.0, 120.0);
		}
		assertThat(this.registry.getMeters()).isEmpty();
	}

	@Test
	void countsEntriesOfReactiveWatches() {
		this.scheduler.answers(PollActivityBufferResponse.newBuilder().addEntries(entry("")).build());
		SchedulerMetrics metrics = new SchedulerMetrics(this.registry, false, Tags.of("client", "billing"));
		SchedulerClient.builder(this.scheduler.channel())
			.listener(metrics)
			.buildReactive()
			.watchActivity("worker-1")
			.blockFirst(Duration.ofSeconds(30));
		assertThat(received()).isEqualTo(1);
	}

	@Test
	void entryWithZeroTimestampHasNoLag() {
		SchedulerMetrics metrics = new SchedulerMetrics(this.registry, false, Tags.of("client", "billing"));
		ActivityEntry entry = new ActivityEntry("task-1", "", "", "", "", "0001-01-01T00:00:00Z");
		metrics.onActivity(poll(), entry);
		assertThat(received()).isEqualTo(1);
		assertThat(this.registry.find("sw4rm.scheduler.activity.lag").timer()).isNull();
	}

	@Test
	void registersNothingForEntryAfterItWasClosed() {
		SchedulerMetrics metrics = new SchedulerMetrics(this.registry);
		metrics.close();
		metrics.onActivity(poll(), new ActivityEntry("", "", "", "", "", Instant.EPOCH.toString()));
		assertThat(this.registry.getMeters()).isEmpty();
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

	private static io.sw4rm.scheduler.proto.ActivityEntry entry(String timestamp) {
		return io.sw4rm.scheduler.proto.ActivityEntry.newBuilder().setTaskId("task-1").setTimestamp(timestamp).build();
	}

	private double received() {
		return this.registry.get("sw4rm.scheduler.activity.received").tag("client", "billing").counter().count();
	}

	private double inFlight() {
		return this.registry.get("sw4rm.rpc.in.flight").gauge().value();
	}

	private SchedulerCall poll() {
		AtomicReference<SchedulerCall> poll = new AtomicReference<>();
		SchedulerClient.builder(this.scheduler.channel()).listener(new SchedulerCallListener() {

			@Override
			public void onEnd(SchedulerCall call) {
				poll.set(call);
			}

		}).build().pollActivityBuffer("worker-1");
		return poll.get();
	}

	private void poll(SchedulerMetrics metrics) {
		SchedulerClient.builder(this.scheduler.channel()).listener(metrics).build().pollActivityBuffer("worker-1");
	}

}
