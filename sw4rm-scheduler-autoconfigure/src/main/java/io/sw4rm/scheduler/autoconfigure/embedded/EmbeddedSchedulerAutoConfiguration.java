package io.sw4rm.scheduler.autoconfigure.embedded;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;

import io.sw4rm.scheduler.autoconfigure.SchedulerAutoConfiguration;
import io.sw4rm.scheduler.autoconfigure.SchedulerConnectionDetails;
import io.sw4rm.scheduler.embedded.EmbeddedScheduler;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for an embedded scheduler.
 */
@AutoConfiguration(before = SchedulerAutoConfiguration.class)
@ConditionalOnClass(EmbeddedScheduler.class)
@ConditionalOnBooleanProperty(name = "sw4rm.scheduler.enabled", matchIfMissing = true)
@ConditionalOnMissingBean(value = SchedulerConnectionDetails.class, name = "sw4rmSchedulerChannel")
@Conditional(OnEmbeddedSchedulerCondition.class)
@EnableConfigurationProperties(EmbeddedSchedulerProperties.class)
public final class EmbeddedSchedulerAutoConfiguration {

	private static final Log logger = LogFactory.getLog(EmbeddedSchedulerAutoConfiguration.class);

	@Bean
	@ConditionalOnMissingBean
	EmbeddedScheduler sw4rmEmbeddedScheduler(EmbeddedSchedulerProperties properties) {
		EmbeddedScheduler scheduler = EmbeddedScheduler.builder().port(properties.getPort()).start();
		logger.info("Embedded SW4RM scheduler, for development and tests, listens on " + scheduler.address());
		return scheduler;
	}

	@Bean
	EmbeddedSchedulerConnectionDetails sw4rmEmbeddedSchedulerConnectionDetails(EmbeddedScheduler scheduler,
			ConfigurableApplicationContext applicationContext) {
		EmbeddedSchedulerPort.publish(scheduler.port(), applicationContext);
		return new EmbeddedSchedulerConnectionDetails(scheduler);
	}

}
