package io.sw4rm.scheduler.embedded;

import io.grpc.InsecureChannelCredentials;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import org.junit.jupiter.api.Test;

import io.sw4rm.scheduler.testsupport.TestCertificates;

import static io.sw4rm.scheduler.embedded.TestClient.task;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class TlsTests {

	private final TestCertificates certificates = new TestCertificates();

	@Test
	void answersClientsThatTrustItsCertificateAndNoPlaintext() {
		try (EmbeddedScheduler scheduler = EmbeddedScheduler.builder()
			.serverCredentials(this.certificates.serverCredentials())
			.start();
				TestClient secure = new TestClient(scheduler.address(), this.certificates.channelCredentials());
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

}
