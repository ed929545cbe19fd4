package io.sw4rm.scheduler.autoconfigure;

import java.util.function.Supplier;

import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.AutowireCandidateQualifier;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.BeanDefinitionRegistryPostProcessor;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.aot.AbstractAotProcessor;
import org.springframework.core.env.Environment;
import org.springframework.util.ClassUtils;

import io.sw4rm.scheduler.autoconfigure.channel.SchedulerConnection;
import io.sw4rm.scheduler.autoconfigure.diagnostics.SchedulerFailureException;
import io.sw4rm.scheduler.client.AsyncSchedulerClient;
import io.sw4rm.scheduler.client.ReactiveSchedulerClient;
import io.sw4rm.scheduler.client.SchedulerClient;

/**
 * Registers the clients of {@code sw4rm.scheduler.client.<name>.*} when the application
 * runs, even if it was processed ahead of time.
 */
class NamedSchedulersRegistrar implements BeanDefinitionRegistryPostProcessor {

	private final ConfigurableListableBeanFactory beanFactory;

	private final Environment environment;

	NamedSchedulersRegistrar(ConfigurableListableBeanFactory beanFactory, Environment environment) {
		this.beanFactory = beanFactory;
		this.environment = environment;
	}

	@Override
	public void postProcessBeanDefinitionRegistry(BeanDefinitionRegistry registry) {
		if (Boolean.getBoolean(AbstractAotProcessor.AOT_PROCESSING)) {
			return;
		}
		checkDecisions();
		for (String name : SchedulerConnections.namedSchedulers(this.environment)) {
			register(registry, SchedulerConnections.connectionBeanName(name), new RootBeanDefinition(
					SchedulerConnection.class, () -> bean(SchedulerConnections.class).connect(name)));
			registerClient(registry, name, SchedulerClient.class,
					() -> bean(SchedulerClientFactory.class).create(name));
			registerClient(registry, name, AsyncSchedulerClient.class,
					() -> bean(SchedulerClientFactory.class).createAsync(name));
			if (ClassUtils.isPresent("reactor.core.publisher.Mono", null)) {
				registerClient(registry, name, ReactiveSchedulerClient.class,
						() -> bean(SchedulerClientFactory.class).createReactive(name));
			}
		}
	}

	private <T> T bean(Class<T> type) {
		return this.beanFactory.getBean(type);
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
	private void checkDecisions() {
		Binder binder = Binder.get(this.environment);
		if (!binder.bind("sw4rm.scheduler.enabled", Boolean.class).orElse(true)) {
			throw processedWith("'sw4rm.scheduler.enabled' is false");
		}
		if (!this.beanFactory.containsBean(SchedulerConnections.CHANNEL_BEAN_NAME)
				&& binder.bind("sw4rm.scheduler.address", Bindable.listOf(String.class)).isBound()) {
			throw processedWith("'sw4rm.scheduler.address' is set");
		}
	}

	private static SchedulerFailureException processedWith(String setting) {
		return new SchedulerFailureException(
				setting + ", but the application was processed ahead of time with another setting.",
				"Process the application ahead of time with the same setting, or change it back.", null);
	}

}
