package io.sw4rm.scheduler.testsupport;

import java.time.Duration;

import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;

import static org.awaitility.Awaitility.await;

/**
 * Connects the channels of clients.
 */
public final class Channels {

	private Channels() {
	}

	/**
	 * Connect a channel, so that the time to connect does not count towards the deadline
	 * of the first call.
	 * @param channel the channel
	 */
	public static void connect(ManagedChannel channel) {
		await().atMost(Duration.ofSeconds(30)).until(() -> channel.getState(true) == ConnectivityState.READY);
	}

}
