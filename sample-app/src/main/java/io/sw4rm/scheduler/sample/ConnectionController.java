package io.sw4rm.scheduler.sample;

import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.health.actuate.endpoint.HealthDescriptor;
import org.springframework.boot.health.actuate.endpoint.HealthEndpoint;
import org.springframework.boot.health.contributor.Status;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

import io.sw4rm.scheduler.autoconfigure.SchedulerConnectionDetails;
import io.sw4rm.scheduler.autoconfigure.channel.SchedulerChannel;
import io.sw4rm.scheduler.client.address.SchedulerAddress;
import io.sw4rm.scheduler.embedded.EmbeddedScheduler;

/**
 * Shows the connection to the scheduler.
 */
@RestController
@RequestMapping("/api/connection")
class ConnectionController {

	private final ManagedChannel channel;

	private final HealthEndpoint health;

	private final String target;

	private final boolean embedded;

	ConnectionController(@SchedulerChannel ManagedChannel channel, HealthEndpoint health,
			SchedulerConnectionDetails connectionDetails, ObjectProvider<EmbeddedScheduler> embeddedScheduler) {
		this.channel = channel;
		this.health = health;
		this.target = SchedulerAddress.parse(connectionDetails.getAddress()).toString();
		this.embedded = embeddedScheduler.getIfAvailable() != null;
	}

	/**
	 * Connects if necessary, without the delay between attempts, so that the page shows
	 * the current state.
	 */
	@GetMapping
	Connection connection() {
		if (this.channel.getState(true) == ConnectivityState.TRANSIENT_FAILURE) {
			this.channel.resetConnectBackoff();
		}
		return new Connection(this.target, state(), this.embedded);
	}

	/**
	 * The channel alone does not tell whether the scheduler responds, so its health is
	 * checked.
	 */
	private State state() {
		HealthDescriptor health = this.health.healthForPath("sw4rmScheduler");
		Status status = (health != null) ? health.getStatus() : Status.UNKNOWN;
		if (status.equals(Status.OUT_OF_SERVICE)) {
			return State.NOT_SERVING;
		}
		if (!status.equals(Status.DOWN)) {
			return State.CONNECTED;
		}
		return switch (this.channel.getState(false)) {
			case TRANSIENT_FAILURE, SHUTDOWN -> State.UNAVAILABLE;
			default -> State.NOT_RESPONDING;
		};
	}

	/**
	 * The connection to the scheduler.
	 *
	 * @param target the address of the scheduler
	 * @param state its state
	 * @param embedded whether the scheduler is embedded in the application
	 */
	record Connection(String target, State state, boolean embedded) {

	}

	enum State {

		CONNECTED, NOT_SERVING, NOT_RESPONDING, UNAVAILABLE

	}

}
