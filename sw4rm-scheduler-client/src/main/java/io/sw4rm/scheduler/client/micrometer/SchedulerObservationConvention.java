package io.sw4rm.scheduler.client.micrometer;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;

/**
 * {@link ObservationConvention} of calls to schedulers.
 *
 * @since 0.1.0
 * @see DefaultSchedulerObservationConvention
 */
public interface SchedulerObservationConvention extends ObservationConvention<SchedulerObservationContext> {

	@Override
	default boolean supportsContext(Observation.Context context) {
		return context instanceof SchedulerObservationContext;
	}

}
