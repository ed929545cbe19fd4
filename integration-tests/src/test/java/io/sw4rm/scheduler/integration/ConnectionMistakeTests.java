package io.sw4rm.scheduler.integration;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.function.Consumer;

import io.grpc.Server;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.io.support.SpringFactoriesLoader;

import io.sw4rm.scheduler.client.SchedulerClient;
import io.sw4rm.scheduler.client.SchedulerException;
import io.sw4rm.scheduler.embedded.EmbeddedScheduler;
import io.sw4rm.scheduler.proto.SchedulerServiceGrpc.SchedulerServiceImplBase;
import io.sw4rm.scheduler.testsupport.TcpServer;
import io.sw4rm.scheduler.testsupport.TestCertificates;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests for what an application is told when its address or certificates are wrong.
 */
@Timeout(60)
class ConnectionMistakeTests {

	private static final TestCertificates certificates = new TestCertificates("localhost");

	private static EmbeddedScheduler tlsScheduler;

	private static EmbeddedScheduler strictTlsScheduler;

	private static EmbeddedScheduler plaintextScheduler;

	@BeforeAll
	static void startSchedulers() {
		tlsScheduler = EmbeddedScheduler.builder().serverCredentials(certificates.serverCredentials()).start();
		strictTlsScheduler = EmbeddedScheduler.builder()
			.serverCredentials(certificates.mutualServerCredentials())
			.start();
		plaintextScheduler = EmbeddedScheduler.start();
	}

	@AfterAll
	static void stopSchedulers() {
		tlsScheduler.close();
		strictTlsScheduler.close();
		plaintextScheduler.close();
	}

	@Test
	void usesTlsWhereSchedulerDoesNot() {
		assertThatCallFails(withTls(SchedulerApplication.at(plaintextScheduler.address())), Status.Code.UNAVAILABLE,
				"The server does not support TLS on this port. Check the port, or start 'sw4rm.scheduler.address' with http://");
	}

	@Test
	void usesPlaintextWhereSchedulerWantsTls() {
		assertThatCallFails(SchedulerApplication.at(tlsScheduler.address()), Status.Code.UNAVAILABLE,
				"If the server requires TLS, start 'sw4rm.scheduler.address' with https://");
	}

	@Test
	void usesPlaintextWhereSchedulerWantsTlsAndSaysSo() {
		byte[] alert = HexFormat.of().parseHex("15030100020246");
		try (TcpServer server = new TcpServer((client) -> client.write(alert))) {
			assertThatCallFails(SchedulerApplication.at("localhost:" + server.port()), Status.Code.INTERNAL,
					"The server requires TLS. Start 'sw4rm.scheduler.address' with https://");
		}
	}

	@Test
	void doesNotTrustScheduler() {
		assertThatCallFails(SchedulerApplication.at("https://" + tlsScheduler.address()), Status.Code.UNAVAILABLE,
				"The server's certificate is not trusted. Check the trusted certificates of the bundle in 'sw4rm.scheduler.ssl.bundle'");
	}

	@Test
	void callsSchedulerByNameThatItsCertificateDoesNotHave() {
		assertThatCallFails(withTls(SchedulerApplication.at("127.0.0.1:" + tlsScheduler.port())),
				Status.Code.UNAVAILABLE, "The server's certificate is for another host name");
	}

	@Test
	void hasNoCertificateWhereSchedulerWantsOne() {
		assertThatCallFails(withTls(SchedulerApplication.at(strictTlsScheduler.address())), Status.Code.UNAVAILABLE,
				"The server rejected the client's certificate (or requires one)");
	}

	@Test
	void callsWebServer() {
		try (TcpServer server = webServer()) {
			assertThatCallFails(SchedulerApplication.at("localhost:" + server.port()), Status.Code.INTERNAL,
					"The server speaks HTTP/1.1 instead of gRPC. Check the port");
		}
	}

	@Test
	void callsWebServerWithTls() {
		try (TcpServer server = webServer()) {
			assertThatCallFails(withTls(SchedulerApplication.at("localhost:" + server.port())), Status.Code.UNAVAILABLE,
					"The server speaks HTTP/1.1 instead of gRPC. Check the port");
		}
	}

	private static TcpServer webServer() {
		byte[] answer = "HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
		return new TcpServer((client) -> client.write(answer));
	}

