package io.sw4rm.scheduler.autoconfigure.testcontainers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.testcontainers.containers.Container;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.service.connection.ConnectionDetailsFactories;
import org.springframework.boot.autoconfigure.service.connection.ConnectionDetailsNotFoundException;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.grpc.client.autoconfigure.CompositeChannelFactoryAutoConfiguration;
import org.springframework.boot.grpc.client.autoconfigure.GrpcClientAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.testcontainers.service.connection.PemTrustStore;
import org.springframework.boot.testcontainers.service.connection.ServiceConnection;
import org.springframework.boot.testcontainers.service.connection.ServiceConnectionAutoConfiguration;
import org.springframework.boot.testcontainers.service.connection.Ssl;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.test.context.junit.jupiter.SpringJUnitConfig;

import io.sw4rm.scheduler.autoconfigure.SchedulerAutoConfiguration;
import io.sw4rm.scheduler.autoconfigure.SchedulerConnectionDetails;
import io.sw4rm.scheduler.autoconfigure.embedded.EmbeddedSchedulerAutoConfiguration;
import io.sw4rm.scheduler.client.SchedulerClient;
import io.sw4rm.scheduler.client.SchedulerUnavailableException;
import io.sw4rm.scheduler.client.TaskSubmission;
import io.sw4rm.scheduler.embedded.EmbeddedScheduler;
import io.sw4rm.scheduler.testsupport.TestCertificates;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

/**
 * Tests for {@link SchedulerContainerConnectionDetailsFactory}, with containers that are
 * not real.
 */
class SchedulerContainerConnectionDetailsFactoryTests {

	private static final String AUTHORITY = "file:target/service-connection/authority.pem";

	private static final TestCertificates trusted = new TestCertificates();

