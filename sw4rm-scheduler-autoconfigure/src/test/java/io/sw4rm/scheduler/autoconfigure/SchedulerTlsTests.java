package io.sw4rm.scheduler.autoconfigure;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import io.grpc.ChannelCredentials;
import io.grpc.InsecureChannelCredentials;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.grpc.client.autoconfigure.CompositeChannelFactoryAutoConfiguration;
import org.springframework.boot.grpc.client.autoconfigure.GrpcClientAutoConfiguration;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.grpc.client.ChannelCredentialsProvider;
import org.springframework.grpc.client.ClientInterceptorsConfigurer;
import org.springframework.grpc.client.DefaultGrpcChannelFactory;
import org.springframework.grpc.client.GrpcChannelFactory;

import io.sw4rm.scheduler.client.SchedulerClient;
import io.sw4rm.scheduler.client.SchedulerException;
import io.sw4rm.scheduler.client.SchedulerUnavailableException;
import io.sw4rm.scheduler.embedded.EmbeddedScheduler;
import io.sw4rm.scheduler.embedded.Operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for connections with TLS.
 */
class SchedulerTlsTests {

	private static final TestCertificates trusted = new TestCertificates();

	private static final TestCertificates other = new TestCertificates();

	private static EmbeddedScheduler tlsScheduler;

