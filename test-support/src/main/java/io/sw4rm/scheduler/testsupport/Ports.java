package io.sw4rm.scheduler.testsupport;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;

import static org.awaitility.Awaitility.await;

/**
 * Ports of the loopback interface.
 */
public final class Ports {

	private Ports() {
	}

	/**
	 * Return a port that nothing listens on. Other programs may use it at any time:
	 * prefer port 0 to start a server.
	 * @return the port
	 */
	public static int unused() {
		try (ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
			return socket.getLocalPort();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Start a server on a port that was in use before. Retries for a while, because a
	 * connection of another program may use the free port temporarily.
	 * @param <T> the type of server
	 * @param start starts the server, or throws an exception if the port is taken
	 * @return the server
	 */
	public static <T> T listenAgain(Callable<T> start) {
		return await().atMost(Duration.ofSeconds(20))
			.pollDelay(Duration.ZERO)
			.ignoreExceptions()
			.until(start, Objects::nonNull);
	}

}
