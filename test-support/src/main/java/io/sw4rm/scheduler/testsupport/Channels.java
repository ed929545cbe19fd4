package io.sw4rm.scheduler.testsupport;

import java.time.Duration;

import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;

import static org.awaitility.Awaitility.await;

/**
 * Channels of clients.
 */
public final class Channels {

	private Channels() {
	}

	/**
	 * Connect a channel, so that the deadline of the first call does not include it.
	 * @param channel the channel
	 */
	public static void connect(ManagedChannel channel) {
		channel.getState(true);
		await().atMost(Duration.ofSeconds(30)).until(() -> channel.getState(false) == ConnectivityState.READY);
	}

}