	private static EmbeddedScheduler plaintextScheduler;

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SslAutoConfiguration.class, GrpcClientAutoConfiguration.class,
				CompositeChannelFactoryAutoConfiguration.class, SchedulerAutoConfiguration.class))
		.withPropertyValues("spring.ssl.bundle.pem.trusted.truststore.certificate=" + trusted.authorityPem(),
				"spring.ssl.bundle.pem.other.truststore.certificate=" + other.authorityPem());

	@BeforeAll
	static void startSchedulers() {
		tlsScheduler = EmbeddedScheduler.builder().serverCredentials(trusted.serverCredentials()).start();
		plaintextScheduler = EmbeddedScheduler.start();
	}

	@AfterAll
	static void stopSchedulers() {
		tlsScheduler.close();
		plaintextScheduler.close();
	}

	@Test
	void reachesTlsSchedulerWithRightBundle() {
		this.contextRunner
			.withPropertyValues("sw4rm.scheduler.address=" + tlsScheduler.address(),
					"sw4rm.scheduler.ssl.bundle=trusted")
			.run((context) -> assertThat(poll(context.getBean(SchedulerClient.class))).isZero());
	}

	@Test
	void reachesTlsSchedulerAtHttpsAddress() {
		this.contextRunner
			.withPropertyValues("sw4rm.scheduler.address=https://" + tlsScheduler.address(),
					"sw4rm.scheduler.ssl.bundle=trusted")
			.run((context) -> assertThat(poll(context.getBean(SchedulerClient.class))).isZero());
	}

	@Test
	void reachesTlsSchedulerThroughDnsTarget() {
		this.contextRunner
			.withPropertyValues("sw4rm.scheduler.address=dns:///" + tlsScheduler.address(),
					"sw4rm.scheduler.ssl.bundle=trusted")
			.run((context) -> assertThat(poll(context.getBean(SchedulerClient.class))).isZero());
	}

	@Test
	void verifiesEachHostOfListByItsOwnName() {
		this.contextRunner
			.withPropertyValues("sw4rm.scheduler.address=https://127.0.0.1:%d,https://localhost:%d"
				.formatted(tlsScheduler.port(), tlsScheduler.port()), "sw4rm.scheduler.ssl.bundle=trusted")
			.run((context) -> {
				SchedulerClient client = context.getBean(SchedulerClient.class);
				for (int i = 0; i < 10; i++) {
					assertThat(poll(client)).isZero();
				}
			});
	}

	@Test
	void refusesTlsSchedulerWithWrongBundle() {
		this.contextRunner
			.withPropertyValues("sw4rm.scheduler.address=" + tlsScheduler.address(), "sw4rm.scheduler.ssl.bundle=other")
			.run((context) -> assertThatExceptionOfType(SchedulerUnavailableException.class)
				.isThrownBy(() -> poll(context.getBean(SchedulerClient.class)))
				.withStackTraceContaining("PKIX path"));
	}

	@Test
	void trustsOnlyCertificatesOfTheJvmWithoutBundle() {
		this.contextRunner.withPropertyValues("sw4rm.scheduler.address=https://" + tlsScheduler.address())
			.run((context) -> assertThatExceptionOfType(SchedulerUnavailableException.class)
				.isThrownBy(() -> poll(context.getBean(SchedulerClient.class)))
				.withStackTraceContaining("PKIX path"));
	}

	@Test
	void usesBundleOfConnectionDetails() {
		this.contextRunner.withUserConfiguration(ConnectionDetailsConfiguration.class)
			.run((context) -> assertThat(poll(context.getBean(SchedulerClient.class))).isZero());
	}

	@Test
	void neverTriesPlaintext() throws Exception {
		try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
			CompletableFuture<byte[]> firstBytes = CompletableFuture.supplyAsync(() -> readFirstBytes(server));
			this.contextRunner
				.withPropertyValues("sw4rm.scheduler.address=https://localhost:" + server.getLocalPort(),
						"sw4rm.scheduler.deadline=10s")
				.run((context) -> assertThatExceptionOfType(SchedulerException.class)
					.isThrownBy(() -> poll(context.getBean(SchedulerClient.class))));
			assertThat(firstBytes.join()).as("a TLS handshake record").startsWith(0x16, 0x03);
		}
	}

	@Test
	void failsAtPlaintextScheduler() {
		this.contextRunner
			.withPropertyValues("sw4rm.scheduler.address=https://" + plaintextScheduler.address(),
					"sw4rm.scheduler.ssl.bundle=trusted")
			.run((context) -> assertThatExceptionOfType(SchedulerUnavailableException.class)
				.isThrownBy(() -> poll(context.getBean(SchedulerClient.class))));
		assertThat(plaintextScheduler.faults().calls(Operation.POLL_ACTIVITY_BUFFER)).isZero();
	}

	@Test
	void decoratesCredentialsProviderOfUserForTheSchedulerAlone() {
		this.contextRunner
			.withPropertyValues("sw4rm.scheduler.address=" + tlsScheduler.address(),
					"sw4rm.scheduler.ssl.bundle=trusted")
			.withBean(RecordingCredentialsProvider.class)
			.run((context) -> {
				assertThat(poll(context.getBean(SchedulerClient.class))).isZero();
				RecordingCredentialsProvider provider = context.getBean(RecordingCredentialsProvider.class);
				assertThat(provider.getTargets()).isEmpty();
				context.getBean(GrpcChannelFactory.class).createChannel("localhost:1");
				assertThat(provider.getTargets()).containsExactly("localhost:1");
			});
	}

	@Test
	void keepsFinalCredentialsProviderOfUserUsable() {
		this.contextRunner
			.withPropertyValues("sw4rm.scheduler.address=" + tlsScheduler.address(),
					"sw4rm.scheduler.ssl.bundle=trusted")
			.withBean(ChannelCredentialsProvider.class, () -> (target) -> InsecureChannelCredentials.create())
			.run((context) -> assertThat(poll(context.getBean(SchedulerClient.class))).isZero());
	}

	@Test
	void refusesPlaintextConnectionOfChannelFactoryOfUser() {
		this.contextRunner
			.withPropertyValues("sw4rm.scheduler.address=https://" + plaintextScheduler.address(),
					"sw4rm.scheduler.ssl.bundle=trusted")
			.withUserConfiguration(PlaintextChannelFactoryConfiguration.class)
			.run((context) -> assertThatExceptionOfType(SchedulerException.class)
				.isThrownBy(() -> poll(context.getBean(SchedulerClient.class)))
				.withMessageContaining("must use TLS")
				.satisfies((ex) -> assertThat(ex.getStatusCode()).isEqualTo(Status.Code.INTERNAL)));
		assertThat(plaintextScheduler.faults().calls(Operation.POLL_ACTIVITY_BUFFER)).isZero();
	}

	private static int poll(SchedulerClient client) {
		return client.pollActivityBuffer("worker-1").size();
	}

	private static byte[] readFirstBytes(ServerSocket server) {
		try (Socket socket = server.accept()) {
			return socket.getInputStream().readNBytes(2);
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	static class RecordingCredentialsProvider implements ChannelCredentialsProvider {

		private final List<String> targets = new ArrayList<>();

		@Override
		public ChannelCredentials getChannelCredentials(String target) {
			this.targets.add(target);
			return InsecureChannelCredentials.create();
		}

		List<String> getTargets() {
			return this.targets;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ConnectionDetailsConfiguration {

		@Bean
		SchedulerConnectionDetails connectionDetails(SslBundles sslBundles) {
			return new SchedulerConnectionDetails() {

				@Override
				public String getAddress() {
					return tlsScheduler.address();
				}

				@Override
				public SslBundle getSslBundle() {
					return sslBundles.getBundle("trusted");
				}

			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class PlaintextChannelFactoryConfiguration {

		@Bean
		GrpcChannelFactory channelFactory(ClientInterceptorsConfigurer interceptorsConfigurer) {
			return new DefaultGrpcChannelFactory<NettyChannelBuilder>(List.of(), interceptorsConfigurer);
		}

	}

}
