package io.sw4rm.scheduler.autoconfigure.metrics;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;

import org.springframework.beans.factory.DisposableBean;

import io.sw4rm.scheduler.autoconfigure.SchedulerClientBuilderCustomizer;
import io.sw4rm.scheduler.autoconfigure.SchedulerConnections;
import io.sw4rm.scheduler.client.SchedulerClientBuilder;
import io.sw4rm.scheduler.client.micrometer.SchedulerMetrics;

/**
 * Records metrics of each scheduler's clients. In an application with named schedulers
 * all meters have the tag {@code client}. Meters are removed from the registry with the
 * application context.
 */
class SchedulerMetricsCustomizer implements SchedulerClientBuilderCustomizer, DisposableBean {

	private final SchedulerConnections connections;

	private final MeterRegistry registry;

	private final Map<String, SchedulerMetrics> metrics = new ConcurrentHashMap<>();

	SchedulerMetricsCustomizer(SchedulerConnections connections, MeterRegistry registry) {
		this.connections = connections;
		this.registry = registry;
	}

	@Override
	public void customize(String name, SchedulerClientBuilder builder) {
		SchedulerMetricsProperties properties = this.connections.bind(name, "metrics", new SchedulerMetricsProperties(),
				true);
		if (!properties.isEnabled()) {
			return;
		}
		Tags tags = this.connections.hasNames() ? Tags.of("client", name) : Tags.empty();
		builder.listener(this.metrics.computeIfAbsent(name,
				(key) -> new SchedulerMetrics(this.registry, properties.isPercentilesHistogram(), tags)));
		this.connections.get(name).markMeasured(builder);
	}

	@Override
	public void destroy() {
		this.metrics.values().forEach(SchedulerMetrics::close);
	}

}
