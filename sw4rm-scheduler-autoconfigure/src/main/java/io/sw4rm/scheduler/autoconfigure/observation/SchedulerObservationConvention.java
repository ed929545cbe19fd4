package io.sw4rm.scheduler.autoconfigure.observation;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;

/**
 * {@link ObservationConvention} of calls to schedulers. A bean of this type replaces
 * {@link DefaultSchedulerObservationConvention}.
 */
public interface SchedulerObservationConvention extends ObservationConvention<SchedulerObservationContext> {

	@Override
	default boolean supportsContext(Observation.Context context) {
		return context instanceof SchedulerObservationContext;
	}

}
