package io.sw4rm.scheduler.autoconfigure.tls;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import javax.net.ssl.X509TrustManager;

import io.grpc.ChannelCredentials;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.ServerCredentials;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.autoconfigure.ssl.SslBundleRegistrar;
import org.springframework.boot.grpc.client.autoconfigure.CompositeChannelFactoryAutoConfiguration;
import org.springframework.boot.grpc.client.autoconfigure.GrpcChannelFactoryCustomizer;
import org.springframework.boot.grpc.client.autoconfigure.GrpcClientAutoConfiguration;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.ssl.SslManagerBundle;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.grpc.client.ChannelBuilderOptions;
import org.springframework.grpc.client.ChannelCredentialsProvider;
import org.springframework.grpc.client.ClientInterceptorsConfigurer;
import org.springframework.grpc.client.DefaultGrpcChannelFactory;
import org.springframework.grpc.client.GrpcChannelFactory;

import io.sw4rm.scheduler.autoconfigure.SchedulerAutoConfiguration;
import io.sw4rm.scheduler.autoconfigure.SchedulerConnectionDetails;
import io.sw4rm.scheduler.client.SchedulerClient;
import io.sw4rm.scheduler.client.SchedulerException;
import io.sw4rm.scheduler.client.SchedulerUnavailableException;
import io.sw4rm.scheduler.embedded.EmbeddedScheduler;
import io.sw4rm.scheduler.embedded.Rpc;
import io.sw4rm.scheduler.testsupport.TestCertificates;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;
import static org.mockito.Mockito.mock;

/**
 * Tests for connections with TLS.
 */
@ExtendWith(OutputCaptureExtension.class)
class SchedulerTlsTests {

	private static final TestCertificates trusted = new TestCertificates();

	private static final TestCertificates other = new TestCertificates();

	private static final TlsRecorder recorder = new TlsRecorder();

	private static EmbeddedScheduler tlsScheduler;

