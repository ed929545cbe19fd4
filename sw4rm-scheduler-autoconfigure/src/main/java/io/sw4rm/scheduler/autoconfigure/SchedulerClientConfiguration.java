package io.sw4rm.scheduler.autoconfigure;

import io.grpc.Channel;
import io.grpc.CompressorRegistry;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Scope;

import io.sw4rm.scheduler.client.AsyncSchedulerClient;
import io.sw4rm.scheduler.client.JacksonPayloadConverter;
import io.sw4rm.scheduler.client.PayloadConverter;
import io.sw4rm.scheduler.client.ReactiveSchedulerClient;
import io.sw4rm.scheduler.client.SchedulerCallListener;
import io.sw4rm.scheduler.client.SchedulerClient;
import io.sw4rm.scheduler.client.SchedulerClientBuilder;
import io.sw4rm.scheduler.client.SchedulerExceptionTranslator;

/**
 * Configuration for the scheduler clients.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnBean(name = SchedulerChannelConfiguration.CHANNEL_BEAN_NAME)
class SchedulerClientConfiguration {

	@Bean
	PropertiesSchedulerClientBuilderCustomizer sw4rmPropertiesSchedulerClientBuilderCustomizer(
			SchedulerProperties properties, ObjectProvider<CompressorRegistry> compressorRegistry) {
		return new PropertiesSchedulerClientBuilderCustomizer(properties,
				compressorRegistry.getIfAvailable(CompressorRegistry::getDefaultInstance));
	}

	@Bean
	SchedulerStartup sw4rmSchedulerStartup(SchedulerProperties properties,
			ObjectProvider<SchedulerConnectionDetails> connectionDetails,
			@Qualifier(SchedulerChannelConfiguration.CHANNEL_BEAN_NAME) ObjectProvider<Channel> channel) {
		return new SchedulerStartup(properties.getStartup(), properties.getStartupTimeout(), connectionDetails,
				channel);
	}

	@Bean
	@Scope(ConfigurableBeanFactory.SCOPE_PROTOTYPE)
	@ConditionalOnMissingBean
	SchedulerClientBuilder sw4rmSchedulerClientBuilder(
			@Qualifier(SchedulerChannelConfiguration.CHANNEL_BEAN_NAME) Channel channel,
			ObjectProvider<PayloadConverter> payloadConverter,
			ObjectProvider<SchedulerExceptionTranslator> exceptionTranslator,
			ObjectProvider<SchedulerCallListener> listeners,
			ObjectProvider<SchedulerClientBuilderCustomizer> customizers) {
		SchedulerClientBuilder builder = SchedulerClient.builder(channel);
		payloadConverter.ifUnique(builder::payloadConverter);
		exceptionTranslator.ifUnique(builder::exceptionTranslator);
		listeners.orderedStream().forEach(builder::listener);
		customizers.orderedStream().forEach((customizer) -> customizer.customize(builder));
		return builder;
	}

	@Bean
	@ConditionalOnMissingBean
	SchedulerClient sw4rmSchedulerClient(SchedulerClientBuilder builder) {
		return builder.build();
	}

	@Bean
	@ConditionalOnMissingBean
	AsyncSchedulerClient sw4rmAsyncSchedulerClient(SchedulerClientBuilder builder) {
		return builder.buildAsync();
	}

	/**
	 * A channel of the application's own knows nothing of the properties: TLS that they
	 * ask for must not just be missing.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnMissingBean(SchedulerTransport.class)
	static class ReplacedChannelConfiguration {

		ReplacedChannelConfiguration(SchedulerProperties properties) {
			SchedulerPropertiesValidator.validateForReplacedChannel(properties);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(Mono.class)
	static class ReactiveConfiguration {

		@Bean
		@ConditionalOnMissingBean
		ReactiveSchedulerClient sw4rmReactiveSchedulerClient(SchedulerClientBuilder builder) {
			return ReactiveSchedulerClient.create(builder.buildAsync());
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(JsonMapper.class)
	@ConditionalOnSingleCandidate(JsonMapper.class)
	static class JacksonConfiguration {

		@Bean
		@ConditionalOnMissingBean(PayloadConverter.class)
		JacksonPayloadConverter sw4rmJacksonPayloadConverter(JsonMapper jsonMapper) {
			return new JacksonPayloadConverter(jsonMapper);
		}

	}

}
