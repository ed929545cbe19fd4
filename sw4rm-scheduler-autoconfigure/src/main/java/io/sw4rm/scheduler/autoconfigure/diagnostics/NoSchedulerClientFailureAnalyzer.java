package io.sw4rm.scheduler.autoconfigure.diagnostics;

import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.analyzer.AbstractInjectionFailureAnalyzer;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;

import io.sw4rm.scheduler.client.AsyncSchedulerClient;
import io.sw4rm.scheduler.client.ReactiveSchedulerClient;
import io.sw4rm.scheduler.client.SchedulerClient;
import io.sw4rm.scheduler.client.SchedulerClientBuilder;

/**
 * {@link AbstractInjectionFailureAnalyzer} that performs analysis of failures caused by a
 * scheduler client that was not auto-configured. Runs before Spring Boot's own analyzer,
 * which would suggest a bean definition.
 */
@Order(-1)
class NoSchedulerClientFailureAnalyzer extends AbstractInjectionFailureAnalyzer<NoSuchBeanDefinitionException> {

	private static final Set<Class<?>> CLIENTS = Set.of(SchedulerClient.class, AsyncSchedulerClient.class,
			ReactiveSchedulerClient.class, SchedulerClientBuilder.class);

	private final BeanFactory beanFactory;

	private final Environment environment;

	NoSchedulerClientFailureAnalyzer(BeanFactory beanFactory, Environment environment) {
		this.beanFactory = beanFactory;
		this.environment = environment;
	}

	@Override
	protected @Nullable FailureAnalysis analyze(Throwable rootFailure, NoSuchBeanDefinitionException cause,
			@Nullable String description) {
		Class<?> type = cause.getBeanType();
		if (type == null || !CLIENTS.contains(type)) {
			return null;
		}
		String missing = "%s a bean of type '%s', which was not auto-configured, because "
			.formatted((description != null) ? description + " required" : "The application requested", type.getName());
		if (!this.environment.getProperty("sw4rm.scheduler.enabled", Boolean.class, true)) {
			return new FailureAnalysis(missing + "'sw4rm.scheduler.enabled' is false.",
					"Remove 'sw4rm.scheduler.enabled', or inject ObjectProvider<%s> if the application can run without the scheduler."
						.formatted(type.getSimpleName()),
					cause);
		}
		if (this.beanFactory.containsBean("sw4rmSchedulerChannel")) {
			return null;
		}
		if (this.beanFactory.containsBean("sw4rmSchedulerConnectionFactory")) {
			Object names = Binder.get(this.environment).bind("sw4rm.scheduler.client", Map.class).get().keySet();
			String use = (type == SchedulerClientBuilder.class) ? "Use SchedulerClientFactory.builder"
					: "Inject it with @Qualifier";
			return new FailureAnalysis(missing + "all schedulers have names.",
					"%s and one of %s, or set 'sw4rm.scheduler.address'.".formatted(use, names), cause);
		}
		return new FailureAnalysis(missing + "there is no gRPC channel to the scheduler.",
				"Add org.springframework.boot:spring-boot-starter-grpc-client without exclusions. If it is present, check that 'spring.grpc.client.enabled' is not false and that SchedulerAutoConfiguration is not excluded.",
				cause);
	}

}
