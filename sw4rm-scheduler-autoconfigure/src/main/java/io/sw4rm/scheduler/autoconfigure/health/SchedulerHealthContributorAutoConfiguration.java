package io.sw4rm.scheduler.autoconfigure.health;

import java.time.Clock;

import io.grpc.Channel;
import io.grpc.health.v1.HealthGrpc;

import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthContributor;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;

import io.sw4rm.scheduler.autoconfigure.SchedulerAutoConfiguration;
import io.sw4rm.scheduler.autoconfigure.SchedulerConnectionDetails;
import io.sw4rm.scheduler.client.address.SchedulerAddress;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for the health of the SW4RM
 * scheduler.
 */
@AutoConfiguration(after = SchedulerAutoConfiguration.class)
@ConditionalOnClass({ HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class, HealthGrpc.class })
@ConditionalOnBooleanProperty(name = "sw4rm.scheduler.enabled", matchIfMissing = true)
@ConditionalOnBean(name = "sw4rmSchedulerChannel")
@ConditionalOnEnabledHealthIndicator("sw4rm-scheduler")
@EnableConfigurationProperties(SchedulerHealthProperties.class)
public final class SchedulerHealthContributorAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean(name = { "sw4rmSchedulerHealthIndicator", "sw4rmSchedulerHealthContributor" })
	HealthContributor sw4rmSchedulerHealthContributor(@Qualifier("sw4rmSchedulerChannel") Channel channel,
			SchedulerConnectionDetails connectionDetails, SchedulerHealthProperties properties) {
		SchedulerHealthProbe probe = new SchedulerHealthProbe(channel, properties.getDeadline(), Clock.systemUTC());
		return new SchedulerHealthIndicator(probe, channel,
				SchedulerAddress.parse(connectionDetails.getAddress()).toString());
	}

}