	@Test
	void callsServerOfOtherKind() {
		byte[] greeting = "220 mail.example.com ESMTP\r\n".getBytes(StandardCharsets.US_ASCII);
		try (TcpServer server = new TcpServer((client) -> client.write(greeting))) {
			assertThatCallFails(SchedulerApplication.at("localhost:" + server.port()), Status.Code.INTERNAL,
					"The server does not speak gRPC. Check the port");
		}
	}

	@Test
	void callsHostThatDoesNotExist() {
		assertThatCallFails(SchedulerApplication.at("no-such-host.invalid:50053"), Status.Code.UNAVAILABLE,
				"The host name cannot be resolved. Check 'sw4rm.scheduler.address' and the DNS");
	}

	@Test
	void checksHealthWhereWatchEndsAfterTheFirstAnswer() throws Exception {
		assertThatHealthCheckFails((watch) -> {
			watch.onNext(HealthCheckResponse.newBuilder().setStatus(ServingStatus.SERVING).build());
			watch.onCompleted();
		});
	}

	@Test
	void checksHealthOfServiceThatHealthServiceDoesNotKnow() throws Exception {
		assertThatHealthCheckFails((watch) -> watch
			.onNext(HealthCheckResponse.newBuilder().setStatus(ServingStatus.SERVICE_UNKNOWN).build()));
	}

	@Test
	void checksHealthWhereWatchRequiresToken() throws Exception {
		assertThatHealthCheckFails((watch) -> watch.onError(Status.UNAUTHENTICATED.asRuntimeException()));
	}

	/**
	 * Calls may succeed until the stream ends.
	 */
	private static void assertThatHealthCheckFails(Consumer<StreamObserver<HealthCheckResponse>> answer)
			throws Exception {
		Server server = NettyServerBuilder.forPort(0).addService(new SchedulerServiceImplBase() {
		}).addService(new HealthGrpc.HealthImplBase() {

			@Override
			public void watch(HealthCheckRequest request, StreamObserver<HealthCheckResponse> watch) {
				answer.accept(watch);
			}

		}).build().start();
		try {
			SchedulerApplication.at("localhost:" + server.getPort())
				.withPropertyValues("sw4rm.scheduler.health-checking.enabled=true")
				.run((context) -> await().untilAsserted(() -> assertThatCallFails(
						context.getBean(SchedulerClient.class), Status.Code.UNAVAILABLE,
						"No server passes the client-side health check. The health service of the server must know the service in 'sw4rm.scheduler.health-checking.service-name' and keep its Watch streams open. If it does not, set 'sw4rm.scheduler.health-checking.enabled' to 'false'")));
		}
		finally {
			server.shutdownNow().awaitTermination();
		}
	}

	@Test
	void isToldSoWhenItStarts() {
		withTls(SchedulerApplication.at(plaintextScheduler.address()))
			.withPropertyValues("sw4rm.scheduler.startup=fail-fast")
			.run((context) -> assertThat(analysisOf(context.getStartupFailure())).contains(
					"The SW4RM scheduler at '" + plaintextScheduler.address() + "' did not respond during start-up",
					"not an SSL/TLS record", "The server does not support TLS on this port"));
	}

	private static ApplicationContextRunner withTls(ApplicationContextRunner application) {
		return application.withPropertyValues("sw4rm.scheduler.ssl.bundle=trusted",
				certificates.trustProperty("trusted"));
	}

	private static void assertThatCallFails(ApplicationContextRunner application, Status.Code status, String remedy) {
		application.run((context) -> assertThatCallFails(context.getBean(SchedulerClient.class), status, remedy));
	}

	private static void assertThatCallFails(SchedulerClient client, Status.Code status, String remedy) {
		SchedulerException exception = catchThrowableOfType(SchedulerException.class,
				() -> client.pollActivityBuffer("worker-1"));
		assertThat(exception.getStatusCode()).isEqualTo(status);
		assertThat(exception).hasMessageContaining(remedy).message().doesNotContain("Pipeline");
	}

	private static String analysisOf(Throwable failure) {
		return SpringFactoriesLoader.forDefaultResourceLocation()
			.load(FailureAnalyzer.class, SpringFactoriesLoader.FailureHandler.handleMessage((message, ex) -> {
			}))
			.stream()
			.map((analyzer) -> analyzer.analyze(failure))
			.filter((analysis) -> analysis != null)
			.map((analysis) -> analysis.getDescription() + "\n" + analysis.getAction())
			.findFirst()
			.orElse("");
	}

}
