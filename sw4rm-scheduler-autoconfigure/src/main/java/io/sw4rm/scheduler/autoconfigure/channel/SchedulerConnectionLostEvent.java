package io.sw4rm.scheduler.autoconfigure.channel;

import io.grpc.Channel;

/**
 * Published when a channel has no connection to its scheduler, and an attempt to connect
 * has failed. Published once, until the connection is
 * {@linkplain SchedulerConnectionRestoredEvent restored}. A connection that the channel
 * can replace at once, or closes because it is idle, is not lost.
 *
 * @since 0.1.0
 */
@SuppressWarnings("serial")
public class SchedulerConnectionLostEvent extends SchedulerConnectionEvent {

	SchedulerConnectionLostEvent(Channel channel, String clientName, String target) {
		super(channel, clientName, target);
	}

}
