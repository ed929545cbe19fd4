package io.sw4rm.scheduler.testsupport;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link TcpProxy}.
 */
@Timeout(60)
class TcpProxyTests {

	private static final String GREETING = "hello";

	@AutoClose
	private final TcpServer server = new TcpServer(
			(client) -> client.write(GREETING.getBytes(StandardCharsets.US_ASCII)));

	@AutoClose
	private final TcpProxy proxy = new TcpProxy(this.server.port());

	@Test
	void forwardsAndCountsConnections() throws IOException {
		try (Socket one = connect(); Socket two = connect()) {
			assertThat(greeting(one)).isEqualTo(GREETING);
			assertThat(greeting(two)).isEqualTo(GREETING);
		}
		assertThat(this.proxy.connections()).isEqualTo(2);
		assertThat(this.server.connections()).isEqualTo(2);
	}

	@Test
	void forwardsEndOfConnection() throws IOException {
		try (TcpServer closing = new TcpServer((client) -> {
			client.write(GREETING.getBytes(StandardCharsets.US_ASCII));
			client.close();
		}); TcpProxy proxy = new TcpProxy(closing.port()); Socket client = connect(proxy)) {
			assertThat(greeting(client)).isEqualTo(GREETING);
			assertThat(client.getInputStream().read()).isEqualTo(-1);
		}
	}

	@Test
	void keepsBackWhatIsSentDuringSilenceUntilRestored() throws IOException {
		this.proxy.silence();
		try (Socket client = connect()) {
			client.setSoTimeout(200);
			assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(() -> greeting(client));
			this.proxy.restore();
			client.setSoTimeout(20_000);
			assertThat(greeting(client)).isEqualTo(GREETING);
		}
	}

	@Test
	void endsSilenceByItself() throws IOException {
		this.proxy.silence(Duration.ofMillis(300));
		try (Socket client = connect()) {
			assertThat(greeting(client)).isEqualTo(GREETING);
		}
	}

	@Test
	void resetsConnectionsAndAcceptsNewOnes() throws IOException {
		try (Socket client = connect()) {
			assertThat(greeting(client)).isEqualTo(GREETING);
			this.proxy.cut();
			assertThatExceptionOfType(SocketException.class).isThrownBy(() -> client.getInputStream().read());
		}
		try (Socket client = connect()) {
			assertThat(greeting(client)).isEqualTo(GREETING);
		}
	}

	@Test
	void refusesConnectionsUntilRestored() throws IOException {
		this.proxy.refuse();
		assertThatExceptionOfType(ConnectException.class).isThrownBy(this::connect);
		this.proxy.restore();
		try (Socket client = connect()) {
			assertThat(greeting(client)).isEqualTo(GREETING);
		}
	}

	private Socket connect() throws IOException {
		return connect(this.proxy);
	}

	/**
	 * A time-out of the test would not end a read.
	 */
	private static Socket connect(TcpProxy proxy) throws IOException {
		Socket client = new Socket(InetAddress.getLoopbackAddress(), proxy.port());
		client.setSoTimeout(20_000);
		return client;
	}

	private static String greeting(Socket client) throws IOException {
		return new String(client.getInputStream().readNBytes(GREETING.length()), StandardCharsets.US_ASCII);
	}

}
