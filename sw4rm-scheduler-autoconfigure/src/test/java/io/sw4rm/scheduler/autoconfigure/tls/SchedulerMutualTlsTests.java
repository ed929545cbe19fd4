package io.sw4rm.scheduler.autoconfigure.tls;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

import io.grpc.ChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.TlsChannelCredentials;
import io.netty.pkitesting.X509Bundle;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.grpc.client.autoconfigure.CompositeChannelFactoryAutoConfiguration;
import org.springframework.boot.grpc.client.autoconfigure.GrpcClientAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.grpc.client.ChannelCredentialsProvider;
import org.springframework.grpc.client.GrpcChannelFactory;

import io.sw4rm.scheduler.autoconfigure.SchedulerAutoConfiguration;
import io.sw4rm.scheduler.client.SchedulerClient;
import io.sw4rm.scheduler.client.SchedulerUnavailableException;
import io.sw4rm.scheduler.embedded.EmbeddedScheduler;
import io.sw4rm.scheduler.testsupport.TestCertificates;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for connections to a scheduler that asks for a client certificate.
 */
class SchedulerMutualTlsTests {

	private static final char[] STORE_PASSWORD = "store-password".toCharArray();

	private static final TestCertificates certificates = new TestCertificates();

	private static final TlsRecorder recorder = new TlsRecorder();

