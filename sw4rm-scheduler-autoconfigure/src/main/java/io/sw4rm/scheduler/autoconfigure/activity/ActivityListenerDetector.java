package io.sw4rm.scheduler.autoconfigure.activity;

import java.lang.reflect.Method;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.autoproxy.AutoProxyUtils;
import org.springframework.aop.scope.ScopedObject;
import org.springframework.aop.scope.ScopedProxyUtils;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.MethodIntrospector.MetadataLookup;
import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;
import org.springframework.util.function.SingletonSupplier;

import io.sw4rm.scheduler.autoconfigure.SchedulerBeans;
import io.sw4rm.scheduler.autoconfigure.SchedulerClientFactory;
import io.sw4rm.scheduler.autoconfigure.SchedulerConnections;
import io.sw4rm.scheduler.autoconfigure.diagnostics.SchedulerFailureException;

/**
 * Finds the methods with {@link SchedulerActivityListener} by the types of the beans,
 * which are not created for that.
 */
class ActivityListenerDetector {

	private final ConfigurableListableBeanFactory beanFactory;

	private final SingletonSupplier<SchedulerConnections> connections;

	private final SchedulerActivityErrorHandler defaultErrorHandler = new LoggingErrorHandler();

	private final Map<String, ActivityListenerContainer> containers = new LinkedHashMap<>();

	private ActivityListenerDetector(ConfigurableListableBeanFactory beanFactory) {
		this.beanFactory = beanFactory;
		this.connections = SingletonSupplier.of(() -> beanFactory.getBean(SchedulerConnections.class));
	}

	/**
	 * Return the containers of all listeners of an application context, by their ids.
	 */
	static Map<String, ActivityListenerContainer> detect(ConfigurableListableBeanFactory beanFactory) {
		ActivityListenerDetector detector = new ActivityListenerDetector(beanFactory);
		for (String beanName : beanFactory.getBeanNamesForType(Object.class, true, false)) {
			if (!ScopedProxyUtils.isScopedTarget(beanName)) {
				detector.detect(beanName);
			}
		}
		return detector.containers;
	}

	private void detect(String beanName) {
		Class<?> type = type(beanName);
		if (type == null || type.getName().startsWith("org.springframework.")
				|| !AnnotationUtils.isCandidateClass(type, SchedulerActivityListener.class)) {
			return;
		}
		MetadataLookup<@Nullable List<SchedulerActivityListener>> lookup = (method) -> {
			List<SchedulerActivityListener> annotations = MergedAnnotations.from(method, SearchStrategy.TYPE_HIERARCHY)
				.stream(SchedulerActivityListener.class)
				.map(MergedAnnotation::synthesize)
				.toList();
			return annotations.isEmpty() ? null : annotations;
		};
		MethodIntrospector.selectMethods(type, lookup)
			.forEach((method, annotations) -> add(beanName, method, Objects.requireNonNull(annotations)));
	}

	private @Nullable Class<?> type(String beanName) {
		Class<?> type = this.beanFactory.getType(beanName, false);
		if (type != null && ScopedObject.class.isAssignableFrom(type)) {
			return type(ScopedProxyUtils.getTargetBeanName(beanName));
		}
		return (type != null) ? AutoProxyUtils.determineTargetClass(this.beanFactory, beanName) : null;
	}

	private void add(String beanName, Method method, List<SchedulerActivityListener> annotations) {
		ActivityListenerMethod listenerMethod = new ActivityListenerMethod(this.beanFactory, beanName, method);
		for (SchedulerActivityListener annotation : annotations) {
			add(listenerMethod, annotation);
		}
	}

	private void add(ActivityListenerMethod method, SchedulerActivityListener annotation) {
		String client = client(method, resolve(method, annotation.client()));
		Set<String> agents = agents(method, annotation);
		boolean autoStartup = autoStartup(method, resolve(method, annotation.autoStartup()));
		String id = id(method, resolve(method, annotation.id()));
		// SchedulerConnections may be a bean of a parent, which does not see the beans of
		// this context
		SchedulerActivityErrorHandler errorHandler = new SchedulerBeans(this.beanFactory,
				this.connections.obtain().names())
			.one(client, SchedulerActivityErrorHandler.class);
		this.containers.put(id,
				new ActivityListenerContainer(id, client, agents, autoStartup, method,
						() -> this.beanFactory.getBean(SchedulerClientFactory.class).createAsync(client),
						(errorHandler != null) ? errorHandler : this.defaultErrorHandler));
	}

	private String client(ActivityListenerMethod method, String client) {
		String name = client.isEmpty() ? SchedulerConnections.DEFAULT_NAME : client;
		Set<String> names = this.connections.obtain().names();
		if (!names.contains(name)) {
			throw new SchedulerFailureException(
					"%s has the annotation @SchedulerActivityListener with the client '%s', which does not exist (available: %s)."
						.formatted(method, client, names),
					"Correct 'client' in the annotation, or define the client with 'sw4rm.scheduler.client.<name>.address'.",
					null);
		}
		return name;
	}

	private Set<String> agents(ActivityListenerMethod method, SchedulerActivityListener annotation) {
		Set<String> agents = new LinkedHashSet<>();
		Stream.of(annotation.agents())
			.map((agent) -> resolve(method, agent))
			.flatMap((list) -> Stream.of(list.split(",", -1)))
			.map(String::strip)
			.forEach(agents::add);
		if (agents.isEmpty() || agents.contains("")) {
			throw new SchedulerFailureException(
					"%s has the annotation @SchedulerActivityListener with a missing or blank agent: %s."
						.formatted(method, agents),
					"Set 'agents' in the annotation to at least one agent, or correct the property that it refers to.",
					null);
		}
		return agents;
	}

	private static boolean autoStartup(ActivityListenerMethod method, String autoStartup) {
		return switch (autoStartup) {
			case "true" -> true;
			case "false" -> false;
			default -> throw new SchedulerFailureException(
					"%s has the annotation @SchedulerActivityListener with autoStartup '%s'.".formatted(method,
							autoStartup),
					"Set it to true or false.", null);
		};
	}

	private String id(ActivityListenerMethod method, String id) {
		if (this.containers.containsKey(id)) {
			throw new SchedulerFailureException(
					"%s has the annotation @SchedulerActivityListener with the id '%s', which another listener has."
						.formatted(method, id),
					"Use another id.", null);
		}
		return id.isEmpty() ? generateId(method.name()) : id;
	}

	private String generateId(String name) {
		String id = name;
		for (int i = 2; this.containers.containsKey(id); i++) {
			id = name + "-" + i;
		}
		return id;
	}

	private String resolve(ActivityListenerMethod method, String text) {
		try {
			return Objects.requireNonNullElse(this.beanFactory.resolveEmbeddedValue(text), "").strip();
		}
		catch (IllegalArgumentException ex) {
			throw new SchedulerFailureException(
					"%s has the annotation @SchedulerActivityListener with a placeholder that can't be resolved: %s."
						.formatted(method, ex.getMessage()),
					"Set the property that the placeholder refers to, or give the placeholder a default value.", ex);
		}
	}

}
