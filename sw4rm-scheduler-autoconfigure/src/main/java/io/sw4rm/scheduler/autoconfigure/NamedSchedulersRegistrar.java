package io.sw4rm.scheduler.autoconfigure;

import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.support.AutowireCandidateQualifier;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.context.annotation.ImportBeanDefinitionRegistrar;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotationMetadata;
import org.springframework.util.ClassUtils;

import io.sw4rm.scheduler.autoconfigure.channel.SchedulerConnection;
import io.sw4rm.scheduler.client.AsyncSchedulerClient;
import io.sw4rm.scheduler.client.ReactiveSchedulerClient;
import io.sw4rm.scheduler.client.SchedulerClient;

/**
 * {@link ImportBeanDefinitionRegistrar} for the clients of
 * {@code sw4rm.scheduler.client.<name>.*}.
 */
class NamedSchedulersRegistrar implements ImportBeanDefinitionRegistrar {

	private final Environment environment;

	NamedSchedulersRegistrar(Environment environment) {
		this.environment = environment;
	}

	@Override
	public void registerBeanDefinitions(AnnotationMetadata metadata, BeanDefinitionRegistry registry) {
		for (String name : SchedulerConnections.namedSchedulers(this.environment)) {
			register(registry, SchedulerConnections.connectionBeanName(name),
					definition(SchedulerConnection.class, "sw4rmSchedulerConnections", "connect", name));
			registerClient(registry, name, SchedulerClient.class, "create");
			registerClient(registry, name, AsyncSchedulerClient.class, "createAsync");
			if (ClassUtils.isPresent("reactor.core.publisher.Mono", null)) {
				registerClient(registry, name, ReactiveSchedulerClient.class, "createReactive");
			}
		}
	}

	private void registerClient(BeanDefinitionRegistry registry, String name, Class<?> type, String method) {
		RootBeanDefinition definition = definition(type, "sw4rmSchedulerClientFactory", method, name);
		definition.setDefaultCandidate(false);
		definition.addQualifier(new AutowireCandidateQualifier(Qualifier.class, name));
		register(registry, name + type.getSimpleName(), definition);
	}

	private RootBeanDefinition definition(Class<?> type, String factoryBean, String factoryMethod, String name) {
		RootBeanDefinition definition = new RootBeanDefinition();
		definition.setTargetType(type);
		definition.setFactoryBeanName(factoryBean);
		definition.setFactoryMethodName(factoryMethod);
		definition.getConstructorArgumentValues().addIndexedArgumentValue(0, name);
		return definition;
	}

	/**
	 * The application's own bean with this name takes precedence.
	 */
	private void register(BeanDefinitionRegistry registry, String beanName, RootBeanDefinition definition) {
		if (!registry.containsBeanDefinition(beanName)) {
			registry.registerBeanDefinition(beanName, definition);
		}
	}

}
