package io.sw4rm.scheduler.client.micrometer;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import org.jspecify.annotations.Nullable;

import io.sw4rm.scheduler.client.SchedulerCall;
import io.sw4rm.scheduler.client.SchedulerCallListener;

/**
 * Observes each call, including all attempts. Thread-safe.
 */
public class SchedulerObservations implements SchedulerCallListener {

	private static final SchedulerObservationConvention DEFAULT_CONVENTION = new DefaultSchedulerObservationConvention();

	private final ObservationRegistry registry;

	private final @Nullable SchedulerObservationConvention convention;

	/**
	 * Create a listener that observes calls.
	 * @param registry the registry
	 * @param convention the convention, or {@code null} for
	 * {@link DefaultSchedulerObservationConvention}
	 */
	public SchedulerObservations(ObservationRegistry registry, @Nullable SchedulerObservationConvention convention) {
		this.registry = registry;
		this.convention = convention;
	}

	@Override
	public void onStart(SchedulerCall call) {
		SchedulerObservationContext context = new SchedulerObservationContext(call);
		Observation observation = Observation
			.createNotStarted(this.convention, DEFAULT_CONVENTION, () -> context, this.registry)
			.start();
		call.setAttribute(Observation.class, observation);
	}

	/**
	 * Only the first thread opens a scope: other threads only deliver the result.
	 */
	@Override
	public void onScopeOpened(SchedulerCall call) {
		if (call.getAttribute(Observation.class) instanceof Observation observation
				&& call.getAttribute(SchedulerObservations.class) == null) {
			call.setAttribute(SchedulerObservations.class, true);
			call.setAttribute(Observation.Scope.class, observation.openScope());
		}
	}

	@Override
	public void onScopeClosed(SchedulerCall call) {
		if (call.getAttribute(Observation.Scope.class) instanceof Observation.Scope scope) {
			call.setAttribute(Observation.Scope.class, null);
			scope.close();
		}
	}

	@Override
	public void onEnd(SchedulerCall call) {
		if (call.getAttribute(Observation.class) instanceof Observation observation) {
			if (call.failure() != null) {
				observation.error(call.failure());
			}
			observation.stop();
		}
	}

}
