package io.sw4rm.scheduler.autoconfigure.channel;

import io.grpc.Channel;

import org.springframework.context.ApplicationEvent;

/**
 * A change of the connection to a scheduler. Events of one scheduler are published one at
 * a time, in their order, on a thread of its channel: a listener that takes long delays
 * the following events, but no calls. Exceptions of listeners are logged. The source of
 * an event is the {@link Channel}.
 * <p>
 * Channels connect when calls need them, so events are published only while there are
 * calls, health checks or watches.
 *
 * @since 0.1.0
 * @see SchedulerConnectionLostEvent
 * @see SchedulerConnectionRestoredEvent
 */
@SuppressWarnings("serial")
public abstract class SchedulerConnectionEvent extends ApplicationEvent {

	private final String clientName;

	private final String target;

	SchedulerConnectionEvent(Channel channel, String clientName, String target) {
		super(channel);
		this.clientName = clientName;
		this.target = target;
	}

	/**
	 * Return the name of the client in {@code sw4rm.scheduler.client.<name>}.
	 * @return the name, or {@code default} for the client without a name
	 */
	public String getClientName() {
		return this.clientName;
	}

	/**
	 * Return the address of the scheduler.
	 * @return the address, or the authority of the application's own channel
	 */
	public String getTarget() {
		return this.target;
	}

	@Override
	public String toString() {
		return "%s[client '%s', target %s]".formatted(getClass().getSimpleName(), this.clientName, this.target);
	}

}
