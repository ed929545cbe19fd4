package io.sw4rm.scheduler.autoconfigure.channel;

import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.context.ApplicationEventPublisher;

/**
 * Publishes the events of a connection until its channel is shut down.
 */
class ConnectionEventPublisher {

	private static final Log logger = LogFactory.getLog(ConnectionEventPublisher.class);

	private final ApplicationEventPublisher publisher;

	private final String clientName;

	private final String target;

	private final ManagedChannel channel;

	/** Changed by one thread at a time. */
	private boolean lost;

	ConnectionEventPublisher(ApplicationEventPublisher publisher, String clientName, String target,
			ManagedChannel channel) {
		this.publisher = publisher;
		this.clientName = clientName;
		this.target = target;
		this.channel = channel;
	}

	void start() {
		await(ConnectivityState.IDLE);
	}

	private void await(ConnectivityState state) {
		this.channel.notifyWhenStateChanged(state, this::stateChanged);
	}

	private void stateChanged() {
		ConnectivityState state = this.channel.getState(false);
		if (state == ConnectivityState.TRANSIENT_FAILURE && !this.lost) {
			this.lost = true;
			publish(new SchedulerConnectionLostEvent(this.channel, this.clientName, this.target));
		}
		else if (state == ConnectivityState.READY && this.lost) {
			this.lost = false;
			publish(new SchedulerConnectionRestoredEvent(this.channel, this.clientName, this.target));
		}
		if (state != ConnectivityState.SHUTDOWN) {
			await(state);
		}
	}

	private void publish(SchedulerConnectionEvent event) {
		try {
			this.publisher.publishEvent(event);
		}
		catch (Throwable ex) {
			logger.warn("A listener of %s threw an exception".formatted(event), ex);
		}
	}

}
