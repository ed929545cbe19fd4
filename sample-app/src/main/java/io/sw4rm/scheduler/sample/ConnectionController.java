package io.sw4rm.scheduler.sample;

import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

import io.sw4rm.scheduler.autoconfigure.SchedulerConnectionDetails;
import io.sw4rm.scheduler.client.address.SchedulerAddress;
import io.sw4rm.scheduler.embedded.EmbeddedScheduler;

/**
 * Shows the connection to the scheduler.
 */
@RestController
@RequestMapping("/api/connection")
class ConnectionController {

	private final ManagedChannel channel;

	private final String target;

	private final boolean embedded;

	ConnectionController(@Qualifier("sw4rmSchedulerChannel") ManagedChannel channel,
			SchedulerConnectionDetails connectionDetails, ObjectProvider<EmbeddedScheduler> embeddedScheduler) {
		this.channel = channel;
		this.target = SchedulerAddress.parse(connectionDetails.getAddress()).toString();
		this.embedded = embeddedScheduler.getIfAvailable() != null;
	}

	/**
	 * Connects if necessary, without the delay between attempts, so that the page shows
	 * the current state.
	 */
	@GetMapping
	Connection connection() {
		ConnectivityState state = this.channel.getState(true);
		if (state == ConnectivityState.TRANSIENT_FAILURE) {
			this.channel.resetConnectBackoff();
		}
		return new Connection(this.target, state, this.embedded);
	}

	/**
	 * The connection to the scheduler.
	 *
	 * @param target the address of the scheduler
	 * @param state the state of the gRPC channel
	 * @param embedded whether the scheduler is embedded in the application
	 */
	record Connection(String target, ConnectivityState state, boolean embedded) {

	}

}