	private static EmbeddedScheduler plaintextScheduler;

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SslAutoConfiguration.class, GrpcClientAutoConfiguration.class,
				CompositeChannelFactoryAutoConfiguration.class, SchedulerAutoConfiguration.class))
		.withPropertyValues(trusted.trustProperty("trusted"), other.trustProperty("other"));

	@BeforeAll
	static void startSchedulers() {
		tlsScheduler = EmbeddedScheduler.builder()
			.serverCredentials(trusted.serverCredentials())
			.intercept(recorder)
			.start();
		plaintextScheduler = EmbeddedScheduler.start();
	}

	@BeforeEach
	void forgetCalls() {
		tlsScheduler.reset();
		plaintextScheduler.reset();
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
		try (EmbeddedScheduler ofAddress = startScheduler(trusted.serverCredentials("127.0.0.1"));
				EmbeddedScheduler ofName = startScheduler(trusted.serverCredentials("localhost"))) {
			ApplicationContextRunner application = this.contextRunner
				.withPropertyValues("sw4rm.scheduler.ssl.bundle=trusted");
			application
				.withPropertyValues("sw4rm.scheduler.address=https://127.0.0.1:%d,https://localhost:%d"
					.formatted(ofAddress.port(), ofName.port()))
				.run((context) -> await().until(() -> {
					poll(context.getBean(SchedulerClient.class));
					return polls(ofAddress) > 0 && polls(ofName) > 0;
				}));
			ofAddress.reset();
			ofName.reset();
			application
				.withPropertyValues("sw4rm.scheduler.address=https://localhost:%d,https://127.0.0.1:%d"
					.formatted(ofAddress.port(), ofName.port()))
				.run((context) -> assertThatExceptionOfType(SchedulerUnavailableException.class)
					.isThrownBy(() -> poll(context.getBean(SchedulerClient.class))));
			assertThat(polls(ofAddress) + polls(ofName)).isZero();
		}
	}

	@ParameterizedTest
	@CsvSource({ "-10, -5, CertificateExpiredException", "5, 10, CertificateNotYetValidException" })
	void refusesCertificateOutsideItsPeriod(int fromDay, int toDay, String reason) {
		Instant now = Instant.now();
		try (EmbeddedScheduler scheduler = startScheduler(
				trusted.serverCredentials(now.plus(fromDay, ChronoUnit.DAYS), now.plus(toDay, ChronoUnit.DAYS)))) {
			this.contextRunner
				.withPropertyValues("sw4rm.scheduler.address=" + scheduler.address(),
						"sw4rm.scheduler.ssl.bundle=trusted")
				.run((context) -> assertThatExceptionOfType(SchedulerUnavailableException.class)
					.isThrownBy(() -> poll(context.getBean(SchedulerClient.class)))
					.withStackTraceContaining(reason));
			assertThat(polls(scheduler)).isZero();
		}
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
		assertThat(plaintextScheduler.faults().calls(Rpc.POLL_ACTIVITY_BUFFER)).isZero();
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
	void keepsCredentialsProviderWithFinalMethodUsable() {
		this.contextRunner
			.withPropertyValues("sw4rm.scheduler.address=" + tlsScheduler.address(),
					"sw4rm.scheduler.ssl.bundle=trusted")
			.withBean(ChannelCredentialsProvider.class, FinalMethodCredentialsProvider::new)
			.run((context) -> {
				assertThat(poll(context.getBean(SchedulerClient.class))).isZero();
				assertThat(context.getBean(ChannelCredentialsProvider.class).getChannelCredentials("localhost:1"))
					.isInstanceOf(InsecureChannelCredentials.class);
			});
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
		assertThat(plaintextScheduler.faults().calls(Rpc.POLL_ACTIVITY_BUFFER)).isZero();
	}

	@Test
	void refusesChannelFactoryOfUserThatIgnoresItsOptions() {
		this.contextRunner
			.withPropertyValues("sw4rm.scheduler.address=https://" + plaintextScheduler.address(),
					"sw4rm.scheduler.ssl.bundle=trusted")
			.withBean(GrpcChannelFactory.class, IgnorantChannelFactory::new)
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOf(IllegalStateException.class)
				.hasMessageContaining("must use TLS")
				.hasMessageContaining("GrpcChannelFactory ignores the customizer"));
	}

	@Test
	void warnsAboutSuchChannelFactoryWithoutTls(CapturedOutput output) {
		this.contextRunner.withPropertyValues("sw4rm.scheduler.address=" + plaintextScheduler.address())
			.withBean(GrpcChannelFactory.class, IgnorantChannelFactory::new)
			.run((context) -> {
				assertThat(poll(context.getBean(SchedulerClient.class))).isZero();
				assertThat(output).contains("'sw4rm.scheduler.*'")
					.containsOnlyOnce("GrpcChannelFactory ignores the customizer");
			});
	}

	@ParameterizedTest
	@ValueSource(strings = { "options.enabled-protocols", "protocol" })
	void negotiatesProtocolOfBundle(String property) {
		this.contextRunner.withPropertyValues("sw4rm.scheduler.address=" + tlsScheduler.address(),
				"sw4rm.scheduler.ssl.bundle=trusted", "spring.ssl.bundle.pem.trusted.%s=TLSv1.2".formatted(property))
			.run((context) -> {
				assertThat(poll(context.getBean(SchedulerClient.class))).isZero();
				assertThat(recorder.protocol()).isEqualTo("TLSv1.2");
			});
	}

	@ParameterizedTest
	@ValueSource(strings = { "TLS_AES_128_GCM_SHA256", "TLS_CHACHA20_POLY1305_SHA256",
			"TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256" })
	void negotiatesCipherSuiteOfBundle(String cipher) {
		this.contextRunner
			.withPropertyValues("sw4rm.scheduler.address=" + tlsScheduler.address(),
					"sw4rm.scheduler.ssl.bundle=trusted", "spring.ssl.bundle.pem.trusted.options.ciphers=" + cipher)
			.run((context) -> {
				assertThat(poll(context.getBean(SchedulerClient.class))).isZero();
				assertThat(recorder.cipher()).isEqualTo(cipher);
			});
	}

	@Test
	void failsAtSchedulerThatSpeaksNoProtocolOfBundle() {
		try (EmbeddedScheduler scheduler = EmbeddedScheduler.builder()
			.serverCredentials(trusted.mutualServerCredentials("TLSv1.3"))
			.start()) {
			this.contextRunner
				.withPropertyValues("sw4rm.scheduler.address=" + scheduler.address(),
						"sw4rm.scheduler.ssl.bundle=client",
						"spring.ssl.bundle.pem.client.options.enabled-protocols=TLSv1.2")
				.withPropertyValues(trusted.bundleProperties("client", trusted.issue("client")))
				.run((context) -> assertThatExceptionOfType(SchedulerUnavailableException.class)
					.isThrownBy(() -> poll(context.getBean(SchedulerClient.class)))
					.withStackTraceContaining("protocol_version"));
		}
	}

	@ParameterizedTest
	@CsvSource({ "ciphers, TLS_NO_SUCH_SUITE", "enabled-protocols, TLSv9" })
	void stopsTheApplicationWhenJvmDoesNotSupportOptionsOfBundle(String option, String value) {
		this.contextRunner
			.withPropertyValues("sw4rm.scheduler.ssl.bundle=trusted",
					"spring.ssl.bundle.pem.trusted.options.%s=%s".formatted(option, value))
			.run((context) -> assertThat(context.getStartupFailure())
				.hasStackTraceContaining("sw4rm.scheduler.ssl.bundle")
				.hasStackTraceContaining("that this JVM supports")
				.hasStackTraceContaining("got [%s]".formatted(value)));
	}

	@Test
	void stopsTheApplicationWhenOptionsOfBundleNeedMissingNetty() {
		this.contextRunner.withClassLoader(new FilteredClassLoader(NettyChannelBuilder.class))
			.withUserConfiguration(CredentialsChannelFactoryConfiguration.class)
			.withPropertyValues("sw4rm.scheduler.ssl.bundle=trusted",
					"spring.ssl.bundle.pem.trusted.options.enabled-protocols=TLSv1.2")
			.run((context) -> assertThat(context.getStartupFailure())
				.hasStackTraceContaining("requires io.grpc:grpc-netty on the class path"));
	}

	@Test
	void refusesProtocolThatBundleDoesNotPermitOfChannelFactoryOfUser() {
		this.contextRunner.withPropertyValues("sw4rm.scheduler.address=" + tlsScheduler.address(),
				"sw4rm.scheduler.ssl.bundle=trusted", "spring.ssl.bundle.pem.trusted.options.enabled-protocols=TLSv1.2")
			.withBean(GrpcChannelFactoryCustomizer.class, () -> useCredentials(trusted.channelCredentials()))
			.run((context) -> assertThatExceptionOfType(SchedulerException.class)
				.isThrownBy(() -> poll(context.getBean(SchedulerClient.class)))
				.withMessageContaining("TLSv1.3")
				.withMessageContaining("does not permit"));
		assertThat(tlsScheduler.faults().calls(Rpc.POLL_ACTIVITY_BUFFER)).isZero();
	}

	@Test
	void refusesPlaintextConnectionOfChannelFactoryCustomizerOfUser() {
		this.contextRunner
			.withPropertyValues("sw4rm.scheduler.address=https://" + plaintextScheduler.address(),
					"sw4rm.scheduler.ssl.bundle=trusted")
			.withBean(GrpcChannelFactoryCustomizer.class, () -> useCredentials(InsecureChannelCredentials.create()))
			.run((context) -> assertThatExceptionOfType(SchedulerException.class)
				.isThrownBy(() -> poll(context.getBean(SchedulerClient.class)))
				.withMessageContaining("must use TLS"));
		assertThat(plaintextScheduler.faults().calls(Rpc.POLL_ACTIVITY_BUFFER)).isZero();
	}

	@Test
	void settingsOfOtherChannelsDoNotWeakenTls() {
		this.contextRunner
			.withPropertyValues("sw4rm.scheduler.address=" + tlsScheduler.address(), "sw4rm.scheduler.ssl.bundle=other",
					"spring.grpc.client.channel.default.ssl.enabled=false",
					"spring.grpc.client.channel.default.bypass-certificate-validation=true")
			.run((context) -> assertThatExceptionOfType(SchedulerUnavailableException.class)
				.isThrownBy(() -> poll(context.getBean(SchedulerClient.class)))
				.withStackTraceContaining("PKIX path"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "https://localhost:%1$d", "https://localhost:%1$d,https://127.0.0.1:%1$d",
			"dns:///localhost:%1$d" })
	void verifiesOverriddenServerName(String address, CapturedOutput output) {
		TestCertificates certificates = new TestCertificates("scheduler.test");
		try (EmbeddedScheduler scheduler = EmbeddedScheduler.builder()
			.serverCredentials(certificates.serverCredentials())
			.start()) {
			ApplicationContextRunner runner = this.contextRunner.withPropertyValues(
					"spring.ssl.bundle.pem.named.truststore.certificate=" + certificates.authorityPem(),
					"sw4rm.scheduler.ssl.bundle=named",
					"sw4rm.scheduler.address=" + address.formatted(scheduler.port()));
			runner.run((context) -> assertThatExceptionOfType(SchedulerUnavailableException.class)
				.isThrownBy(() -> poll(context.getBean(SchedulerClient.class))));
			assertThat(output).doesNotContain("server-name-override");
			runner.withPropertyValues("sw4rm.scheduler.ssl.server-name-override=scheduler.test").run((context) -> {
				for (int i = 0; i < 4; i++) {
					assertThat(poll(context.getBean(SchedulerClient.class))).isZero();
				}
				assertThat(output).containsOnlyOnce("'sw4rm.scheduler.ssl.server-name-override' is for tests only");
			});
			runner
				.withPropertyValues("sw4rm.scheduler.client.billing.address=" + address.formatted(scheduler.port()),
						"sw4rm.scheduler.client.billing.ssl.server-name-override=scheduler.test")
				.run((context) -> {
					assertThat(poll(context.getBean("billingSchedulerClient", SchedulerClient.class))).isZero();
					assertThat(output).containsOnlyOnce(
							"'sw4rm.scheduler.client.billing.ssl.server-name-override' is for tests only");
				});
			runner.withPropertyValues("sw4rm.scheduler.ssl.server-name-override=other.test")
				.run((context) -> assertThatExceptionOfType(SchedulerUnavailableException.class)
					.isThrownBy(() -> poll(context.getBean(SchedulerClient.class)))
					.withStackTraceContaining("other.test"));
		}
	}

	@Test
	void refusesTrustManagerThatDoesNotVerifyHostNames() {
		X509TrustManager trustManager = mock(X509TrustManager.class);
		SslBundle bundle = SslBundle.of(null, null, null, null, SslManagerBundle.from(trustManager));
		this.contextRunner.withPropertyValues("sw4rm.scheduler.ssl.bundle=custom")
			.withBean(SslBundleRegistrar.class, () -> (registry) -> registry.registerBundle("custom", bundle))
			.run((context) -> assertThat(context.getStartupFailure())
				.hasStackTraceContaining("must be an X509ExtendedTrustManager"));
	}

	private static GrpcChannelFactoryCustomizer useCredentials(ChannelCredentials credentials) {
		return (factory) -> ((DefaultGrpcChannelFactory<?>) factory).setCredentialsProvider((target) -> credentials);
	}

	private static EmbeddedScheduler startScheduler(ServerCredentials credentials) {
		return EmbeddedScheduler.builder().serverCredentials(credentials).start();
	}

	private static long polls(EmbeddedScheduler scheduler) {
		return scheduler.faults().calls(Rpc.POLL_ACTIVITY_BUFFER);
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

	static class FinalMethodCredentialsProvider implements ChannelCredentialsProvider {

		private final ChannelCredentials credentials = InsecureChannelCredentials.create();

		@Override
		public final ChannelCredentials getChannelCredentials(String target) {
			return this.credentials;
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
	static class CredentialsChannelFactoryConfiguration {

		@Bean
		GrpcChannelFactory channelFactory(ClientInterceptorsConfigurer interceptorsConfigurer,
				ChannelCredentialsProvider credentialsProvider) {
			DefaultGrpcChannelFactory<NettyChannelBuilder> factory = new DefaultGrpcChannelFactory<>(List.of(),
					interceptorsConfigurer);
			factory.setCredentialsProvider(credentialsProvider);
			return factory;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class PlaintextChannelFactoryConfiguration {

		@Bean
		GrpcChannelFactory channelFactory(ClientInterceptorsConfigurer interceptorsConfigurer) {
			return new DefaultGrpcChannelFactory<NettyChannelBuilder>(List.of(), interceptorsConfigurer);
		}

	}

	static class IgnorantChannelFactory implements GrpcChannelFactory {

		@Override
		public ManagedChannel createChannel(String target, ChannelBuilderOptions options) {
			return Grpc.newChannelBuilder(target, InsecureChannelCredentials.create()).build();
		}

		@Override
		public boolean supports(String target) {
			return true;
		}

	}

}
