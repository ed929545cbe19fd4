package io.sw4rm.scheduler.autoconfigure.observation;

import io.micrometer.core.instrument.binder.grpc.ObservationGrpcClientInterceptor;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.propagation.Propagator;
import org.slf4j.MDC;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

import io.sw4rm.scheduler.autoconfigure.SchedulerAutoConfiguration;
import io.sw4rm.scheduler.autoconfigure.SchedulerClientInterceptor;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for traces and log context of calls
 * to the SW4RM scheduler.
 */
@AutoConfiguration(before = SchedulerAutoConfiguration.class, afterName = {
		"org.springframework.boot.micrometer.tracing.brave.autoconfigure.BraveAutoConfiguration",
		"org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration" })
@ConditionalOnBooleanProperty(name = "sw4rm.scheduler.enabled", matchIfMissing = true)
public final class SchedulerObservationAutoConfiguration {

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(ObservationGrpcClientInterceptor.class)
	static class ObservationInterceptorConfiguration {

		@Bean
		static ObservationInterceptorPostProcessor sw4rmSchedulerObservationInterceptorPostProcessor() {
			return new ObservationInterceptorPostProcessor();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(Tracer.class)
	@ConditionalOnBean({ Tracer.class, Propagator.class })
	static class TracingConfiguration {

		@Bean
		@SchedulerClientInterceptor
		@Order(Ordered.HIGHEST_PRECEDENCE + 10)
		@ConditionalOnMissingBean(name = "sw4rmSchedulerTracingClientInterceptor")
		TracingClientInterceptor sw4rmSchedulerTracingClientInterceptor(Tracer tracer, Propagator propagator) {
			return new TracingClientInterceptor(tracer, propagator);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(MDC.class)
	static class LogContextConfiguration {

		@Bean
		@SchedulerClientInterceptor
		@Order(Ordered.HIGHEST_PRECEDENCE)
		@ConditionalOnMissingBean(name = "sw4rmSchedulerLogContextClientInterceptor")
		LogContextClientInterceptor sw4rmSchedulerLogContextClientInterceptor() {
			return new LogContextClientInterceptor();
		}

	}

}
