package io.sw4rm.scheduler.autoconfigure.embedded;

import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.BeanDefinitionRegistryPostProcessor;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationContextAware;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.aot.AbstractAotProcessor;
import org.springframework.core.env.Environment;
import org.springframework.util.ClassUtils;

import io.sw4rm.scheduler.autoconfigure.SchedulerConnectionDetails;
import io.sw4rm.scheduler.autoconfigure.SchedulerConnections;
import io.sw4rm.scheduler.autoconfigure.channel.SchedulerChannel;
import io.sw4rm.scheduler.autoconfigure.diagnostics.SchedulerFailureException;
import io.sw4rm.scheduler.autoconfigure.diagnostics.UnboundProperties;

/**
 * Registers an embedded scheduler if it is enabled, or if it is on the class path and no
 * scheduler is configured. This is decided when the application runs, even if it was
 * processed ahead of time, and even if its beans are lazy. Otherwise, tasks could go to
 * another scheduler than intended.
 */
class EmbeddedSchedulerRegistrar implements BeanDefinitionRegistryPostProcessor, ApplicationContextAware {

	private static final String ENABLED_PROPERTY = "sw4rm.scheduler.embedded.enabled";

	static final String CONNECTION_DETAILS_BEAN_NAME = "sw4rmEmbeddedSchedulerConnectionDetails";

	private static final String CLASS_NAME = "io.sw4rm.scheduler.embedded.EmbeddedScheduler";

	private @Nullable ConfigurableApplicationContext applicationContext;

	@Override
	public void setApplicationContext(ApplicationContext applicationContext) {
		this.applicationContext = (ConfigurableApplicationContext) applicationContext;
	}

	@Override
	public void postProcessBeanDefinitionRegistry(BeanDefinitionRegistry registry) {
		ConfigurableApplicationContext context = Objects.requireNonNull(this.applicationContext);
		if (Boolean.getBoolean(AbstractAotProcessor.AOT_PROCESSING)
				|| context.containsBean(CONNECTION_DETAILS_BEAN_NAME)) {
			// Not decided yet, or decided by a parent context
			return;
		}
		Boolean enabled = Binder.get(context.getEnvironment()).bind(ENABLED_PROPERTY, Boolean.class).orElse(null);
		boolean present = ClassUtils.isPresent(CLASS_NAME, context.getClassLoader());
		List<String> replacingBeans = replacingBeans(context.getBeanFactory());
		if (Boolean.TRUE.equals(enabled)) {
			check(present, replacingBeans);
			EmbeddedSchedulerBeans.register(registry, context, true);
		}
		else if (enabled == null && present && replacingBeans.isEmpty()
				&& !isSchedulerConfigured(context.getEnvironment())) {
			checkProperties(context);
			EmbeddedSchedulerBeans.register(registry, context, false);
		}
	}

	/**
	 * An application that requires an embedded scheduler must not use another one.
	 */
	private static void check(boolean present, List<String> replacingBeans) {
		if (!present) {
			throw invalid("The embedded scheduler is not on the class path. Add io.sw4rm:sw4rm-scheduler-embedded.");
		}
		if (!replacingBeans.isEmpty()) {
			throw invalid(
					"The application's own beans %s are used instead of the embedded scheduler. Remove them, or remove this setting."
						.formatted(replacingBeans));
		}
	}

	private static InvalidConfigurationPropertyValueException invalid(String reason) {
		return new InvalidConfigurationPropertyValueException(ENABLED_PROPERTY, true, reason);
	}

	private static boolean isSchedulerConfigured(Environment environment) {
		return SchedulerConnections.isAddressSet(environment)
				|| !SchedulerConnections.namedSchedulers(environment).isEmpty();
	}

	/**
	 * A misspelt address must not lead to tasks in memory.
	 */
	private static void checkProperties(ConfigurableApplicationContext context) {
		List<String> unbound = UnboundProperties.find(context.getBeanFactory(), context.getEnvironment());
		if (!unbound.isEmpty()) {
			throw new SchedulerFailureException(
					"No SW4RM scheduler is configured, but there are properties without effect. %s"
						.formatted(String.join(" ", unbound)),
					"Correct or remove these properties. To use the embedded scheduler nevertheless, set '%s' to true."
						.formatted(ENABLED_PROPERTY),
					null);
		}
	}

	private static List<String> replacingBeans(ConfigurableListableBeanFactory beanFactory) {
		Stream<String> details = Stream
			.of(BeanFactoryUtils.beanNamesForTypeIncludingAncestors(beanFactory, SchedulerConnectionDetails.class, true,
					false))
			.filter((name) -> !name.equals(SchedulerConnections.CONNECTION_DETAILS_BEAN_NAME));
		return (SchedulerConnections.isChannelReplaced(beanFactory)
				? Stream.concat(Stream.of(SchedulerChannel.BEAN_NAME), details) : details)
			.toList();
	}

}
