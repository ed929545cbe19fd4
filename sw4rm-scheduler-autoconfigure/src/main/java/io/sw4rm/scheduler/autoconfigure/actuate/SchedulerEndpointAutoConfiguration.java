package io.sw4rm.scheduler.autoconfigure.actuate;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.autoconfigure.info.ConditionalOnEnabledInfoContributor;
import org.springframework.boot.actuate.autoconfigure.info.InfoContributorFallback;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.info.InfoContributor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

import io.sw4rm.scheduler.autoconfigure.SchedulerAutoConfiguration;
import io.sw4rm.scheduler.autoconfigure.SchedulerClientFactory;
import io.sw4rm.scheduler.autoconfigure.SchedulerConnections;
import io.sw4rm.scheduler.client.address.SchedulerAddress;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for {@link SchedulerEndpoint} and
 * the info contributor for schedulers.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = SchedulerAutoConfiguration.class)
@ConditionalOnClass({ Endpoint.class, ConditionalOnAvailableEndpoint.class })
@ConditionalOnBean(SchedulerConnections.class)
public final class SchedulerEndpointAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean(name = "sw4rmSchedulerInfoContributor")
	@ConditionalOnEnabledInfoContributor(value = "sw4rm-scheduler", fallback = InfoContributorFallback.DISABLE)
	InfoContributor sw4rmSchedulerInfoContributor(SchedulerConnections connections) {
		return (builder) -> {
			Map<String, String> targets = new LinkedHashMap<>();
			connections.names().forEach((name) -> targets.put(name, connections.get(name).target()));
			List<String> embedded = connections.names()
				.stream()
				.filter((name) -> connections.get(name).isEmbedded())
				.toList();
			builder.withDetail("sw4rmScheduler",
					Map.of("targets", targets, "embedded", embedded, "client", SchedulerAddress.USER_AGENT));
		};
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnAvailableEndpoint(SchedulerEndpoint.class)
	static class EndpointConfiguration {

		@Bean
		@Order(Ordered.HIGHEST_PRECEDENCE)
		SchedulerStatistics sw4rmSchedulerStatistics() {
			return new SchedulerStatistics();
		}

		@Bean
		@ConditionalOnMissingBean
		SchedulerEndpoint sw4rmSchedulerEndpoint(SchedulerConnections connections, SchedulerClientFactory clientFactory,
				SchedulerStatistics statistics) {
			return new SchedulerEndpoint(connections, clientFactory, statistics);
		}

		@Bean
		@ConditionalOnMissingBean
		SchedulerEndpointWebExtension sw4rmSchedulerEndpointWebExtension(SchedulerEndpoint endpoint) {
			return new SchedulerEndpointWebExtension(endpoint);
		}

	}

}
