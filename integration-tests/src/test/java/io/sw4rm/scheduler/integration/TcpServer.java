package io.sw4rm.scheduler.integration;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A server of whatever else there is than gRPC: says something to each client and takes
 * no notice of what the client says.
 */
final class TcpServer implements AutoCloseable {

	private final ServerSocket listener;

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private final Set<Socket> clients = ConcurrentHashMap.newKeySet();

	/**
	 * Listen on any free port of the loopback interface.
	 * @param talk what to say to each client; the connection stays open unless it closes
	 * the stream
	 */
	TcpServer(Talk talk) {
		try {
			this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		this.threads.execute(() -> acceptAll(talk));
	}

	int port() {
		return this.listener.getLocalPort();
	}

	@Override
	public void close() throws IOException {
		this.listener.close();
		for (Socket client : this.clients) {
			client.close();
		}
		this.threads.shutdownNow();
	}

	private void acceptAll(Talk talk) {
		while (!this.listener.isClosed()) {
			try {
				Socket client = this.listener.accept();
				this.clients.add(client);
				this.threads.execute(() -> talk(talk, client));
				this.threads.execute(() -> ignore(client));
			}
			catch (IOException ex) {
				// The listener was closed
			}
		}
	}

	private static void talk(Talk talk, Socket client) {
		try {
			talk.to(client.getOutputStream());
		}
		catch (IOException ex) {
			// The client has gone
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * Unread bytes would turn the end of a connection into a reset.
	 */
	private static void ignore(Socket client) {
		try {
			client.getInputStream().transferTo(OutputStream.nullOutputStream());
		}
		catch (IOException ex) {
			// The connection was closed
		}
	}

	/**
	 * What a server says to a client.
	 */
	@FunctionalInterface
	interface Talk {

		void to(OutputStream client) throws IOException, InterruptedException;

	}

}
