package io.sw4rm.scheduler.autoconfigure.actuate;

import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.autoconfigure.info.ConditionalOnEnabledInfoContributor;
import org.springframework.boot.actuate.autoconfigure.info.InfoContributorFallback;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
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

/**
 * {@link EnableAutoConfiguration Auto-configuration} for {@link SchedulerEndpoint} and
 * what the info endpoint shows of schedulers.
 */
@AutoConfiguration(after = SchedulerAutoConfiguration.class)
@ConditionalOnClass({ Endpoint.class, ConditionalOnAvailableEndpoint.class })
@ConditionalOnBean(SchedulerConnections.class)
public final class SchedulerEndpointAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean(name = "sw4rmSchedulerInfoContributor")
	@ConditionalOnEnabledInfoContributor(value = "sw4rm-scheduler", fallback = InfoContributorFallback.DISABLE)
	SchedulerInfoContributor sw4rmSchedulerInfoContributor(SchedulerConnections connections) {
		return new SchedulerInfoContributor(connections);
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

	}

}
