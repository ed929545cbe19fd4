package io.sw4rm.scheduler.autoconfigure.embedded;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingClass;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

import io.sw4rm.scheduler.autoconfigure.SchedulerAutoConfiguration;

/**
 * {@link EnableAutoConfiguration Auto-configuration} that stops an application which asks
 * for an embedded scheduler that isn't there. It would use a real one instead.
 */
@AutoConfiguration(before = SchedulerAutoConfiguration.class)
@ConditionalOnMissingClass("io.sw4rm.scheduler.embedded.EmbeddedScheduler")
@ConditionalOnBooleanProperty(name = "sw4rm.scheduler.enabled", matchIfMissing = true)
@ConditionalOnBooleanProperty("sw4rm.scheduler.embedded.enabled")
public final class MissingEmbeddedSchedulerAutoConfiguration {

	MissingEmbeddedSchedulerAutoConfiguration() {
		throw new InvalidConfigurationPropertyValueException("sw4rm.scheduler.embedded.enabled", true,
				"The embedded scheduler is not on the class path. Add io.sw4rm:sw4rm-scheduler-embedded.");
	}

}
