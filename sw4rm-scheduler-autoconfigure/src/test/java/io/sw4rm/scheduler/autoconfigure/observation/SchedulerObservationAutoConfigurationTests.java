package io.sw4rm.scheduler.autoconfigure.observation;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.grpc.ObservationGrpcClientInterceptor;
import io.micrometer.core.instrument.observation.DefaultMeterObservationHandler;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.tracing.Span;
import io.micrometer.tracing.Tracer;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.grpc.client.autoconfigure.CompositeChannelFactoryAutoConfiguration;
import org.springframework.boot.grpc.client.autoconfigure.GrpcClientAutoConfiguration;
import org.springframework.boot.grpc.client.autoconfigure.GrpcClientObservationAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration;
import org.springframework.boot.micrometer.tracing.autoconfigure.MicrometerTracingAutoConfiguration;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration;
import org.springframework.boot.opentelemetry.autoconfigure.OpenTelemetrySdkAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.grpc.client.GrpcChannelFactory;

import io.sw4rm.scheduler.autoconfigure.SchedulerAutoConfiguration;
import io.sw4rm.scheduler.autoconfigure.metrics.SchedulerMetricsAutoConfiguration;
import io.sw4rm.scheduler.client.AsyncSchedulerClient;
import io.sw4rm.scheduler.client.SchedulerClient;
import io.sw4rm.scheduler.client.SchedulerException;
import io.sw4rm.scheduler.client.TaskSubmission;
import io.sw4rm.scheduler.client.micrometer.DefaultSchedulerObservationConvention;
import io.sw4rm.scheduler.client.micrometer.SchedulerObservationConvention;
import io.sw4rm.scheduler.embedded.EmbeddedScheduler;
import io.sw4rm.scheduler.embedded.Rpc;
import io.sw4rm.scheduler.proto.PollActivityBufferRequest;
import io.sw4rm.scheduler.proto.SchedulerServiceGrpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link SchedulerObservationAutoConfiguration}.
 */
class SchedulerObservationAutoConfigurationTests {

	private final Queue<Metadata> headers = new ConcurrentLinkedQueue<>();

	private final EmbeddedScheduler scheduler = EmbeddedScheduler.builder()
		.intercept(new HeaderRecorder(this.headers))
		.start();

	private final InMemorySpanExporter spans = InMemorySpanExporter.create();

