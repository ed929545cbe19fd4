package io.sw4rm.scheduler.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;

import io.netty.util.concurrent.DefaultThreadFactory;

/**
 * A network that can fail: passes connections on to a port of this machine until it is
 * told to cut them or to fall silent. Thread-safe.
 */
final class SoakProxy implements AutoCloseable {

	private static final int BUFFER_SIZE = 16_384;

	private final ServerSocket serverSocket;

	private final IntSupplier port;

	private final ExecutorService threads = Executors.newCachedThreadPool(new DefaultThreadFactory("soak-proxy", true));

	private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

	private volatile long silentUntilNanos = System.nanoTime();

	/**
	 * Start on any free port.
	 * @param port gives the port to pass connections on to, whenever one is opened
	 */
	SoakProxy(IntSupplier port) {
		this.port = port;
		try {
			this.serverSocket = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
		}
		catch (IOException ex) {
			throw new UncheckedIOException("the proxy found no free port", ex);
		}
		this.threads.execute(this::accept);
	}

	String address() {
		return this.serverSocket.getInetAddress().getHostAddress() + ":" + this.serverSocket.getLocalPort();
	}

	/**
	 * Close all connections without a farewell.
	 */
	void cut() {
		this.sockets.forEach(this::reset);
	}

	/**
	 * Pass nothing on for a while, and keep the connections open. What was said meanwhile
	 * is passed on later.
	 * @param duration how long
	 */
	void silence(Duration duration) {
		this.silentUntilNanos = System.nanoTime() + duration.toNanos();
	}

	@Override
	public void close() {
		this.silentUntilNanos = System.nanoTime();
		try {
			this.serverSocket.close();
		}
		catch (IOException ex) {
			throw new UncheckedIOException("the proxy's port could not be closed", ex);
		}
		cut();
		this.threads.shutdownNow();
	}

	private void accept() {
		while (!this.serverSocket.isClosed()) {
			try {
				Socket client = this.serverSocket.accept();
				this.threads.execute(() -> pass(client));
			}
			catch (IOException | RejectedExecutionException ex) {
				// The proxy was closed, or this client has already gone
			}
		}
	}

	private void pass(Socket client) {
		this.sockets.add(client);
		try {
			Socket scheduler = new Socket(InetAddress.getLoopbackAddress(), this.port.getAsInt());
			this.sockets.add(scheduler);
			if (this.serverSocket.isClosed()) {
				cut();
			}
			client.setTcpNoDelay(true);
			scheduler.setTcpNoDelay(true);
			this.threads.execute(() -> pump(scheduler, client));
			pump(client, scheduler);
		}
		catch (IOException | RejectedExecutionException ex) {
			// The scheduler is away or the proxy was closed: the client sees its
			// connection end
			reset(client);
		}
	}

	private void pump(Socket from, Socket to) {
		byte[] buffer = new byte[BUFFER_SIZE];
		try {
			InputStream in = from.getInputStream();
			OutputStream out = to.getOutputStream();
			for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
				awaitEndOfSilence();
				out.write(buffer, 0, length);
			}
			// A reset would discard what the other end hasn't read yet
			to.close();
		}
		catch (IOException | InterruptedException ex) {
			// The connection was cut
		}
		finally {
			reset(from);
			reset(to);
		}
	}

	private void awaitEndOfSilence() throws InterruptedException {
		long nanos = this.silentUntilNanos - System.nanoTime();
		while (nanos > 0) {
			TimeUnit.NANOSECONDS.sleep(Math.min(nanos, TimeUnit.MILLISECONDS.toNanos(50)));
			nanos = this.silentUntilNanos - System.nanoTime();
		}
	}

	private void reset(Socket socket) {
		this.sockets.remove(socket);
		try {
			socket.setSoLinger(true, 0);
			socket.close();
		}
		catch (IOException ex) {
			// Closed already
		}
	}

}
