package io.sw4rm.scheduler.embedded;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManagerFactory;

import io.grpc.ChannelCredentials;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ServerCredentials;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import io.grpc.TlsServerCredentials;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static io.sw4rm.scheduler.embedded.TestClient.task;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class TlsTests {

	private static final char[] PASSWORD = "changeit".toCharArray();

	@Test
	void answersClientsThatTrustItsCertificateAndNoPlaintext(@TempDir Path directory) throws Exception {
		KeyStore keyStore = selfSignedCertificate(directory.resolve("server.p12"));
		try (EmbeddedScheduler scheduler = EmbeddedScheduler.builder()
			.serverCredentials(serverCredentials(keyStore))
			.start();
				TestClient secure = new TestClient(scheduler.address(), channelCredentials(keyStore));
				TestClient plaintext = new TestClient(scheduler.address(), InsecureChannelCredentials.create())) {
			assertThat(secure.submit(task("worker-1", "t")).getAccepted()).isTrue();
			assertUnavailable(plaintext);
			scheduler.faults().on(Rpc.SUBMIT_TASK).dropConnection();
			assertUnavailable(secure);
			assertThat(scheduler.faults().calls(Rpc.SUBMIT_TASK)).isEqualTo(2);
		}
	}

	private static void assertUnavailable(TestClient client) {
		assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(() -> client.submit(task("worker-1", "")))
			.satisfies((ex) -> assertThat(ex.getStatus().getCode()).isEqualTo(Code.UNAVAILABLE));
	}

	private static KeyStore selfSignedCertificate(Path file) throws Exception {
		Process keytool = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
				"-genkeypair", "-alias", "server", "-keyalg", "EC", "-dname", "CN=localhost", "-ext",
				"SAN=dns:localhost", "-storetype", "PKCS12", "-keystore", file.toString(), "-storepass",
				new String(PASSWORD))
			.redirectErrorStream(true)
			.redirectOutput(ProcessBuilder.Redirect.DISCARD)
			.start();
		assertThat(keytool.waitFor()).isZero();
		KeyStore keyStore = KeyStore.getInstance("PKCS12");
		try (InputStream content = Files.newInputStream(file)) {
			keyStore.load(content, PASSWORD);
		}
		return keyStore;
	}

	private static ServerCredentials serverCredentials(KeyStore keyStore) throws GeneralSecurityException {
		KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
		factory.init(keyStore, PASSWORD);
		return TlsServerCredentials.newBuilder().keyManager(factory.getKeyManagers()).build();
	}

	private static ChannelCredentials channelCredentials(KeyStore keyStore)
			throws GeneralSecurityException, IOException {
		KeyStore trusted = KeyStore.getInstance("PKCS12");
		trusted.load(null, null);
		trusted.setCertificateEntry("server", keyStore.getCertificate("server"));
		TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
		factory.init(trusted);
		return TlsChannelCredentials.newBuilder().trustManager(factory.getTrustManagers()).build();
	}

}
