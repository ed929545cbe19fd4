package io.sw4rm.scheduler.autoconfigure.embedded;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

import io.sw4rm.scheduler.autoconfigure.SchedulerAutoConfiguration;
import io.sw4rm.scheduler.autoconfigure.SchedulerConnections;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for an embedded scheduler.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = SchedulerAutoConfiguration.class)
@ConditionalOnBean(SchedulerConnections.class)
@EnableConfigurationProperties(EmbeddedSchedulerProperties.class)
public final class EmbeddedSchedulerAutoConfiguration {

	@Bean
	static EmbeddedSchedulerRegistrar sw4rmEmbeddedSchedulerRegistrar() {
		return new EmbeddedSchedulerRegistrar();
	}

}
