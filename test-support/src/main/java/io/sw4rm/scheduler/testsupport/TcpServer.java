package io.sw4rm.scheduler.testsupport;

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
import java.util.concurrent.atomic.AtomicInteger;

import io.netty.util.concurrent.DefaultThreadFactory;

/**
 * A server that does not speak gRPC: sends data to each client and ignores what the
 * client sends. Thread-safe.
 */
public final class TcpServer implements AutoCloseable {

	private final ServerSocket listener;

	private final ExecutorService threads = Executors.newCachedThreadPool(new DefaultThreadFactory("tcp-server", true));

	private final AtomicInteger connections = new AtomicInteger();

	private final Set<Socket> clients = ConcurrentHashMap.newKeySet();

	/**
	 * Listen on any free port of the loopback interface.
	 * @param talk sends data to each client; the connection stays open unless it closes
	 * the stream
	 */
	public TcpServer(Talk talk) {
		try {
			this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		this.threads.execute(() -> acceptAll(talk));
	}

	/**
	 * Start a server that accepts connections and sends nothing.
	 * @return the server
	 */
	public static TcpServer silent() {
		return new TcpServer((client) -> {
		});
	}

	/**
	 * Start a server that closes each connection after accepting it.
	 * @return the server
	 */
	public static TcpServer closing() {
		return new TcpServer(OutputStream::close);
	}

	public int port() {
		return this.listener.getLocalPort();
	}

	/**
	 * Return the number of connections that were accepted so far.
	 * @return the number of connections, including closed ones
	 */
	public int connections() {
		return this.connections.get();
	}

	@Override
	public void close() {
		closeQuietly(this.listener);
		this.clients.forEach(TcpServer::closeQuietly);
		this.threads.shutdownNow();
	}

	private void acceptAll(Talk talk) {
		while (!this.listener.isClosed()) {
			try {
				accept(talk, this.listener.accept());
			}
			catch (IOException ex) {
				// The listener was closed
			}
		}
	}

	private void accept(Talk talk, Socket client) {
		this.connections.incrementAndGet();
		this.clients.add(client);
		if (this.listener.isClosed()) {
			closeQuietly(client);
			return;
		}
		this.threads.execute(() -> talk(talk, client));
		this.threads.execute(() -> ignore(client));
	}

	private static void talk(Talk talk, Socket client) {
		try {
			talk.to(client.getOutputStream());
		}
		catch (IOException ex) {
			// The client has disconnected
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * Unread bytes would cause a reset when the connection is closed.
	 */
	private static void ignore(Socket client) {
		try {
			client.getInputStream().transferTo(OutputStream.nullOutputStream());
		}
		catch (IOException ex) {
			// The connection was closed
		}
	}

	private static void closeQuietly(AutoCloseable closeable) {
		try {
			closeable.close();
		}
		catch (Exception ex) {
			// The socket is no longer used, regardless of the outcome
		}
	}

	/**
	 * Sends data to a client.
	 */
	@FunctionalInterface
	public interface Talk {

		/**
		 * Send the data.
		 * @param client the stream to the client
		 * @throws IOException if the client has disconnected
		 * @throws InterruptedException if the server is closed
		 */
		void to(OutputStream client) throws IOException, InterruptedException;

	}

}
