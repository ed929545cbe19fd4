package io.sw4rm.scheduler.autoconfigure.metrics;

import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Configuration properties of metrics about calls to the SW4RM scheduler.
 */
@ConfigurationProperties("sw4rm.scheduler.metrics")
public class SchedulerMetricsProperties {

	/**
	 * Whether to record metrics about calls.
	 */
	private boolean enabled = true;

	/**
	 * Whether the durations of calls have a histogram for percentiles, instead of the
	 * protocol's buckets alone.
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
