package io.sw4rm.scheduler.integration;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;

import static org.awaitility.Awaitility.await;

/**
 * Ports that servers come back to.
 */
final class Ports {

	private Ports() {
	}

	/**
	 * Start a server on a port that was in use before. A free port is anybody's: for a
	 * while, a connection of another program may happen to come from it.
	 * @param <T> the type of server
	 * @param start starts the server, or throws an exception if the port is taken
	 * @return the server
	 */
	static <T> T listenAgain(Callable<T> start) {
		return await().atMost(Duration.ofSeconds(20))
			.pollDelay(Duration.ZERO)
			.ignoreExceptions()
			.until(start, Objects::nonNull);
	}

}
