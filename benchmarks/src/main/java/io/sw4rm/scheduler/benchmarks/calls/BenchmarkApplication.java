package io.sw4rm.scheduler.benchmarks.calls;

import java.util.ArrayList;
import java.util.List;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.observation.DefaultMeterObservationHandler;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.micrometer.tracing.handler.PropagatingSenderTracingObservationHandler;
import io.micrometer.tracing.otel.bridge.OtelCurrentTraceContext;
import io.micrometer.tracing.otel.bridge.OtelPropagator;
import io.micrometer.tracing.otel.bridge.OtelTracer;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.sdk.trace.SdkTracerProvider;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.grpc.client.GlobalClientInterceptor;
import org.springframework.grpc.client.ImportGrpcClients;

import io.sw4rm.scheduler.proto.SchedulerServiceGrpc.SchedulerServiceBlockingStub;
import io.sw4rm.scheduler.proto.SchedulerServiceGrpc.SchedulerServiceFutureStub;

/**
 * A Spring Boot application without a web server.
 */
final class BenchmarkApplication {

	private BenchmarkApplication() {
	}

	static ConfigurableApplicationContext run(String address, List<String> properties, Class<?>... configurations) {
		List<String> all = new ArrayList<>(properties);
		all.addAll(List.of("sw4rm.scheduler.address=" + address, "spring.main.banner-mode=off",
				"logging.level.root=warn"));
		return new SpringApplicationBuilder(Application.class).sources(configurations)
			.web(WebApplicationType.NONE)
			.properties(all.toArray(String[]::new))
			.run();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

	@Configuration(proxyBeanMethods = false)
	static class Metrics {

		@Bean
		MeterRegistry meterRegistry() {
			return new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
		}

	}

	/**
	 * The registry that Spring Boot's Actuator creates.
	 */
	@Configuration(proxyBeanMethods = false)
	static class Observation {

		@Bean
		ObservationRegistry observationRegistry(MeterRegistry meterRegistry) {
			ObservationRegistry registry = ObservationRegistry.create();
			registry.observationConfig().observationHandler(new DefaultMeterObservationHandler(meterRegistry));
			return registry;
		}

	}

	/**
	 * A tracer that records each call and exports nothing.
	 */
	@Configuration(proxyBeanMethods = false)
	static class Tracing {

		@Bean(destroyMethod = "close")
		SdkTracerProvider tracerProvider() {
			return SdkTracerProvider.builder().build();
		}

		@Bean
		ObservationHandler<?> tracingObservationHandler(SdkTracerProvider tracerProvider) {
			Tracer tracer = tracerProvider.get("benchmark");
			return new PropagatingSenderTracingObservationHandler<>(
					new OtelTracer(tracer, new OtelCurrentTraceContext(), (event) -> {
					}), new OtelPropagator(ContextPropagators.create(W3CTraceContextPropagator.getInstance()), tracer));
		}

		@Bean
		ObservationRegistry observationRegistry(ObservationHandler<?> handler) {
			ObservationRegistry registry = ObservationRegistry.create();
			registry.observationConfig().observationHandler(handler);
			return registry;
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ImportGrpcClients(target = "scheduler",
			types = { SchedulerServiceBlockingStub.class, SchedulerServiceFutureStub.class })
	static class Stubs {

		@Bean
		@GlobalClientInterceptor
		HandWrittenStub handWrittenStub() {
			return new HandWrittenStub();
		}

	}

}
