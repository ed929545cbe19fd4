package io.sw4rm.scheduler.integration;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A network that goes wrong on demand: forwards the connections to a port of the loopback
 * interface to another port there, until told otherwise.
 */
final class FaultyProxy implements AutoCloseable {

	private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

	private final int targetPort;

	private final int port;

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private final AtomicInteger connections = new AtomicInteger();

	/** The open sockets of both sides; guarded by this proxy. */
	private final Set<Socket> sockets = new HashSet<>();

	private volatile boolean silent;

	private ServerSocket listener;

	/**
	 * Listen on any free port.
	 * @param targetPort the port of the server behind this proxy
	 */
	FaultyProxy(int targetPort) {
		this.targetPort = targetPort;
		this.listener = listen(0);
		this.port = this.listener.getLocalPort();
	}

	int port() {
		return this.port;
	}

	String address() {
		return LOOPBACK.getHostAddress() + ":" + this.port;
	}

	/**
	 * Return how many connections were accepted so far.
	 */
	int connections() {
		return this.connections.get();
	}

	/**
	 * Reset all connections. New ones are accepted.
	 */
	synchronized void cut() {
		Set.copyOf(this.sockets).forEach(this::reset);
	}

	/**
	 * Keep connections open, old ones and new ones, and forward nothing in either
	 * direction: what a firewall does that has forgotten a connection.
	 */
	void silence() {
		this.silent = true;
	}

	/**
	 * Reset all connections and accept no more.
	 */
	synchronized void refuse() {
		close(this.listener);
		cut();
	}

	/**
	 * Accept and forward again after {@link #refuse()} or {@link #silence()}. What was
	 * swallowed meanwhile is lost.
	 */
	synchronized void restore() {
		this.silent = false;
		if (this.listener.isClosed()) {
			this.listener = Ports.listenAgain(() -> listen(this.port));
		}
	}

	@Override
	public void close() {
		refuse();
		this.threads.shutdown();
	}

	private ServerSocket listen(int port) {
		try {
			ServerSocket listener = new ServerSocket(port, 50, LOOPBACK);
			this.threads.execute(() -> acceptAll(listener));
			return listener;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private void acceptAll(ServerSocket listener) {
		while (!listener.isClosed()) {
			try {
				accept(listener, listener.accept());
			}
			catch (IOException ex) {
				// The listener was closed, or this one client or server has gone
			}
		}
	}

	private synchronized void accept(ServerSocket listener, Socket client) throws IOException {
		this.sockets.add(client);
		if (listener.isClosed()) {
			reset(client);
			return;
		}
		this.connections.incrementAndGet();
		try {
			Socket server = new Socket(LOOPBACK, this.targetPort);
			this.sockets.add(server);
			this.threads.execute(() -> forward(client, server));
			this.threads.execute(() -> forward(server, client));
		}
		catch (IOException ex) {
			reset(client);
		}
	}

	private void forward(Socket source, Socket sink) {
		try {
			source.setTcpNoDelay(true);
			InputStream input = source.getInputStream();
			OutputStream output = sink.getOutputStream();
			byte[] buffer = new byte[8192];
			for (int count = input.read(buffer); count != -1; count = input.read(buffer)) {
				if (!this.silent) {
					output.write(buffer, 0, count);
				}
			}
		}
		catch (IOException ex) {
			// As good an end of the connection as any
		}
		if (!this.silent) {
			close(source);
			close(sink);
		}
	}

	private void reset(Socket socket) {
		try {
			socket.setSoLinger(true, 0);
		}
		catch (IOException ex) {
			// Closed already
		}
		close(socket);
	}

	private synchronized void close(Socket socket) {
		this.sockets.remove(socket);
		close((AutoCloseable) socket);
	}

	private static void close(AutoCloseable closeable) {
		try {
			closeable.close();
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

}
