package io.sw4rm.scheduler.testsupport;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;

import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;

import io.netty.util.concurrent.DefaultThreadFactory;

/**
 * A proxy that simulates network failures. By default, it forwards connections from a
 * port of the loopback interface to another one. It can accept TLS connections for a
 * plaintext server. Thread-safe.
 */
public final class TcpProxy implements AutoCloseable {

	private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

	private static final Duration UNTIL_RESTORED = Duration.ofDays(1);

	private final IntSupplier targetPort;

	private final Binder binder;

	private final int port;

	private final ExecutorService threads = Executors.newCachedThreadPool(new DefaultThreadFactory("tcp-proxy", true));

	private final AtomicInteger connections = new AtomicInteger();

	private final List<SSLSession> sessions = new CopyOnWriteArrayList<>();

	private final Object silence = new Object();

	/** Guarded by {@link #silence}. */
	private long silentUntilNanos = System.nanoTime();

	/** The open sockets of both sides; guarded by this proxy. */
	private final Set<Socket> sockets = new HashSet<>();

	private ServerSocket listener;

	/** Completes when the listener is closed. */
	private CompletableFuture<?> acceptor;

	/**
	 * Listen on any free port.
	 * @param targetPort the port of the server behind this proxy
	 */
	public TcpProxy(int targetPort) {
		this(() -> targetPort);
	}

	/**
	 * Listen on any free port.
	 * @param targetPort supplies the port of the server behind this proxy for each new
	 * connection
	 */
	public TcpProxy(IntSupplier targetPort) {
		this(targetPort, (port) -> new ServerSocket(port, 50, LOOPBACK));
	}

	private TcpProxy(IntSupplier targetPort, Binder binder) {
		this.targetPort = targetPort;
		this.binder = binder;
		this.listener = listen(0);
		this.acceptor = startAcceptor();
		this.port = this.listener.getLocalPort();
	}

	/**
	 * Create a proxy that accepts TLS connections with the server certificate of an
	 * authority, and requires a client certificate of this authority.
	 * @param certificates the authority
	 * @param protocol the only protocol to accept, such as {@code TLSv1.3}
	 * @param targetPort the port of the plaintext server behind the proxy
	 * @return the proxy
	 */
	public static TcpProxy withMutualTls(TestCertificates certificates, String protocol, int targetPort) {
		return new TcpProxy(() -> targetPort, (port) -> certificates.mutualServerSocket(port, protocol));
	}

	public int port() {
		return this.port;
	}

	public String address() {
		return LOOPBACK.getHostAddress() + ":" + this.port;
	}

	/**
	 * Return the number of connections that were accepted so far.
	 * @return the number of connections, including closed ones
	 */
	public int connections() {
		return this.connections.get();
	}

	/**
	 * Return the session of each TLS connection whose client has sent something after the
	 * handshake.
	 * @return the sessions, oldest first
	 */
	public List<SSLSession> sessions() {
		return List.copyOf(this.sessions);
	}

	/**
	 * Reset all connections. New ones are accepted.
	 */
	public synchronized void cut() {
		Set.copyOf(this.sockets).forEach(this::reset);
	}

	/**
	 * Keep existing and new connections open, but forward nothing in either direction
	 * until {@link #restore()}. Data that was sent in the meantime and closed connections
	 * are forwarded after that.
	 */
	public void silence() {
		silence(UNTIL_RESTORED);
	}

	/**
	 * Forward nothing for a limited time.
	 * @param duration the duration
	 */
	public void silence(Duration duration) {
		synchronized (this.silence) {
			this.silentUntilNanos = System.nanoTime() + duration.toNanos();
			this.silence.notifyAll();
		}
	}

	/**
	 * Reset all connections and accept no more until {@link #restore()}.
	 */
	public void refuse() {
		CompletableFuture<?> acceptor;
		synchronized (this) {
			closeQuietly(this.listener);
			cut();
			acceptor = this.acceptor;
		}
		// The port remains open as long as a thread waits there
		acceptor.join();
	}

	/**
	 * Accept and forward again after {@link #refuse()} or {@link #silence()}.
	 */
	public synchronized void restore() {
		silence(Duration.ZERO);
		if (this.listener.isClosed()) {
			this.listener = Ports.listenAgain(() -> listen(this.port));
			this.acceptor = startAcceptor();
		}
	}

	@Override
	public void close() {
		refuse();
		this.threads.shutdownNow();
	}

	private ServerSocket listen(int port) {
		try {
			return this.binder.bind(port);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private CompletableFuture<?> startAcceptor() {
		ServerSocket listener = this.listener;
		return CompletableFuture.runAsync(() -> acceptAll(listener), this.threads);
	}

	private void acceptAll(ServerSocket listener) {
		while (!listener.isClosed()) {
			try {
				accept(listener, listener.accept());
			}
			catch (IOException ex) {
				// The listener was closed or the client has disconnected
			}
		}
	}

	private synchronized void accept(ServerSocket listener, Socket client) {
		this.sockets.add(client);
		if (listener.isClosed()) {
			reset(client);
			return;
		}
		this.connections.incrementAndGet();
		try {
			Socket server = new Socket(LOOPBACK, this.targetPort.getAsInt());
			this.sockets.add(server);
			client.setTcpNoDelay(true);
			server.setTcpNoDelay(true);
			this.threads.execute(() -> forward(client, server));
			this.threads.execute(() -> forward(server, client));
		}
		catch (IOException ex) {
			reset(client);
		}
	}

	private void forward(Socket source, Socket sink) {
		try {
			InputStream input = source.getInputStream();
			OutputStream output = sink.getOutputStream();
			byte[] buffer = new byte[16_384];
			int count = input.read(buffer);
			if (source instanceof SSLSocket client && count != -1) {
				this.sessions.add(client.getSession());
			}
			while (count != -1) {
				awaitEndOfSilence();
				output.write(buffer, 0, count);
				count = input.read(buffer);
			}
			awaitEndOfSilence();
			// A reset would discard what the other end has not read yet
			close(sink);
			close(source);
		}
		catch (IOException | InterruptedException ex) {
			// One side was reset, or this proxy closed the connection
			reset(sink);
			reset(source);
		}
	}

	private void awaitEndOfSilence() throws InterruptedException {
		synchronized (this.silence) {
			long nanos = this.silentUntilNanos - System.nanoTime();
			while (nanos > 0) {
				TimeUnit.NANOSECONDS.timedWait(this.silence, nanos);
				nanos = this.silentUntilNanos - System.nanoTime();
			}
		}
	}

	private void reset(Socket socket) {
		try {
			socket.setSoLinger(true, 0);
		}
		catch (IOException ex) {
			// Already closed
		}
		close(socket);
	}

	private synchronized void close(Socket socket) {
		this.sockets.remove(socket);
		closeQuietly(socket);
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
	 * Opens the port of a proxy.
	 */
	@FunctionalInterface
	private interface Binder {

		ServerSocket bind(int port) throws IOException;

	}

}