	private static EmbeddedScheduler scheduler;

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SslAutoConfiguration.class, GrpcClientAutoConfiguration.class,
				CompositeChannelFactoryAutoConfiguration.class, SchedulerAutoConfiguration.class))
		.withPropertyValues("sw4rm.scheduler.address=https://" + scheduler.address(),
				"sw4rm.scheduler.ssl.bundle=client", "sw4rm.scheduler.retry.max-attempts=1");

	@BeforeAll
	static void startScheduler() {
		scheduler = EmbeddedScheduler.builder()
			.serverCredentials(certificates.mutualServerCredentials())
			.intercept(recorder)
			.start();
	}

	@AfterAll
	static void stopScheduler() {
		scheduler.close();
	}

	@Test
	void presentsCertificateOfPemBundle() {
		this.contextRunner.withPropertyValues(certificates.bundleProperties("client", certificates.issue("pem")))
			.run((context) -> {
				poll(context);
				assertThat(recorder.client()).isEqualTo("CN=pem");
			});
	}

	@ParameterizedTest
	@CsvSource({ "JKS, key-password", "PKCS12, store-password" })
	void presentsCertificateWithAliasAndPasswordOfKeyStore(String type, String keyPassword, @TempDir Path directory)
			throws Exception {
		this.contextRunner.withPropertyValues(keyStoreProperties(type, keyPassword, directory))
			.withPropertyValues("spring.ssl.bundle.jks.client.key.alias=second",
					"spring.ssl.bundle.jks.client.key.password=" + keyPassword)
			.run((context) -> {
				poll(context);
				assertThat(recorder.client()).isEqualTo("CN=second");
			});
	}

	@ParameterizedTest
	@CsvSource({ "missing, key-password, missing", "second, wrong, key" })
	void stopsTheApplicationWithWrongAliasOrPassword(String alias, String keyPassword, String reason,
			@TempDir Path directory) throws Exception {
		this.contextRunner.withPropertyValues(keyStoreProperties("JKS", "key-password", directory))
			.withPropertyValues("spring.ssl.bundle.jks.client.key.alias=" + alias,
					"spring.ssl.bundle.jks.client.key.password=" + keyPassword)
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.satisfies((ex) -> assertThat(context.getStartupFailure())
					.hasStackTraceContaining(InvalidConfigurationPropertyValueException.class.getSimpleName()))
				.hasMessageContaining(reason));
	}

	@ParameterizedTest
	@ValueSource(strings = { "jks.client.truststore.location", "pem.client.truststore.certificate" })
	void stopsTheApplicationWithMissingFile(String property, @TempDir Path directory) {
		this.contextRunner
			.withPropertyValues("spring.ssl.bundle.%s=%s".formatted(property, directory.resolve("missing").toUri()))
			.run((context) -> assertThat(context.getStartupFailure())
				.hasStackTraceContaining("sw4rm.scheduler.ssl.bundle")
				.hasStackTraceContaining("spring.ssl.bundle.*.client.*")
				.hasStackTraceContaining("missing"));
	}

	@Test
	void otherChannelToTheSameTargetDoesNotPresentTheCertificate() {
		assertThatOtherChannelIsRefused("dns:///localhost:" + scheduler.port(), certificates.channelCredentials());
	}

	@Test
	void otherChannelToTheSameTargetDoesNotTrustTheAuthority() {
		try (EmbeddedScheduler withoutClientCertificates = EmbeddedScheduler.builder()
			.serverCredentials(certificates.serverCredentials())
			.start()) {
			assertThatOtherChannelIsRefused("dns:///localhost:" + withoutClientCertificates.port(),
					TlsChannelCredentials.create());
		}
	}

	private void assertThatOtherChannelIsRefused(String target, ChannelCredentials credentials) {
		this.contextRunner.withPropertyValues(certificates.bundleProperties("client", certificates.issue("mine")))
			.withPropertyValues("sw4rm.scheduler.address=" + target)
			.withBean(ChannelCredentialsProvider.class, () -> (name) -> credentials)
			.run((context) -> {
				poll(context);
				ManagedChannel other = context.getBean(GrpcChannelFactory.class).createChannel(target);
				SchedulerClient client = SchedulerClient.create(other);
				assertThatExceptionOfType(SchedulerUnavailableException.class)
					.isThrownBy(() -> client.pollActivityBuffer("worker-1"));
				poll(context);
			});
	}

	@Test
	void isRefusedWithoutCertificate() {
		this.contextRunner.withPropertyValues(certificates.trustProperty("client"))
			.run(SchedulerMutualTlsTests::assertRefused);
	}

	@Test
	void isRefusedWithCertificateOfOtherAuthority() {
		X509Bundle stranger = new TestCertificates().issue("stranger");
		this.contextRunner.withPropertyValues(certificates.bundleProperties("client", stranger))
			.run(SchedulerMutualTlsTests::assertRefused);
	}

	@ParameterizedTest
	@CsvSource({ "-10, -5", "5, 10" })
	void isRefusedWithCertificateOutsideItsPeriod(int fromDay, int toDay) {
		Instant now = Instant.now();
		X509Bundle client = certificates.issue("client", now.plus(fromDay, ChronoUnit.DAYS),
				now.plus(toDay, ChronoUnit.DAYS));
		this.contextRunner.withPropertyValues(certificates.bundleProperties("client", client))
			.run(SchedulerMutualTlsTests::assertRefused);
	}

	private static void assertRefused(ApplicationContext context) {
		assertThatExceptionOfType(SchedulerUnavailableException.class).isThrownBy(() -> poll(context));
	}

	private static void poll(ApplicationContext context) {
		assertThat(context.getBean(SchedulerClient.class).pollActivityBuffer("worker-1")).isEmpty();
	}

	/**
	 * Write a key store with two keys, and return the properties of its bundle.
	 */
	private static String[] keyStoreProperties(String type, String keyPassword, Path directory) throws Exception {
		KeyStore keyStore = KeyStore.getInstance(type);
		keyStore.load(null, null);
		for (String alias : new String[] { "first", "second" }) {
			X509Bundle client = certificates.issue(alias);
			keyStore.setKeyEntry(alias, client.getKeyPair().getPrivate(), keyPassword.toCharArray(),
					new X509Certificate[] { client.getCertificate() });
		}
		Path file = directory.resolve("client.store");
		try (var out = Files.newOutputStream(file)) {
			keyStore.store(out, STORE_PASSWORD);
		}
		KeyStore trustStore = KeyStore.getInstance(type);
		trustStore.load(null, null);
		trustStore.setCertificateEntry("authority", certificates.authorityCertificate());
		Path trustFile = directory.resolve("trust.store");
		try (var out = Files.newOutputStream(trustFile)) {
			trustStore.store(out, STORE_PASSWORD);
		}
		String prefix = "spring.ssl.bundle.jks.client.";
		return new String[] { prefix + "keystore.type=" + type, prefix + "keystore.location=" + file.toUri(),
				prefix + "keystore.password=" + new String(STORE_PASSWORD), prefix + "truststore.type=" + type,
				prefix + "truststore.location=" + trustFile.toUri(),
				prefix + "truststore.password=" + new String(STORE_PASSWORD) };
	}

}
