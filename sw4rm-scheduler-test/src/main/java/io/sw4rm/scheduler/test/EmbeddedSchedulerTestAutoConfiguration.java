package io.sw4rm.scheduler.test;

import java.util.List;

import io.grpc.InsecureChannelCredentials;

import org.springframework.boot.LazyInitializationExcludeFilter;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.grpc.client.autoconfigure.CompositeChannelFactoryAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.PriorityOrdered;
import org.springframework.grpc.client.ClientInterceptorsConfigurer;
import org.springframework.grpc.client.NettyGrpcChannelFactory;

import io.sw4rm.scheduler.autoconfigure.SchedulerConnectionDetails;

/**
 * {@link EnableAutoConfiguration Auto-configuration} of tests with an embedded scheduler.
 *
 * @since 0.1.0
 */
@AutoConfiguration(before = CompositeChannelFactoryAutoConfiguration.class,
		afterName = "org.springframework.boot.grpc.test.autoconfigure.TestGrpcTransportAutoConfiguration")
public final class EmbeddedSchedulerTestAutoConfiguration {

	/**
	 * Starts the scheduler and publishes its port before tests, even if beans are lazy.
	 */
	@Bean
	static LazyInitializationExcludeFilter sw4rmEmbeddedSchedulerLazyInitializationExcludeFilter() {
		return LazyInitializationExcludeFilter.forBeanTypes(SchedulerConnectionDetails.class);
	}

	/**
	 * Keeps the channels to the embedded scheduler on the network if Boot replaces the
	 * channel factory for tests.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnBean(type = "org.springframework.boot.grpc.test.autoconfigure.TestGrpcChannelFactory")
	static class TestGrpcTransportConfiguration {

		@Bean
		EmbeddedSchedulerChannelFactory sw4rmEmbeddedSchedulerChannelFactory(
				ClientInterceptorsConfigurer interceptorsConfigurer) {
			return new EmbeddedSchedulerChannelFactory(interceptorsConfigurer);
		}

	}

	/**
	 * Creates the channels to schedulers, all of which are embedded. Comes before Boot's
	 * factory for tests, which supports any target.
	 */
	static class EmbeddedSchedulerChannelFactory extends NettyGrpcChannelFactory implements PriorityOrdered {

		EmbeddedSchedulerChannelFactory(ClientInterceptorsConfigurer interceptorsConfigurer) {
			super(List.of(), interceptorsConfigurer);
			setCredentialsProvider((target) -> InsecureChannelCredentials.create());
		}

		@Override
		public boolean supports(String target) {
			return target.startsWith("sw4rm:");
		}

		@Override
		public int getOrder() {
			return Ordered.HIGHEST_PRECEDENCE;
		}

	}

}
