package io.sw4rm.scheduler.autoconfigure;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Takes TLS connections for a scheduler in plaintext, and leaves clients without an
 * answer after the handshake until it is told to forward what they say.
 */
final class TlsProxy implements AutoCloseable {

	private final int schedulerPort;

	private final SSLServerSocket server;

	private final ExecutorService executor = Executors.newCachedThreadPool();

	private final List<Socket> sockets = new CopyOnWriteArrayList<>();

	private final List<String> clients = new CopyOnWriteArrayList<>();

	private final CountDownLatch handshake = new CountDownLatch(1);

	private final CountDownLatch forward = new CountDownLatch(1);

	TlsProxy(TestCertificates certificates, String protocol, int schedulerPort) throws IOException {
		this.schedulerPort = schedulerPort;
		this.server = (SSLServerSocket) certificates.serverContext()
			.getServerSocketFactory()
			.createServerSocket(0, 50, InetAddress.getLoopbackAddress());
		SSLParameters parameters = this.server.getSSLParameters();
		parameters.setProtocols(new String[] { protocol });
		parameters.setApplicationProtocols(new String[] { "h2" });
		parameters.setNeedClientAuth(true);
		this.server.setSSLParameters(parameters);
		this.executor.execute(this::accept);
	}

	int port() {
		return this.server.getLocalPort();
	}

	void awaitHandshake() throws InterruptedException {
		assertThat(this.handshake.await(20, TimeUnit.SECONDS)).isTrue();
	}

	void forward() {
		this.forward.countDown();
	}

	/**
	 * Return the subjects of the clients' certificates, a connection each.
	 */
	List<String> clients() {
		return this.clients;
	}

	private void accept() {
		try {
			while (true) {
				SSLSocket client = (SSLSocket) this.server.accept();
				this.sockets.add(client);
				this.executor.execute(() -> serve(client));
			}
		}
		catch (IOException ex) {
			// Closed
		}
	}

	private void serve(SSLSocket client) {
		try {
			byte[] first = new byte[1];
			int length = client.getInputStream().read(first);
			this.clients.add(TlsRecorder.client(client.getSession()));
			this.handshake.countDown();
			this.forward.await();
			Socket scheduler = new Socket(InetAddress.getLoopbackAddress(), this.schedulerPort);
			this.sockets.add(scheduler);
			this.executor.execute(() -> pump(scheduler, client));
			scheduler.getOutputStream().write(first, 0, length);
			pump(client, scheduler);
		}
		catch (IOException | InterruptedException ex) {
			// The client is gone, or the test is over
		}
	}

	private static void pump(Socket from, Socket to) {
		try (to; InputStream in = from.getInputStream()) {
			in.transferTo(to.getOutputStream());
		}
		catch (IOException ex) {
			// One of them is gone
		}
	}

	@Override
	public void close() {
		try {
			this.server.close();
			for (Socket socket : this.sockets) {
				socket.close();
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		this.executor.shutdownNow();
	}

}
