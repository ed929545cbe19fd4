package io.sw4rm.scheduler.autoconfigure.metrics;

import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Configuration properties of metrics about calls to the SW4RM scheduler.
 *
 * @since 0.1.0
 */
@ConfigurationProperties("sw4rm.scheduler.metrics")
public class SchedulerMetricsProperties {

	/**
	 * Whether to record metrics about calls.
	 */
	private boolean enabled = true;

	/**
	 * Whether to publish a histogram of call durations for computing percentiles, in
	 * addition to the buckets of the protocol.
	 */
	private boolean percentilesHistogram;

	public boolean isEnabled() {
		return this.enabled;
	}

	public void setEnabled(boolean enabled) {
		this.enabled = enabled;
	}

	public boolean isPercentilesHistogram() {
		return this.percentilesHistogram;
	}

	public void setPercentilesHistogram(boolean percentilesHistogram) {
		this.percentilesHistogram = percentilesHistogram;
	}

}
