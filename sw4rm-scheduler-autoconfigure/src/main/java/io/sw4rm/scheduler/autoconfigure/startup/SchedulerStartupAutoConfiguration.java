package io.sw4rm.scheduler.autoconfigure.startup;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.context.annotation.Bean;

import io.sw4rm.scheduler.autoconfigure.SchedulerAutoConfiguration;
import io.sw4rm.scheduler.autoconfigure.SchedulerConnections;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for the check of SW4RM schedulers
 * when the application starts.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = SchedulerAutoConfiguration.class)
@ConditionalOnBean(SchedulerConnections.class)
public final class SchedulerStartupAutoConfiguration {

	@Bean
	StartupCheck sw4rmSchedulerStartupCheck(ObjectProvider<SchedulerConnections> connections) {
		return new StartupCheck(connections);
	}

}
