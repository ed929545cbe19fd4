package io.sw4rm.scheduler.autoconfigure.observation;

import io.micrometer.core.instrument.observation.MeterObservationHandler;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.handler.TracingObservationHandler;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.util.ClassUtils;

import io.sw4rm.scheduler.autoconfigure.SchedulerClientBuilderCustomizer;
import io.sw4rm.scheduler.autoconfigure.SchedulerConnections;
import io.sw4rm.scheduler.client.SchedulerClientBuilder;
import io.sw4rm.scheduler.client.micrometer.SchedulerObservationConvention;
import io.sw4rm.scheduler.client.micrometer.SchedulerObservations;

/**
 * Observes calls if there is a consumer: a tracer, another observation handler that does
 * not only record meters, or the application's own convention.
 */
class SchedulerObservationCustomizer implements SchedulerClientBuilderCustomizer {

	private static final boolean HAS_METERS = isPresent(
			"io.micrometer.core.instrument.observation.MeterObservationHandler");

	private static final boolean HAS_TRACING = isPresent("io.micrometer.tracing.handler.TracingObservationHandler");

	private final SchedulerConnections connections;

	private final ObjectProvider<ObservationRegistry> registry;

	private final ObjectProvider<ObservationHandler<?>> handlers;

	SchedulerObservationCustomizer(SchedulerConnections connections, ObjectProvider<ObservationRegistry> registry,
			ObjectProvider<ObservationHandler<?>> handlers) {
		this.connections = connections;
		this.registry = registry;
		this.handlers = handlers;
	}

	private static boolean isPresent(String className) {
		return ClassUtils.isPresent(className, null);
	}

	@Override
	public void customize(String name, SchedulerClientBuilder builder) {
		ObservationRegistry registry = this.registry.getIfUnique();
		SchedulerObservationConvention convention = this.connections.beans()
			.one(name, SchedulerObservationConvention.class);
		if (registry != null && !registry.isNoop()
				&& (convention != null || isReplaced(registry) || this.handlers.stream().anyMatch(this::isWanted))) {
			builder.listener(new SchedulerObservations(registry, convention));
			this.connections.get(name).markMeasured(builder);
		}
	}

	/**
	 * A registry of the application's own, such as one for tests, may have handlers that
	 * are no beans.
	 */
	private static boolean isReplaced(ObservationRegistry registry) {
		return registry.getClass() != ObservationRegistry.create().getClass();
	}

	private boolean isWanted(ObservationHandler<?> handler) {
		return !(HAS_METERS && handler instanceof MeterObservationHandler) && !(HAS_TRACING
				&& handler instanceof TracingObservationHandler<?> tracing && tracing.getTracer() == Tracer.NOOP);
	}

}
