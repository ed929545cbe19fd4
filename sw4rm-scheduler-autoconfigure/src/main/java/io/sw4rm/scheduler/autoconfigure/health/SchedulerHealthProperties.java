package io.sw4rm.scheduler.autoconfigure.health;

import java.time.Duration;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/**
 * Configuration properties of the health indicator for the SW4RM scheduler.
 *
 * @since 0.1.0
 */
@ConfigurationProperties("sw4rm.scheduler.health")
public class SchedulerHealthProperties {

	/**
	 * Time within which the scheduler must respond to a health check.
	 */
	private Duration deadline = Duration.ofSeconds(2);

	public Duration getDeadline() {
		return this.deadline;
	}

	public void setDeadline(Duration deadline) {
		this.deadline = deadline;
	}

	void validate(String prefix) {
		if (this.deadline.isZero() || this.deadline.isNegative()) {
			throw new InvalidConfigurationPropertyValueException(prefix + "health.deadline", this.deadline,
					"It must be positive. Give it a unit, such as 500ms or 2s.");
		}
	}

}
