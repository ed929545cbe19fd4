package io.sw4rm.scheduler.client.micrometer;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import org.jspecify.annotations.Nullable;

import io.sw4rm.scheduler.client.SchedulerCall;
import io.sw4rm.scheduler.client.SchedulerCallListener;

/**
 * Observes each call, including all attempts. Thread-safe.
 *
 * @since 0.1.0
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
	 * Only the thread that starts the call opens a scope. Another one only delivers the
	 * result, perhaps before the first scope is closed.
	 */
	@Override
	public void onScopeOpened(SchedulerCall call) {
		if (call.getAttribute(Observation.class) instanceof Observation observation
				&& call.getAttribute(ThreadScope.class) == null) {
			call.setAttribute(ThreadScope.class, new ThreadScope(Thread.currentThread(), observation.openScope()));
		}
	}

	@Override
	public void onScopeClosed(SchedulerCall call) {
		if (call.getAttribute(ThreadScope.class) instanceof ThreadScope scope
				&& scope.thread() == Thread.currentThread()) {
			scope.scope().close();
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

	private record ThreadScope(Thread thread, Observation.Scope scope) {

	}

}
