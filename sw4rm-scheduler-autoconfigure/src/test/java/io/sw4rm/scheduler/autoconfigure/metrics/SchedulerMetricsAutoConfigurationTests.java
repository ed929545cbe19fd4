package io.sw4rm.scheduler.autoconfigure.metrics;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

import io.grpc.Status;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.grpc.client.autoconfigure.CompositeChannelFactoryAutoConfiguration;
import org.springframework.boot.grpc.client.autoconfigure.GrpcClientAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;

import io.sw4rm.scheduler.autoconfigure.SchedulerAutoConfiguration;
import io.sw4rm.scheduler.autoconfigure.embedded.EmbeddedSchedulerAutoConfiguration;
import io.sw4rm.scheduler.client.AsyncSchedulerClient;
import io.sw4rm.scheduler.client.SchedulerClient;
import io.sw4rm.scheduler.client.TaskSubmission;
import io.sw4rm.scheduler.embedded.EmbeddedScheduler;
import io.sw4rm.scheduler.embedded.Rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link SchedulerMetricsAutoConfiguration}.
 */
@Execution(ExecutionMode.CONCURRENT)
class SchedulerMetricsAutoConfigurationTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SslAutoConfiguration.class, GrpcClientAutoConfiguration.class,
				CompositeChannelFactoryAutoConfiguration.class, SchedulerAutoConfiguration.class,
				EmbeddedSchedulerAutoConfiguration.class, SchedulerMetricsAutoConfiguration.class));

	private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

	@Test
	void countsCallsByStatusAndTimesThem() {
		withRegistry().run((context) -> {
			SchedulerClient client = context.getBean(SchedulerClient.class);
			client.submitTask(TaskSubmission.forAgent("worker-1").build());
			client.submitTask(TaskSubmission.forAgent("worker-1").build());
			context.getBean(EmbeddedScheduler.class)
				.faults()
				.on(Rpc.SUBMIT_TASK)
				.times(1)
				.fail(Status.PERMISSION_DENIED);
			assertThatException().isThrownBy(() -> client.submitTask(TaskSubmission.forAgent("worker-1").build()));
			assertThat(requests("SubmitTask", "OK")).isEqualTo(2);
			assertThat(requests("SubmitTask", "PERMISSION_DENIED")).isEqualTo(1);
			assertThat(this.registry.get("sw4rm.rpc.duration")
				.tags("service", "SchedulerService", "method", "SubmitTask")
				.timer()
				.count()).isEqualTo(3);
		});
	}

	@Test
	void recordsWhatSchedulerAnswers() {
		withRegistry().run((context) -> {
			SchedulerClient client = context.getBean(SchedulerClient.class);
			client.submitTask(TaskSubmission.forAgent("worker-1").taskId("task-1").params("12345").build());
			client.submitTask(TaskSubmission.forAgent("worker-1").taskId("task-1").build());
			client.requestPreemption("worker-1", "task-1");
			client.requestPreemption("worker-1", "unknown");
			client.requestPreemption("worker-1", "unknown");
			client.purgeAllActivity("worker-1");
			assertThat(counter("sw4rm.scheduler.submissions", "outcome", "accepted")).isEqualTo(1);
			assertThat(counter("sw4rm.scheduler.submissions", "outcome", "refused")).isEqualTo(1);
			assertThat(counter("sw4rm.scheduler.preemptions", "outcome", "enqueued")).isEqualTo(1);
			assertThat(counter("sw4rm.scheduler.preemptions", "outcome", "not_enqueued")).isEqualTo(2);
			assertThat(counter("sw4rm.scheduler.activity.purged")).isEqualTo(1);
			assertThat(this.registry.get("sw4rm.scheduler.payload.size").summary().totalAmount()).isEqualTo(5);
		});
	}

	@Test
	void countsRetries() {
		withRegistry().withPropertyValues("sw4rm.scheduler.retry.initial-backoff=1ms").run((context) -> {
			context.getBean(EmbeddedScheduler.class)
				.faults()
				.on(Rpc.POLL_ACTIVITY_BUFFER)
				.times(2)
				.fail(Status.UNAVAILABLE);
			context.getBean(SchedulerClient.class).pollActivityBuffer("worker-1");
			assertThat(counter("sw4rm.rpc.retries", "service", "SchedulerService", "method", "PollActivityBuffer"))
				.isEqualTo(2);
			assertThat(requests("PollActivityBuffer", "OK")).isEqualTo(1);
		});
	}

	@Test
	void showsCallsInFlight() {
		withRegistry().run((context) -> {
			EmbeddedScheduler scheduler = context.getBean(EmbeddedScheduler.class);
			scheduler.faults().on(Rpc.POLL_ACTIVITY_BUFFER).times(2).hang();
			AsyncSchedulerClient client = context.getBean(AsyncSchedulerClient.class);
			List<? extends CompletableFuture<?>> calls = IntStream.range(0, 2)
				.mapToObj((i) -> client.pollActivityBuffer("worker-1"))
				.toList();
			assertThat(inFlight()).isEqualTo(2);
			await().until(() -> scheduler.faults().calls(Rpc.POLL_ACTIVITY_BUFFER) == 2);
			calls.forEach((call) -> call.cancel(true));
			assertThat(inFlight()).isZero();
			assertThat(requests("PollActivityBuffer", "CANCELLED")).isEqualTo(2);
		});
	}

	@Test
	void contextsShareMetersOfOneRegistry() {
		withRegistry().run((first) -> withRegistry().run((second) -> {
			CompletableFuture<?> one = hangingPoll(first);
			CompletableFuture<?> another = hangingPoll(second);
			assertThat(inFlight()).isEqualTo(2);
			one.cancel(false);
			another.cancel(false);
			assertThat(inFlight()).isZero();
			assertThat(requests("PollActivityBuffer", "CANCELLED")).isEqualTo(2);
		}));
	}

	@Test
	void metersAreRemovedWithTheLastContext() {
		withRegistry().run((first) -> {
			CompletableFuture<?> poll = hangingPoll(first);
			withRegistry().run((second) -> hangingPoll(second).cancel(false));
			assertThat(inFlight()).isEqualTo(1);
			poll.cancel(false);
			assertThat(requests("PollActivityBuffer", "CANCELLED")).isEqualTo(2);
		});
		assertThat(this.registry.getMeters()).isEmpty();
	}

	private static CompletableFuture<?> hangingPoll(ApplicationContext context) {
		context.getBean(EmbeddedScheduler.class).faults().on(Rpc.POLL_ACTIVITY_BUFFER).times(1).hang();
		return context.getBean(AsyncSchedulerClient.class).pollActivityBuffer("worker-1");
	}

	@Test
	void readsInPrometheusAsTheProtocolSays() {
		PrometheusMeterRegistry prometheus = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
		this.contextRunner.withBean(MeterRegistry.class, () -> prometheus).run((context) -> {
			context.getBean(SchedulerClient.class).pollActivityBuffer("worker-1");
			String scrape = prometheus.scrape();
			assertThat(scrape).contains(
					"sw4rm_rpc_requests_total{method=\"PollActivityBuffer\",service=\"SchedulerService\",status=\"OK\"} 1.0")
				.contains(
						"sw4rm_rpc_duration_seconds_count{method=\"PollActivityBuffer\",service=\"SchedulerService\"} 1")
				.contains("sw4rm_rpc_in_flight{service=\"SchedulerService\"} 0.0");
			assertThat(scrape.lines()
				.filter((line) -> line.startsWith("sw4rm_rpc_duration_seconds_bucket"))
				.map((line) -> line.replaceAll(".*le=\"([^\"]*)\".*", "$1"))).containsExactly("0.001", "0.005", "0.01",
						"0.025", "0.05", "0.1", "0.25", "0.5", "1.0", "2.5", "5.0", "10.0", "30.0", "+Inf");
		});
	}

	@Test
	void publishesHistogramForPercentilesWhenAsked() {
		PrometheusMeterRegistry prometheus = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
		this.contextRunner.withBean(MeterRegistry.class, () -> prometheus)
			.withPropertyValues("sw4rm.scheduler.metrics.percentiles-histogram=true")
			.run((context) -> {
				context.getBean(SchedulerClient.class).pollActivityBuffer("worker-1");
				assertThat(prometheus.scrape()
					.lines()
					.filter((line) -> line.startsWith("sw4rm_rpc_duration_seconds_bucket"))).hasSizeGreaterThan(50);
			});
	}

	@Test
	void hasFixedLabelsWhateverTheIds() {
		withRegistry().run((context) -> {
			AsyncSchedulerClient client = context.getBean(AsyncSchedulerClient.class);
			client.submitTask(TaskSubmission.forAgent("first").taskId("first").build()).join();
			int meters = this.registry.getMeters().size();
			for (int i = 0; i < 10_000; i += 100) {
				CompletableFuture
					.allOf(IntStream.range(i, i + 100)
						.mapToObj((id) -> client
							.submitTask(TaskSubmission.forAgent("agent-" + id).taskId("task-" + id).build()))
						.toArray(CompletableFuture[]::new))
					.join();
			}
			assertThat(requests("SubmitTask", "OK")).isEqualTo(10_001);
			assertThat(this.registry.getMeters()).hasSize(meters);
		});
	}

	@Test
	void letsMeterFiltersAddTags() {
		this.registry.config().meterFilter(MeterFilter.commonTags(Tags.of("region", "north")));
		withRegistry().run((context) -> {
			context.getBean(SchedulerClient.class).pollActivityBuffer("worker-1");
			assertThat(this.registry.getMeters()).isNotEmpty()
				.allSatisfy((meter) -> assertThat(meter.getId().getTag("region")).isEqualTo("north"));
		});
	}

	@Test
	void letsMetersBeFiltered() {
		this.registry.config().meterFilter(MeterFilter.denyNameStartsWith("sw4rm.scheduler"));
		withRegistry().run((context) -> {
			context.getBean(SchedulerClient.class).submitTask(TaskSubmission.forAgent("worker-1").build());
			assertThat(this.registry.getMeters()).extracting(Meter::getId)
				.extracting(Meter.Id::getName)
				.allMatch((name) -> name.startsWith("sw4rm.rpc."));
		});
	}

	@Test
	void recordsNothingWhenDisabled() {
		withRegistry().withPropertyValues("sw4rm.scheduler.metrics.enabled=false").run((context) -> {
			context.getBean(SchedulerClient.class).pollActivityBuffer("worker-1");
			assertThat(this.registry.getMeters()).isEmpty();
		});
	}

	@Test
	void doesNothingWhenAllIsDisabled() {
		withRegistry().withPropertyValues("sw4rm.scheduler.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(SchedulerMetricsCustomizer.class));
	}

	@Test
	void backsOffWithoutMeterRegistry() {
		this.contextRunner.run((context) -> assertThat(context).hasSingleBean(SchedulerClient.class)
			.doesNotHaveBean(SchedulerMetricsCustomizer.class));
	}

	@Test
	void backsOffWithoutMicrometer() {
		this.contextRunner.withClassLoader(new FilteredClassLoader("io.micrometer"))
			.run((context) -> assertThat(context).hasSingleBean(SchedulerClient.class)
				.doesNotHaveBean(SchedulerMetricsAutoConfiguration.class));
	}

	private ApplicationContextRunner withRegistry() {
		return this.contextRunner.withBean(MeterRegistry.class, () -> this.registry);
	}

	private double requests(String method, String status) {
		return counter("sw4rm.rpc.requests", "service", "SchedulerService", "method", method, "status", status);
	}

	private double counter(String name, String... tags) {
		return this.registry.get(name).tags(tags).counter().count();
	}

	private double inFlight() {
		return this.registry.get("sw4rm.rpc.in.flight").tags("service", "SchedulerService").gauge().value();
	}

}
