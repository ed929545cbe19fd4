package io.sw4rm.scheduler.autoconfigure.embedded;

import java.util.List;
import java.util.stream.Stream;

import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.BeanDefinitionRegistryPostProcessor;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.aot.AbstractAotProcessor;
import org.springframework.util.ClassUtils;

import io.sw4rm.scheduler.autoconfigure.SchedulerConnectionDetails;
import io.sw4rm.scheduler.autoconfigure.SchedulerConnections;
import io.sw4rm.scheduler.autoconfigure.diagnostics.SchedulerFailureException;
import io.sw4rm.scheduler.autoconfigure.diagnostics.UnboundProperties;

/**
 * Registers an embedded scheduler if it is enabled, or if it is on the class path and no
 * scheduler is configured. This is decided when the application runs, even if it was
 * processed ahead of time, and even if its beans are lazy. Otherwise, tasks could go to
 * another scheduler than intended.
 */
class EmbeddedSchedulerRegistrar implements BeanDefinitionRegistryPostProcessor {

	private static final String ENABLED_PROPERTY = "sw4rm.scheduler.embedded.enabled";

	private final ConfigurableApplicationContext applicationContext;

	private final ConfigurableListableBeanFactory beanFactory;

	private final Binder binder;

	EmbeddedSchedulerRegistrar(ConfigurableApplicationContext applicationContext) {
		this.applicationContext = applicationContext;
		this.beanFactory = applicationContext.getBeanFactory();
		this.binder = Binder.get(applicationContext.getEnvironment());
	}

	@Override
	public void postProcessBeanDefinitionRegistry(BeanDefinitionRegistry registry) {
		if (Boolean.getBoolean(AbstractAotProcessor.AOT_PROCESSING)) {
			return;
		}
		Boolean enabled = this.binder.bind(ENABLED_PROPERTY, Boolean.class).orElse(null);
		if (Boolean.TRUE.equals(enabled)) {
			checkPresent();
			checkUsed();
			EmbeddedSchedulerBeans.register(registry, this.applicationContext, true);
		}
		else if (enabled == null && isPresent() && !isSchedulerConfigured()) {
			checkProperties();
			EmbeddedSchedulerBeans.register(registry, this.applicationContext, false);
		}
	}

	private void checkPresent() {
		if (!isPresent()) {
			throw invalid("The embedded scheduler is not on the class path. Add io.sw4rm:sw4rm-scheduler-embedded.");
		}
	}

	/**
	 * An application that requires an embedded scheduler must not use another one.
	 */
	private void checkUsed() {
		List<String> beans = replacingBeans();
		if (!beans.isEmpty()) {
			throw invalid(
					"The application's own beans %s are used instead of the embedded scheduler. Remove them, or remove this setting."
						.formatted(beans));
		}
	}

	/**
	 * A misspelt address must not lead to tasks in memory.
	 */
	private void checkProperties() {
		List<String> unbound = UnboundProperties.find(this.beanFactory, this.applicationContext.getEnvironment());
		if (!unbound.isEmpty()) {
			throw new SchedulerFailureException(
					"No SW4RM scheduler is configured, but there are properties without effect. %s"
						.formatted(String.join(" ", unbound)),
					"Correct or remove these properties. To use the embedded scheduler nevertheless, set '%s' to true."
						.formatted(ENABLED_PROPERTY),
					null);
		}
	}

	private InvalidConfigurationPropertyValueException invalid(String reason) {
		return new InvalidConfigurationPropertyValueException(ENABLED_PROPERTY, true, reason);
	}

	private boolean isPresent() {
		return ClassUtils.isPresent("io.sw4rm.scheduler.embedded.EmbeddedScheduler",
				this.beanFactory.getBeanClassLoader());
	}

	private boolean isSchedulerConfigured() {
		return this.binder.bind("sw4rm.scheduler.address", Bindable.listOf(String.class)).isBound()
				|| this.binder.bind("sw4rm.scheduler.client", Bindable.mapOf(String.class, Object.class)).isBound()
				|| !replacingBeans().isEmpty();
	}

	private List<String> replacingBeans() {
		Stream<String> details = Stream
			.of(BeanFactoryUtils.beanNamesForTypeIncludingAncestors(this.beanFactory, SchedulerConnectionDetails.class,
					true, false))
			.filter((name) -> !name.equals(SchedulerConnections.CONNECTION_DETAILS_BEAN_NAME));
		return (SchedulerConnections.isChannelReplaced(this.beanFactory)
				? Stream.concat(Stream.of(SchedulerConnections.CHANNEL_BEAN_NAME), details) : details)
			.toList();
	}

}
