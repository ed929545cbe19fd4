package io.sw4rm.scheduler.client.micrometer;

import io.micrometer.observation.transport.Kind;
import io.micrometer.observation.transport.SenderContext;

import io.sw4rm.scheduler.client.SchedulerCall;

/**
 * {@link SenderContext} of a call to a scheduler. The propagated trace context is sent as
 * metadata of the call.
 *
 * @since 0.1.0
 */
public class SchedulerObservationContext extends SenderContext<SchedulerCall> {

	private static final System.Logger logger = System.getLogger(SchedulerObservationContext.class.getName());

	private final SchedulerCall call;

	/**
	 * Create a context.
	 * @param call the call
	 */
	public SchedulerObservationContext(SchedulerCall call) {
		super((carrier, key, value) -> {
			if (carrier != null) {
				propagate(carrier, key, value);
			}
		}, Kind.CLIENT);
		this.call = call;
	}

	/**
	 * What gRPC can't send must not cost the observation.
	 */
	private static void propagate(SchedulerCall call, String name, String value) {
		try {
			call.setMetadata(name, value);
		}
		catch (IllegalArgumentException ex) {
			logger.log(System.Logger.Level.DEBUG, "Trace context is not propagated: {0}", ex.getMessage());
		}
	}

	/**
	 * Return the call.
	 * @return the call, which has a {@linkplain SchedulerCall#status() status} when the
	 * observation stops
	 */
	public SchedulerCall getCall() {
		return this.call;
	}

	@Override
	public SchedulerCall getCarrier() {
		return this.call;
	}

}
