package io.sw4rm.scheduler.autoconfigure.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

import io.sw4rm.scheduler.autoconfigure.SchedulerAutoConfiguration;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for metrics about calls to the SW4RM
 * scheduler.
 */
@AutoConfiguration(before = SchedulerAutoConfiguration.class,
		afterName = "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration")
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnBean(MeterRegistry.class)
@ConditionalOnBooleanProperty(name = "sw4rm.scheduler.enabled", matchIfMissing = true)
@ConditionalOnBooleanProperty(name = "sw4rm.scheduler.metrics.enabled", matchIfMissing = true)
@EnableConfigurationProperties(SchedulerMetricsProperties.class)
public final class SchedulerMetricsAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean(name = "sw4rmSchedulerMetrics")
	SchedulerMetrics sw4rmSchedulerMetrics(MeterRegistry registry, SchedulerMetricsProperties properties,
			ObjectProvider<SchedulerMeterTagsProvider> tagsProviders) {
		Tags tags = tagsProviders.orderedStream()
			.map(SchedulerMeterTagsProvider::getTags)
			.reduce(Tags.empty(), Tags::and, Tags::and);
		return new SchedulerMetrics(registry, properties.isPercentilesHistogram(), tags);
	}

}
