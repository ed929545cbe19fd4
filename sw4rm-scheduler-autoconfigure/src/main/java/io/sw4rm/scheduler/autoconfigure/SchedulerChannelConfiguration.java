package io.sw4rm.scheduler.autoconfigure;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

import io.grpc.ClientInterceptor;
import io.grpc.ManagedChannel;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.grpc.client.ChannelBuilderOptions;
import org.springframework.grpc.client.GrpcChannelFactory;

/**
 * Configuration for the channel to the scheduler. An application may bring a channel of
 * its own, under the same bean name.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnMissingBean(name = SchedulerChannelConfiguration.CHANNEL_BEAN_NAME)
@ConditionalOnBean(GrpcChannelFactory.class)
class SchedulerChannelConfiguration {

	static final String CHANNEL_BEAN_NAME = "sw4rmSchedulerChannel";

	@Bean
	SchedulerTransport sw4rmSchedulerTransport(SchedulerConnectionDetails connectionDetails) {
		return SchedulerTransport.from(connectionDetails);
	}

	@Bean
	static SchedulerCredentialsPostProcessor sw4rmSchedulerCredentialsPostProcessor() {
		return new SchedulerCredentialsPostProcessor();
	}

	@Bean
	ReconnectBackoffLimiter sw4rmReconnectBackoffLimiter(SchedulerProperties properties) {
		return new ReconnectBackoffLimiter(properties.getMaxReconnectBackoff());
	}

	@Bean(name = CHANNEL_BEAN_NAME, defaultCandidate = false, destroyMethod = "shutdown")
	ManagedChannel sw4rmSchedulerChannel(SchedulerTransport transport, SchedulerProperties properties,
			GrpcChannelFactory channelFactory, SchedulerCredentialsPostProcessor credentialsPostProcessor,
			ReconnectBackoffLimiter reconnectBackoffLimiter,
			ObjectProvider<SchedulerChannelBuilderCustomizer> customizers,
			@SchedulerClientInterceptor ObjectProvider<ClientInterceptor> interceptors) {
		SchedulerChannelConfigurer configurer = new SchedulerChannelConfigurer(properties, transport,
				customizers.orderedStream().toList());
		credentialsPostProcessor.use(transport);
		ManagedChannel channel = channelFactory.createChannel(transport.address().target(),
				ChannelBuilderOptions.defaults()
					.withInterceptors(interceptors.orderedStream().toList())
					.withInterceptorsMerge(true)
					.withShutdownGracePeriod(shutdownGracePeriod(properties))
					.withCustomizer((target, builder) -> configurer.configure(builder)));
		if (transport.tls() != null && !configurer.isUsed()) {
			channel.shutdownNow();
			throw new IllegalStateException("The connection to the scheduler must use TLS, which nothing ensures: "
					+ "the application's GrpcChannelFactory ignores the customizer of the ChannelBuilderOptions. "
					+ "Let its createChannel method apply it");
		}
		reconnectBackoffLimiter.limit(channel,
				SchedulerServiceConfig.usesSingleConnection(properties, transport.address()));
		if (transport.tls() != null) {
			transport.tls().use(channel);
		}
		return channel;
	}

	/**
	 * The channel factory counts in milliseconds, and gives calls no grace at all if a
	 * {@code long} can't hold them.
	 */
	private static Duration shutdownGracePeriod(SchedulerProperties properties) {
		return Duration.ofMillis(TimeUnit.MILLISECONDS.convert(properties.getShutdownGracePeriod()));
	}

	@Bean
	SchedulerClientBuilderCustomizer sw4rmSchedulerTargetCustomizer(SchedulerTransport transport) {
		return (builder) -> builder.target(transport.address().toString());
	}

}
