package io.sw4rm.scheduler.autoconfigure;

import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

import io.grpc.ManagedChannel;

import org.springframework.beans.factory.annotation.BeanFactoryAnnotationUtils;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.ConfigurationCondition;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.grpc.client.GrpcChannelFactory;

import io.sw4rm.scheduler.autoconfigure.channel.ChannelCredentialsPostProcessor;
import io.sw4rm.scheduler.autoconfigure.channel.SchedulerChannel;
import io.sw4rm.scheduler.autoconfigure.channel.SchedulerConnection;
import io.sw4rm.scheduler.autoconfigure.channel.SchedulerConnectionFactory;

/**
 * Configuration for the channels to schedulers.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnBean(GrpcChannelFactory.class)
class SchedulerChannelConfiguration {

	@Bean
	static ChannelCredentialsPostProcessor sw4rmSchedulerCredentialsPostProcessor() {
		return new ChannelCredentialsPostProcessor();
	}

	@Bean
	static NamedSchedulersRegistrar sw4rmNamedSchedulersRegistrar() {
		return new NamedSchedulersRegistrar();
	}

	@Bean
	SchedulerConnectionFactory sw4rmSchedulerConnectionFactory(GrpcChannelFactory channelFactory,
			ChannelCredentialsPostProcessor credentialsPostProcessor) {
		return new SchedulerConnectionFactory(channelFactory, credentialsPostProcessor);
	}

	/**
	 * The channel of the scheduler without a name. An application may define its own bean
	 * with the same name.
	 */
	@Configuration(proxyBeanMethods = false)
	@Conditional(OnDefaultSchedulerCondition.class)
	@ConditionalOnMissingBean(name = SchedulerChannel.BEAN_NAME)
	static class DefaultChannelConfiguration {

		@Bean(name = SchedulerChannel.BEAN_NAME, defaultCandidate = false, destroyMethod = "")
		ManagedChannel sw4rmSchedulerChannel(@Qualifier("sw4rmSchedulerConnection") SchedulerConnection connection) {
			return (ManagedChannel) connection.channel();
		}

	}

	/**
	 * Matches unless all schedulers have names.
	 */
	static class OnDefaultSchedulerCondition implements ConfigurationCondition {

		@Override
		public ConfigurationPhase getConfigurationPhase() {
			return ConfigurationPhase.REGISTER_BEAN;
		}

		@Override
		public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
			Set<String> names = SchedulerConnections.namedSchedulers(context.getEnvironment());
			return names.isEmpty() || SchedulerConnections.isAddressSet(context.getEnvironment())
					|| hasConnectionDetails(Objects.requireNonNull(context.getBeanFactory()), names);
		}

		private boolean hasConnectionDetails(ConfigurableListableBeanFactory beanFactory, Set<String> names) {
			return Stream.of(beanFactory.getBeanNamesForType(SchedulerConnectionDetails.class, true, false))
				.anyMatch((beanName) -> names.stream()
					.noneMatch((name) -> BeanFactoryAnnotationUtils.isQualifierMatch(name::equals, beanName,
							beanFactory)));
		}

	}

}