	private static final TestCertificates other = new TestCertificates();

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(ServiceConnectionAutoConfiguration.class, SslAutoConfiguration.class,
				GrpcClientAutoConfiguration.class, CompositeChannelFactoryAutoConfiguration.class,
				SchedulerAutoConfiguration.class, EmbeddedSchedulerAutoConfiguration.class));

	@BeforeAll
	static void writeAuthority() throws IOException {
		Path file = Path.of(AUTHORITY.substring("file:".length()));
		Files.createDirectories(file.getParent());
		Files.writeString(file, trusted.authorityPem());
	}

	@Test
	void connectsToContainerWithTheName() {
		this.contextRunner.withUserConfiguration(NamedConnection.class)
			.withPropertyValues("sw4rm.scheduler.address=other.example.com")
			.run((context) -> {
				submit(context);
				assertThat(context.getBean(SchedulerConnectionDetails.class).getAddress())
					.isEqualTo("http://localhost:%d", context.getBean(StubContainer.class).scheduler().port());
			});
	}

	@Test
	void replacesEmbeddedScheduler() {
		this.contextRunner.withUserConfiguration(NamedConnection.class).run((context) -> {
			submit(context);
			assertThat(context).doesNotHaveBean(EmbeddedScheduler.class);
		});
	}

	@Test
	void refusesContainerWithoutTheName() {
		this.contextRunner.withUserConfiguration(UnnamedConnection.class)
			.run((context) -> assertThat(context).getFailure()
				.isInstanceOf(ConnectionDetailsNotFoundException.class)
				.hasMessageContaining("add a 'name'"));
	}

	@Test
	void usesTlsWithTheTrustStoreOfTheContainer() {
		this.contextRunner.withUserConfiguration(TlsConnection.class).run((context) -> {
			submit(context);
			assertThat(context.getBean(SchedulerConnectionDetails.class).getAddress()).startsWith("https://localhost:");
		});
	}

	@Test
	void refusesContainerWithAnotherCertificate() {
		this.contextRunner.withUserConfiguration(OtherCertificateConnection.class)
			.run((context) -> assertThatExceptionOfType(SchedulerUnavailableException.class)
				.isThrownBy(() -> submit(context)));
	}

	@Test
	void refusesPlaintextContainerIfTlsIsRequestedWithoutStores() {
		this.contextRunner.withUserConfiguration(SslConnection.class)
			.run((context) -> assertThatExceptionOfType(SchedulerUnavailableException.class)
				.isThrownBy(() -> submit(context)));
	}

	@Test
	void writesIpv6AddressInBrackets() {
		this.contextRunner.withUserConfiguration(Ipv6Connection.class)
			.run((context) -> assertThat(context.getBean(SchedulerConnectionDetails.class).getAddress())
				.startsWith("http://[fd00::1]:"));
	}

	@Test
	void appliesToAllClientsEvenIfTheContainerIsQualified() {
		this.contextRunner.withUserConfiguration(QualifiedConnection.class)
			.withPropertyValues("sw4rm.scheduler.client.billing.address=billing.example.com",
					"sw4rm.scheduler.client.search.address=search.example.com")
			.run((context) -> {
				submit(context);
				submit(context, context.getBean("searchSchedulerClient", SchedulerClient.class));
				submit(context, context.getBean("billingSchedulerClient", SchedulerClient.class));
			});
	}

	@ParameterizedTest
	@ValueSource(strings = { "org.springframework.boot.docker", "org.springframework.boot.testcontainers",
			"org.testcontainers" })
	void doesNotRequireOptionalLibraries(String missing) {
		new ApplicationContextRunner().withClassLoader(new FilteredClassLoader(missing))
			.withConfiguration(AutoConfigurations.of(SslAutoConfiguration.class, GrpcClientAutoConfiguration.class,
					CompositeChannelFactoryAutoConfiguration.class, SchedulerAutoConfiguration.class))
			.withPropertyValues("sw4rm.scheduler.address=scheduler.example.com:50053")
			.run((context) -> {
				assertThat(context.getBean(SchedulerConnectionDetails.class).getAddress())
					.isEqualTo("scheduler.example.com:50053");
				assertThatNoException().isThrownBy(() -> new ConnectionDetailsFactories(context.getClassLoader()));
			});
	}

	private static void submit(ApplicationContext context) {
		submit(context, context.getBean(SchedulerClient.class));
	}

	private static void submit(ApplicationContext context, SchedulerClient client) {
		String taskId = client.submitTask(TaskSubmission.forAgent("worker-1").build()).taskId();
		assertThat(context.getBean(StubContainer.class).scheduler().queued())
			.anySatisfy((task) -> assertThat(task.taskId()).isEqualTo(taskId));
	}

	@Nested
	@SpringJUnitConfig
	@ImportAutoConfiguration({ SslAutoConfiguration.class, GrpcClientAutoConfiguration.class,
			CompositeChannelFactoryAutoConfiguration.class, SchedulerAutoConfiguration.class })
	class InFieldOfTest {

		@ServiceConnection
		static final Container<?> container = new StubContainer("registry.example.com/sw4rm-scheduler:1.0");

		@Test
		void connectsToContainerWithTheImage(@Autowired SchedulerClient client) {
			client.submitTask(TaskSubmission.forAgent("worker-1").build());
			assertThat(((StubContainer) container).scheduler().queued()).hasSize(1);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class NamedConnection {

		@Bean
		@ServiceConnection(name = "sw4rm-scheduler")
		StubContainer container() {
			return new StubContainer("registry.example.com/acme/scheduler");
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class UnnamedConnection {

		@Bean
		@ServiceConnection
		StubContainer container() {
			return new StubContainer("sw4rm-scheduler");
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class TlsConnection {

		@Bean
		@ServiceConnection(name = "sw4rm-scheduler")
		@PemTrustStore(certificate = AUTHORITY)
		StubContainer container() {
			return new StubContainer("sw4rm-scheduler", trusted.serverCredentials());
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OtherCertificateConnection {

		@Bean
		@ServiceConnection(name = "sw4rm-scheduler")
		@PemTrustStore(certificate = AUTHORITY)
		StubContainer container() {
			return new StubContainer("sw4rm-scheduler", other.serverCredentials());
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class SslConnection {

		@Bean
		@ServiceConnection(name = "sw4rm-scheduler")
		@Ssl
		StubContainer container() {
			return new StubContainer("sw4rm-scheduler");
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Ipv6Connection {

		@Bean
		@ServiceConnection(name = "sw4rm-scheduler")
		StubContainer container() {
			return new StubContainer("sw4rm-scheduler").withHost("fd00::1");
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class QualifiedConnection {

		@Bean
		@Qualifier("billing")
		@ServiceConnection(name = "sw4rm-scheduler")
		StubContainer container() {
			return new StubContainer("sw4rm-scheduler");
		}

	}

}
