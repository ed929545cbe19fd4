package io.sw4rm.scheduler.autoconfigure.metrics;

import io.micrometer.core.instrument.MeterRegistry;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

import io.sw4rm.scheduler.autoconfigure.SchedulerAutoConfiguration;
import io.sw4rm.scheduler.autoconfigure.SchedulerConnections;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for metrics about calls to the SW4RM
 * scheduler.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = SchedulerAutoConfiguration.class,
		afterName = "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration")
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnBean({ MeterRegistry.class, SchedulerConnections.class })
@EnableConfigurationProperties(SchedulerMetricsProperties.class)
public final class SchedulerMetricsAutoConfiguration {

	@Bean
	@Order(Ordered.HIGHEST_PRECEDENCE)
	@ConditionalOnMissingBean(name = "sw4rmSchedulerMetricsCustomizer")
	SchedulerMetricsCustomizer sw4rmSchedulerMetricsCustomizer(SchedulerConnections connections,
			MeterRegistry registry) {
		return new SchedulerMetricsCustomizer(connections, registry);
	}

}
