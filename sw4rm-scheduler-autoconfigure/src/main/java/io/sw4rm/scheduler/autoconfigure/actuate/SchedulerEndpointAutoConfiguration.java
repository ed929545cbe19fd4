package io.sw4rm.scheduler.autoconfigure.actuate;

import java.time.Clock;

import io.grpc.Channel;

import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.autoconfigure.info.ConditionalOnEnabledInfoContributor;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import io.sw4rm.scheduler.autoconfigure.SchedulerAutoConfiguration;
import io.sw4rm.scheduler.autoconfigure.SchedulerConnectionDetails;
import io.sw4rm.scheduler.autoconfigure.SchedulerProperties;
import io.sw4rm.scheduler.client.SchedulerClient;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for {@link SchedulerEndpoint} and
 * what the info endpoint tells of the scheduler.
 */
@AutoConfiguration(after = SchedulerAutoConfiguration.class)
@ConditionalOnClass({ Endpoint.class, ConditionalOnAvailableEndpoint.class })
@ConditionalOnBooleanProperty(name = "sw4rm.scheduler.enabled", matchIfMissing = true)
@ConditionalOnSingleCandidate(SchedulerClient.class)
public final class SchedulerEndpointAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean(name = "sw4rmSchedulerInfoContributor")
	@ConditionalOnEnabledInfoContributor("sw4rm-scheduler")
	SchedulerInfoContributor sw4rmSchedulerInfoContributor(SchedulerConnectionDetails connectionDetails) {
		return new SchedulerInfoContributor(connectionDetails);
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnAvailableEndpoint(SchedulerEndpoint.class)
	@ConditionalOnBean(name = "sw4rmSchedulerChannel")
	static class EndpointConfiguration {

		@Bean
		SchedulerCallStatistics sw4rmSchedulerCallStatistics() {
			return new SchedulerCallStatistics(Clock.systemUTC());
		}

		@Bean
		@ConditionalOnMissingBean
		SchedulerEndpoint sw4rmSchedulerEndpoint(SchedulerClient client,
				@Qualifier("sw4rmSchedulerChannel") Channel channel, SchedulerConnectionDetails connectionDetails,
				SchedulerProperties properties, SchedulerCallStatistics statistics) {
			return new SchedulerEndpoint(client, channel, connectionDetails, properties, statistics);
		}

	}

}
