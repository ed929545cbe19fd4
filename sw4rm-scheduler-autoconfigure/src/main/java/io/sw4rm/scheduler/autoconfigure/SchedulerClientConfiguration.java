package io.sw4rm.scheduler.autoconfigure;

import io.grpc.CompressorRegistry;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.ConfigurationCondition;
import org.springframework.context.annotation.Scope;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotatedTypeMetadata;

import io.sw4rm.scheduler.autoconfigure.channel.SchedulerChannel;
import io.sw4rm.scheduler.autoconfigure.channel.SchedulerConnection;
import io.sw4rm.scheduler.autoconfigure.channel.SchedulerConnectionFactory;
import io.sw4rm.scheduler.client.AsyncSchedulerClient;
import io.sw4rm.scheduler.client.JacksonPayloadConverter;
import io.sw4rm.scheduler.client.PayloadConverter;
import io.sw4rm.scheduler.client.ReactiveSchedulerClient;
import io.sw4rm.scheduler.client.SchedulerClient;
import io.sw4rm.scheduler.client.SchedulerClientBuilder;

/**
 * Configuration for the clients of schedulers.
 */
@Configuration(proxyBeanMethods = false)
@Conditional(SchedulerClientConfiguration.OnSchedulerCondition.class)
class SchedulerClientConfiguration {

	private static final Log logger = LogFactory.getLog(SchedulerClientConfiguration.class);

	@Bean
	SchedulerConnections sw4rmSchedulerConnections(ConfigurableListableBeanFactory beanFactory, Environment environment,
			ApplicationEventPublisher eventPublisher, SchedulerProperties properties) {
		return new SchedulerConnections(beanFactory, environment, eventPublisher, properties);
	}

	@Bean
	@ConditionalOnMissingBean
	SchedulerClientFactory sw4rmSchedulerClientFactory(SchedulerConnections connections,
			ObjectProvider<CompressorRegistry> compressorRegistry) {
		return new DefaultSchedulerClientFactory(connections,
				compressorRegistry.getIfAvailable(CompressorRegistry::getDefaultInstance));
	}

	/**
	 * The clients of the scheduler without a name.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnBean(name = SchedulerChannel.BEAN_NAME)
	static class DefaultClientConfiguration implements SmartInitializingSingleton {

		private final BeanFactory beanFactory;

		DefaultClientConfiguration(BeanFactory beanFactory) {
			this.beanFactory = beanFactory;
		}

		/**
		 * Logs the replacement of the auto-configured client, which may be unintended.
		 */
		@Override
		public void afterSingletonsInstantiated() {
			if (!this.beanFactory.containsBean("sw4rmSchedulerClient")) {
				logger.info("The application's own bean of type SchedulerClient replaces the auto-configured client");
			}
		}

		@Bean
		SchedulerConnection sw4rmSchedulerConnection(SchedulerConnections connections) {
			return connections.connect(SchedulerConnections.DEFAULT_NAME);
		}

		@Bean
		@Scope(ConfigurableBeanFactory.SCOPE_PROTOTYPE)
		@ConditionalOnMissingBean
		SchedulerClientBuilder sw4rmSchedulerClientBuilder(SchedulerClientFactory clientFactory) {
			return clientFactory.builder(SchedulerConnections.DEFAULT_NAME);
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

		@Configuration(proxyBeanMethods = false)
		@ConditionalOnClass(Mono.class)
		static class ReactiveConfiguration {

			@Bean
			@ConditionalOnMissingBean
			ReactiveSchedulerClient sw4rmReactiveSchedulerClient(SchedulerClientBuilder builder) {
				return builder.buildReactive();
			}

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

	/**
	 * Matches if there is any scheduler, with or without a name.
	 */
	static class OnSchedulerCondition implements ConfigurationCondition {

		@Override
		public ConfigurationPhase getConfigurationPhase() {
			return ConfigurationPhase.REGISTER_BEAN;
		}

		@Override
		public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
			BeanDefinitionRegistry registry = context.getRegistry();
			return registry.containsBeanDefinition(SchedulerChannel.BEAN_NAME)
					|| (registry.containsBeanDefinition("sw4rmSchedulerConnectionFactory")
							&& !SchedulerConnections.namedSchedulers(context.getEnvironment()).isEmpty());
		}

	}

}
