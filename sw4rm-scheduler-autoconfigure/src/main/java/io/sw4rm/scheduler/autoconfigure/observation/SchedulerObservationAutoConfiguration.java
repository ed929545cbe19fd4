package io.sw4rm.scheduler.autoconfigure.observation;

import io.micrometer.core.instrument.binder.grpc.ObservationGrpcClientInterceptor;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import org.slf4j.MDC;

import org.springframework.beans.factory.ObjectProvider;
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
import io.sw4rm.scheduler.autoconfigure.SchedulerConnections;
import io.sw4rm.scheduler.client.micrometer.DefaultSchedulerObservationConvention;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for observations and log context of
 * calls to SW4RM schedulers.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = SchedulerAutoConfiguration.class)
@ConditionalOnBean(SchedulerConnections.class)
public final class SchedulerObservationAutoConfiguration {

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(MDC.class)
	static class LogContextConfiguration {

		@Bean
		@Order(Ordered.HIGHEST_PRECEDENCE)
		@ConditionalOnMissingBean(name = "sw4rmSchedulerLogContextCallListener")
		LogContextCallListener sw4rmSchedulerLogContextCallListener() {
			return new LogContextCallListener();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(ObservationRegistry.class)
	@ConditionalOnBooleanProperty(name = "spring.grpc.client.observation.enabled", matchIfMissing = true)
	static class ObservationConfiguration {

		@Bean
		@Order(Ordered.HIGHEST_PRECEDENCE)
		SchedulerObservationCustomizer sw4rmSchedulerObservationCustomizer(SchedulerConnections connections,
				ObjectProvider<ObservationRegistry> registry, ObjectProvider<ObservationHandler<?>> handlers) {
			return new SchedulerObservationCustomizer(connections, registry, handlers);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(ObservationGrpcClientInterceptor.class)
	static class MeterConfiguration {

		@Bean
		static ObservationInterceptorPostProcessor sw4rmSchedulerObservationInterceptorPostProcessor() {
			return new ObservationInterceptorPostProcessor();
		}

		/**
		 * Calls have their own meters.
		 */
		@Bean
		MeterFilter sw4rmSchedulerObservationMeterFilter() {
			return MeterFilter.denyNameStartsWith(DefaultSchedulerObservationConvention.NAME);
		}

	}

}