	private final LogRecorder log = new LogRecorder();

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SslAutoConfiguration.class, GrpcClientAutoConfiguration.class,
				CompositeChannelFactoryAutoConfiguration.class, ObservationAutoConfiguration.class,
				GrpcClientObservationAutoConfiguration.class, SchedulerAutoConfiguration.class,
				SchedulerObservationAutoConfiguration.class))
		.withPropertyValues("sw4rm.scheduler.address=" + this.scheduler.address());

	private final ApplicationContextRunner tracingContextRunner = this.contextRunner
		.withConfiguration(AutoConfigurations.of(OpenTelemetrySdkAutoConfiguration.class,
				OpenTelemetryTracingAutoConfiguration.class, MicrometerTracingAutoConfiguration.class))
		.withPropertyValues("management.tracing.sampling.probability=1.0")
		.withBean(SpanProcessor.class, () -> SimpleSpanProcessor.create(this.spans));

	private final ApplicationContextRunner meteredContextRunner = this.contextRunner
		.withConfiguration(
				AutoConfigurations.of(MetricsAutoConfiguration.class, SchedulerMetricsAutoConfiguration.class))
		.withBean(SimpleMeterRegistry.class)
		.withUserConfiguration(MeterObservationConfiguration.class);

	@BeforeEach
	void startLog() {
		this.log.start();
	}

	@AfterEach
	void stop() {
		this.log.stop();
		this.scheduler.close();
	}

	@Test
	void makesOneSpanOfEachCall() {
		this.tracingContextRunner.run((context) -> {
			context.getBean(SchedulerClient.class)
				.withMetadata("x-correlation-id", "order-1")
				.submitTask(TaskSubmission.forAgent("worker-1").taskId("task-1").build());
			SpanData span = onlySpan();
			assertThat(span.getName()).isEqualTo("sw4rm.scheduler.submit_task");
			assertThat(span.getKind()).isEqualTo(SpanKind.CLIENT);
			assertThat(attributes(span)).containsEntry("rpc.system", "grpc")
				.containsEntry("rpc.service", "sw4rm.scheduler.SchedulerService")
				.containsEntry("rpc.method", "SubmitTask")
				.containsEntry("sw4rm.correlation_id", "order-1")
				.containsEntry("sw4rm.agent_id", "worker-1")
				.containsEntry("sw4rm.task_id", "task-1")
				.containsEntry("sw4rm.status", "OK")
				.containsEntry("rpc.grpc.status_code", "0")
				.containsEntry("sw4rm.retry_count", "0");
			assertThat(span.getStatus().getStatusCode()).isNotEqualTo(StatusCode.ERROR);
		});
	}

	@Test
	void namesSpansOfAllOperations() {
		this.tracingContextRunner.run((context) -> {
			SchedulerClient client = context.getBean(SchedulerClient.class);
			client.requestPreemption("worker-1", "task-1");
			client.pollActivityBuffer("worker-1");
			client.purgeAllActivity("worker-1");
			client.shutdownAgent("worker-1");
			assertThat(this.spans.getFinishedSpanItems()).extracting(SpanData::getName)
				.containsExactly("sw4rm.scheduler.request_preemption", "sw4rm.scheduler.poll_activity_buffer",
						"sw4rm.scheduler.purge_activity", "sw4rm.scheduler.shutdown_agent");
			assertThat(this.spans.getFinishedSpanItems())
				.allSatisfy((span) -> assertThat(attributes(span)).containsEntry("sw4rm.agent_id", "worker-1"));
		});
	}

	@Test
	void sendsContextToScheduler() {
		this.tracingContextRunner.run((context) -> {
			context.getBean(SchedulerClient.class).pollActivityBuffer("worker-1");
			SpanData span = onlySpan();
			assertThat(header("traceparent")).startsWith("00-%s-%s-".formatted(span.getTraceId(), span.getSpanId()));
		});
	}

	@Test
	void continuesTraceOfCallerEvenAsynchronously() {
		this.tracingContextRunner.run((context) -> {
			Tracer tracer = context.getBean(Tracer.class);
			Span parent = tracer.nextSpan().name("parent").start();
			Tracer.SpanInScope scope = tracer.withSpan(parent);
			context.getBean(SchedulerClient.class).pollActivityBuffer("worker-1");
			var call = context.getBean(AsyncSchedulerClient.class).pollActivityBuffer("worker-1");
			scope.close();
			call.join();
			parent.end();
			assertThat(this.spans.getFinishedSpanItems()).filteredOn((span) -> span.getName().startsWith("sw4rm"))
				.hasSize(2)
				.allSatisfy((span) -> assertThat(span.getParentSpanId()).isEqualTo(parent.context().spanId()));
		});
	}

	@Test
	void recordsFailureOfScheduler() {
		this.tracingContextRunner.run((context) -> {
			this.scheduler.faults().on(Rpc.POLL_ACTIVITY_BUFFER).times(1).fail(Status.PERMISSION_DENIED);
			assertThatExceptionOfType(SchedulerException.class)
				.isThrownBy(() -> context.getBean(SchedulerClient.class).pollActivityBuffer("worker-1"));
			SpanData span = onlySpan();
			assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
			assertThat(attributes(span)).containsEntry("sw4rm.status", "PERMISSION_DENIED")
				.containsEntry("rpc.grpc.status_code", "7");
			assertThat(span.getEvents()).singleElement()
				.satisfies((event) -> assertThat(event.getName()).isEqualTo("exception"));
		});
	}

	@Test
	void countsRetriesOnTheOneSpan() {
		this.scheduler.faults().on(Rpc.POLL_ACTIVITY_BUFFER).times(2).fail(Status.UNAVAILABLE);
		this.tracingContextRunner.withPropertyValues("sw4rm.scheduler.retry.initial-backoff=1ms").run((context) -> {
			context.getBean(SchedulerClient.class).pollActivityBuffer("worker-1");
			assertThat(attributes(onlySpan())).containsEntry("sw4rm.retry_count", "2");
		});
	}

	@Test
	void makesNoObservationOfMeasuredCallsWithoutTracerOrHandler() {
		this.meteredContextRunner.run((context) -> {
			context.getBean(SchedulerClient.class).pollActivityBuffer("worker-1");
			assertThat(timers(context)).containsExactly("sw4rm.rpc.duration");
			assertThat(header("traceparent")).isNull();
		});
	}

	@Test
	void leavesCallsThatNothingMeasuresToBoot() {
		this.meteredContextRunner.withPropertyValues("sw4rm.scheduler.metrics.enabled=false").run((context) -> {
			context.getBean(SchedulerClient.class).pollActivityBuffer("worker-1");
			assertThat(timers(context)).containsExactly("grpc.client");
		});
	}

	@Test
	void recordsNoTimerBesideMetersWhenHandlerIsInterested() {
		List<String> observations = new CopyOnWriteArrayList<>();
		this.meteredContextRunner.withBean(RecordingHandler.class, () -> new RecordingHandler(observations))
			.run((context) -> {
				context.getBean(SchedulerClient.class).pollActivityBuffer("worker-1");
				assertThat(observations).containsExactly("sw4rm.scheduler.call");
				assertThat(timers(context)).containsExactly("sw4rm.rpc.duration");
			});
	}

	@Test
	void observesNothingWhenObservationOfClientsIsDisabled() {
		List<String> observations = new CopyOnWriteArrayList<>();
		this.contextRunner.withBean(RecordingHandler.class, () -> new RecordingHandler(observations))
			.withPropertyValues("spring.grpc.client.observation.enabled=false")
			.run((context) -> {
				context.getBean(SchedulerClient.class).pollActivityBuffer("worker-1");
				assertThat(observations).isEmpty();
			});
	}

	@Test
	void usesNamesOfConventionBean() {
		List<String> observations = new CopyOnWriteArrayList<>();
		this.contextRunner.withBean(RecordingHandler.class, () -> new RecordingHandler(observations))
			.withBean(SchedulerObservationConvention.class, RenamingConvention::new)
			.run((context) -> {
				context.getBean(SchedulerClient.class).pollActivityBuffer("worker-1");
				assertThat(observations).containsExactly("mine");
			});
	}

	@Test
	void leavesOtherStubsOfTheServiceToBoot() {
		List<String> observations = new CopyOnWriteArrayList<>();
		this.contextRunner.withBean(RecordingHandler.class, () -> new RecordingHandler(observations)).run((context) -> {
			PollActivityBufferRequest request = PollActivityBufferRequest.newBuilder().setAgentId("worker-1").build();
			ManagedChannel channel = context.getBean("sw4rmSchedulerChannel", ManagedChannel.class);
			SchedulerServiceGrpc.newBlockingStub(channel).pollActivityBuffer(request);
			ManagedChannel other = context.getBean(GrpcChannelFactory.class).createChannel(this.scheduler.address());
			SchedulerServiceGrpc.newBlockingStub(other).pollActivityBuffer(request);
			assertThat(observations).containsExactly("grpc.client", "grpc.client");
		});
	}

	@Test
	void leavesReplacedChannelToBoot() {
		this.meteredContextRunner.withUserConfiguration(ReplacedChannelConfiguration.class)
			.withBean("schedulerAddress", String.class, this.scheduler::address)
			.run((context) -> {
				context.getBean(SchedulerClient.class).pollActivityBuffer("worker-1");
				assertThat(timers(context)).containsExactlyInAnyOrder("grpc.client", "sw4rm.rpc.duration");
			});
	}

	@Test
	void restoresSpanOfCaller() {
		this.tracingContextRunner.run((context) -> {
			Tracer tracer = context.getBean(Tracer.class);
			Span parent = tracer.nextSpan().name("parent").start();
			Tracer.SpanInScope scope = tracer.withSpan(parent);
			context.getBean(SchedulerClient.class).pollActivityBuffer("worker-1");
			assertThat(tracer.currentSpan().context()).isEqualTo(parent.context());
			var call = context.getBean(AsyncSchedulerClient.class).pollActivityBuffer("worker-1");
			assertThat(tracer.currentSpan().context()).isEqualTo(parent.context());
			call.join();
			scope.close();
			assertThat(tracer.currentSpan()).isNull();
		});
	}

	@Test
	void leavesObservationOfOtherServicesAlone() {
		List<String> observations = new CopyOnWriteArrayList<>();
		this.contextRunner.withBean(RecordingHandler.class, () -> new RecordingHandler(observations)).run((context) -> {
			var channel = context.getBean(GrpcChannelFactory.class).createChannel(this.scheduler.address());
			HealthGrpc.newBlockingStub(channel).check(HealthCheckRequest.getDefaultInstance());
			assertThat(observations).containsExactly("grpc.client");
		});
	}

	@Test
	void handlerSeesOneObservationBesideTheSpan() {
		List<String> observations = new CopyOnWriteArrayList<>();
		this.tracingContextRunner.withBean(RecordingHandler.class, () -> new RecordingHandler(observations))
			.run((context) -> {
				context.getBean(SchedulerClient.class).pollActivityBuffer("worker-1");
				onlySpan();
				assertThat(observations).containsExactly("sw4rm.scheduler.call");
			});
	}

	@Test
	void putsCorrelationIdIntoLogContext() {
		this.contextRunner.run((context) -> {
			Logger logger = (Logger) LoggerFactory.getLogger("application");
			// Long enough for the stage below to depend on the call before it ends
			this.scheduler.faults().on(Rpc.POLL_ACTIVITY_BUFFER).times(1).delay(Duration.ofSeconds(2));
			MDC.put("sw4rm.correlation_id", "of the application");
			context.getBean(AsyncSchedulerClient.class)
				.withMetadata("x-correlation-id", "order-1")
				.pollActivityBuffer("worker-1")
				.thenAccept((entries) -> logger.info("got {} entries", entries.size()))
				.join();
			assertThat(MDC.get("sw4rm.correlation_id")).isEqualTo("of the application");
			MDC.clear();
			assertThat(this.log.correlationIdOf("PollActivityBuffer ended with OK")).isEqualTo("order-1");
			assertThat(this.log.correlationIdOf("got 0 entries")).isEqualTo("order-1");
		});
	}

	@Test
	void doesNothingWhenDisabled() {
		this.tracingContextRunner.withPropertyValues("sw4rm.scheduler.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(SchedulerObservationCustomizer.class)
				.doesNotHaveBean(LogContextCallListener.class)
				.doesNotHaveBean(ObservationInterceptorPostProcessor.class));
	}

	@Test
	void worksWithoutMicrometer() {
		this.contextRunner.withClassLoader(new FilteredClassLoader("io.micrometer")).run((context) -> {
			assertThat(context).doesNotHaveBean(ObservationInterceptorPostProcessor.class);
			assertThat(context.getBean(SchedulerClient.class).pollActivityBuffer("worker-1")).isEmpty();
		});
	}

	@Test
	void worksWithoutTracingLibrary() {
		this.contextRunner.withClassLoader(new FilteredClassLoader(Tracer.class))
			.run((context) -> assertThat(context.getBean(SchedulerClient.class).pollActivityBuffer("worker-1"))
				.isEmpty());
	}

	private static List<String> timers(ApplicationContext context) {
		return context.getBean(MeterRegistry.class)
			.getMeters()
			.stream()
			.filter(Timer.class::isInstance)
			.map((meter) -> meter.getId().getName())
			.toList();
	}

	private SpanData onlySpan() {
		assertThat(this.spans.getFinishedSpanItems()).hasSize(1);
		return this.spans.getFinishedSpanItems().get(0);
	}

	private static Map<String, Object> attributes(SpanData span) {
		return span.getAttributes()
			.asMap()
			.entrySet()
			.stream()
			.collect(Collectors.toMap((entry) -> ((AttributeKey<?>) entry.getKey()).getKey(), Map.Entry::getValue));
	}

	private String header(String name) {
		return this.headers.peek().get(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER));
	}

	record HeaderRecorder(Queue<Metadata> headers) implements ServerInterceptor {

		@Override
		public <Q, S> ServerCall.Listener<Q> interceptCall(ServerCall<Q, S> call, Metadata metadata,
				ServerCallHandler<Q, S> next) {
			this.headers.add(metadata);
			return next.startCall(call, metadata);
		}

	}

	static class RecordingHandler implements ObservationHandler<Observation.Context> {

		private final List<String> observations;

		RecordingHandler(List<String> observations) {
			this.observations = observations;
		}

		@Override
		public void onStart(Observation.Context context) {
			this.observations.add(context.getName());
		}

		@Override
		public boolean supportsContext(Observation.Context context) {
			return true;
		}

	}

	private static final class RenamingConvention extends DefaultSchedulerObservationConvention {

		@Override
		public String getName() {
			return "mine";
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class MeterObservationConfiguration {

		@Bean
		DefaultMeterObservationHandler meterObservationHandler(MeterRegistry registry) {
			return new DefaultMeterObservationHandler(registry);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ReplacedChannelConfiguration {

		@Bean
		ManagedChannel sw4rmSchedulerChannel(GrpcChannelFactory channelFactory, String schedulerAddress) {
			return channelFactory.createChannel(schedulerAddress);
		}

	}

	private static final class LogRecorder extends AppenderBase<ILoggingEvent> {

		private final Logger logger = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);

		private final List<ILoggingEvent> events = new CopyOnWriteArrayList<>();

		@Override
		public void start() {
			super.start();
			((Logger) LoggerFactory.getLogger(SchedulerClient.class)).setLevel(Level.DEBUG);
			this.logger.addAppender(this);
		}

		@Override
		public void stop() {
			this.logger.detachAppender(this);
			((Logger) LoggerFactory.getLogger(SchedulerClient.class)).setLevel(null);
			super.stop();
		}

		String correlationIdOf(String message) {
			return this.events.stream()
				.filter((event) -> event.getFormattedMessage().equals(message))
				.findFirst()
				.orElseThrow()
				.getMDCPropertyMap()
				.get("sw4rm.correlation_id");
		}

		@Override
		protected void append(ILoggingEvent event) {
			event.prepareForDeferredProcessing();
			this.events.add(event);
		}

	}

}
