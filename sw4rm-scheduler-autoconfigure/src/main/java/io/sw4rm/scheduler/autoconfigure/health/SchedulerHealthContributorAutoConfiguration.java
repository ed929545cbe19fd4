package io.sw4rm.scheduler.autoconfigure.health;

import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.HealthContributor;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;

import io.sw4rm.scheduler.autoconfigure.SchedulerAutoConfiguration;
import io.sw4rm.scheduler.autoconfigure.SchedulerConnections;
import io.sw4rm.scheduler.autoconfigure.channel.SchedulerConnection;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for the health of the SW4RM
 * scheduler.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = SchedulerAutoConfiguration.class)
@ConditionalOnClass({ HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class })
@ConditionalOnBean(SchedulerConnections.class)
@ConditionalOnEnabledHealthIndicator("sw4rm-scheduler")
@EnableConfigurationProperties(SchedulerHealthProperties.class)
public final class SchedulerHealthContributorAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean(name = { "sw4rmSchedulerHealthIndicator", "sw4rmSchedulerHealthContributor" })
	HealthContributor sw4rmSchedulerHealthContributor(SchedulerConnections connections) {
		if (!connections.hasNames()) {
			return indicator(connections, SchedulerConnections.DEFAULT_NAME);
		}
		Map<String, HealthIndicator> indicators = new LinkedHashMap<>();
		connections.names().forEach((name) -> indicators.put(name, indicator(connections, name)));
		return CompositeHealthContributor.fromMap(indicators);
	}

	private static HealthIndicator indicator(SchedulerConnections connections, String name) {
		SchedulerHealthProperties properties = connections.bind(name, "health", new SchedulerHealthProperties(), true);
		properties.validate(connections.prefix(name));
		SchedulerConnection connection = connections.get(name);
		return new SchedulerHealthIndicator(
				new SchedulerHealthProbe(connection, properties.getDeadline(), Clock.systemUTC()), connection);
	}

}
