package io.sw4rm.scheduler.autoconfigure.channel;

import io.grpc.Channel;

/**
 * Published when a channel has a connection to its scheduler again, after a
 * {@link SchedulerConnectionLostEvent}.
 *
 * @since 0.1.0
 */
@SuppressWarnings("serial")
public class SchedulerConnectionRestoredEvent extends SchedulerConnectionEvent {

	SchedulerConnectionRestoredEvent(Channel channel, String clientName, String target) {
		super(channel, clientName, target);
	}

}
