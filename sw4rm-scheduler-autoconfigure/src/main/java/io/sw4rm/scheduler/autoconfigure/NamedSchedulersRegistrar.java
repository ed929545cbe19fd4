package io.sw4rm.scheduler.autoconfigure;

import java.util.Objects;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.support.AutowireCandidateQualifier;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.BeanDefinitionRegistryPostProcessor;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationContextAware;
import org.springframework.context.aot.AbstractAotProcessor;
import org.springframework.util.ClassUtils;

import io.sw4rm.scheduler.autoconfigure.channel.SchedulerChannel;
import io.sw4rm.scheduler.autoconfigure.channel.SchedulerConnection;
import io.sw4rm.scheduler.autoconfigure.diagnostics.SchedulerFailureException;
import io.sw4rm.scheduler.client.AsyncSchedulerClient;
import io.sw4rm.scheduler.client.ReactiveSchedulerClient;
import io.sw4rm.scheduler.client.SchedulerClient;

/**
 * Registers the clients of {@code sw4rm.scheduler.client.<name>.*} when the application
 * runs, even if it was processed ahead of time.
 */
class NamedSchedulersRegistrar implements BeanDefinitionRegistryPostProcessor, ApplicationContextAware {

	private @Nullable ApplicationContext applicationContext;

	@Override
	public void setApplicationContext(ApplicationContext applicationContext) {
		this.applicationContext = applicationContext;
	}

	@Override
	public void postProcessBeanDefinitionRegistry(BeanDefinitionRegistry registry) {
		if (Boolean.getBoolean(AbstractAotProcessor.AOT_PROCESSING)) {
			return;
		}
		ApplicationContext context = Objects.requireNonNull(this.applicationContext);
		checkDecisions(context);
		SchedulerConnections.namedSchedulers(context.getEnvironment())
			.forEach((name) -> register(registry, name, context));
	}

	private void register(BeanDefinitionRegistry registry, String name, BeanFactory beanFactory) {
		register(registry, SchedulerConnections.connectionBeanName(name), new RootBeanDefinition(
				SchedulerConnection.class, () -> beanFactory.getBean(SchedulerConnections.class).connect(name)));
		registerClient(registry, name, SchedulerClient.class,
				() -> beanFactory.getBean(SchedulerClientFactory.class).create(name));
		registerClient(registry, name, AsyncSchedulerClient.class,
				() -> beanFactory.getBean(SchedulerClientFactory.class).createAsync(name));
		if (ClassUtils.isPresent("reactor.core.publisher.Mono", null)) {
			registerClient(registry, name, ReactiveSchedulerClient.class,
					() -> beanFactory.getBean(SchedulerClientFactory.class).createReactive(name));
		}
	}

	private <T> void registerClient(BeanDefinitionRegistry registry, String name, Class<T> type, Supplier<T> supplier) {
		RootBeanDefinition definition = new RootBeanDefinition(type, supplier);
		definition.setDefaultCandidate(false);
		definition.addQualifier(new AutowireCandidateQualifier(Qualifier.class, name));
		register(registry, name + type.getSimpleName(), definition);
	}

	/**
	 * The application's own bean with this name takes precedence.
	 */
	private void register(BeanDefinitionRegistry registry, String beanName, RootBeanDefinition definition) {
		if (!registry.containsBeanDefinition(beanName)) {
			registry.registerBeanDefinition(beanName, definition);
		}
	}

	/**
	 * Ahead-of-time processing has already decided whether there are beans for the
	 * scheduler without a name.
	 */
	private static void checkDecisions(ApplicationContext context) {
		if (!context.getEnvironment().getProperty("sw4rm.scheduler.enabled", Boolean.class, true)) {
			throw processedWith("'sw4rm.scheduler.enabled' is false");
		}
		if (!context.containsBean(SchedulerChannel.BEAN_NAME)
				&& SchedulerConnections.isAddressSet(context.getEnvironment())) {
			throw processedWith("'sw4rm.scheduler.address' is set");
		}
	}

	private static SchedulerFailureException processedWith(String setting) {
		return new SchedulerFailureException(
				setting + ", but the application was processed ahead of time with another setting.",
				"Process the application ahead of time with the same setting, or change it back.", null);
	}

}
