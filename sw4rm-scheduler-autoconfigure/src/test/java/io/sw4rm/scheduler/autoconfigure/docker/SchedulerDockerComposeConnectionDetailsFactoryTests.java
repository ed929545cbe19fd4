package io.sw4rm.scheduler.autoconfigure.docker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.beans.BeanUtils;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.docker.compose.core.ConnectionPorts;
import org.springframework.boot.docker.compose.core.DockerComposeFile;
import org.springframework.boot.docker.compose.core.ImageReference;
import org.springframework.boot.docker.compose.core.RunningService;
import org.springframework.boot.docker.compose.lifecycle.DockerComposeServicesReadyEvent;
import org.springframework.boot.grpc.client.autoconfigure.CompositeChannelFactoryAutoConfiguration;
import org.springframework.boot.grpc.client.autoconfigure.GrpcClientAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.util.ClassUtils;

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

/**
 * Tests for {@link SchedulerDockerComposeConnectionDetailsFactory}, with services that
 * Docker Compose did not start.
 */
class SchedulerDockerComposeConnectionDetailsFactoryTests {

	private static final String LISTENER = "org.springframework.boot.docker.compose.service.connection.DockerComposeServiceConnectionsApplicationListener";

	private static final TestCertificates trusted = new TestCertificates();

	private static final TestCertificates other = new TestCertificates();

	@TempDir
	private Path directory;

	@ParameterizedTest
	@CsvSource({ "sw4rm-scheduler, unrelated.label", "registry.example.com:5000/sw4rm-scheduler:1.0, unrelated.label",
			"acme/scheduler, org.springframework.boot.service-connection" })
	void connectsToServiceWithTheImageOrLabel(String image, String label) {
		try (EmbeddedScheduler scheduler = EmbeddedScheduler.start()) {
			application(new Service(image, "localhost", scheduler.port(), Map.of(label, "sw4rm-scheduler"), null))
				.withPropertyValues("sw4rm.scheduler.address=other.example.com")
				.run((context) -> {
					submit(context);
					assertThat(scheduler.queued()).hasSize(1);
					assertThat(context).doesNotHaveBean(EmbeddedScheduler.class);
				});
		}
	}

	@ParameterizedTest
	@CsvSource({ "redis,", "sw4rm-scheduler-proxy,", "acme/scheduler,", "sw4rm-scheduler, redis" })
	void ignoresOtherServices(String image, @Nullable String connection) {
		Map<String, String> labels = (connection != null)
				? Map.of("org.springframework.boot.service-connection", connection) : Map.of();
		application(new Service(image, "localhost", 1, labels, null))
			.withPropertyValues("sw4rm.scheduler.address=scheduler.example.com")
			.run((context) -> assertThat(context.getBean(SchedulerConnectionDetails.class).getAddress())
				.isEqualTo("scheduler.example.com"));
	}

	@Test
	void usesTlsWithTheTrustStoreInTheLabels() throws IOException {
		try (EmbeddedScheduler scheduler = EmbeddedScheduler.builder()
			.serverCredentials(trusted.serverCredentials())
			.start()) {
			application(tlsService(scheduler.port())).run((context) -> {
				submit(context);
				assertThat(context.getBean(SchedulerConnectionDetails.class).getAddress())
					.isEqualTo("https://localhost:%d", scheduler.port());
			});
		}
	}

	@Test
	void refusesServiceWithAnotherCertificate() throws IOException {
		try (EmbeddedScheduler scheduler = EmbeddedScheduler.builder()
			.serverCredentials(other.serverCredentials())
			.start()) {
			application(tlsService(scheduler.port()))
				.run((context) -> assertThatExceptionOfType(SchedulerUnavailableException.class)
					.isThrownBy(() -> submit(context)));
		}
	}

	@Test
	void writesIpv6AddressInBrackets() {
		application(new Service("sw4rm-scheduler", "fd00::1", 50054, Map.of(), null))
			.run((context) -> assertThat(context.getBean(SchedulerConnectionDetails.class).getAddress())
				.isEqualTo("http://[fd00::1]:50054"));
	}

	@Test
	void failsIfThePortIsNotPublished() {
		application(new Service("sw4rm-scheduler", "localhost", null, Map.of(), null))
			.run((context) -> assertThat(context).getFailure().hasMessage("port 50053 is not mapped"));
	}

	/**
	 * The certificate's location is relative to the Compose file.
	 */
	private Service tlsService(int port) throws IOException {
		Path composeFile = Files.createFile(this.directory.resolve("compose.yaml"));
		Files.writeString(this.directory.resolve("ca.pem"), trusted.authorityPem());
		return new Service("sw4rm-scheduler", "localhost", port,
				Map.of("org.springframework.boot.sslbundle.pem.truststore.certificate", "ca.pem"),
				DockerComposeFile.of(composeFile.toFile()));
	}

	private static void submit(ApplicationContext context) {
		context.getBean(SchedulerClient.class).submitTask(TaskSubmission.forAgent("worker-1").build());
	}

	/**
	 * An application after its services have started.
	 */
	@SuppressWarnings("unchecked")
	private static ApplicationContextRunner application(Service service) {
		return new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(SslAutoConfiguration.class,
				GrpcClientAutoConfiguration.class, CompositeChannelFactoryAutoConfiguration.class,
				SchedulerAutoConfiguration.class, EmbeddedSchedulerAutoConfiguration.class))
			.withInitializer((context) -> {
				ApplicationListener<DockerComposeServicesReadyEvent> listener = (ApplicationListener<DockerComposeServicesReadyEvent>) BeanUtils
					.instantiateClass(ClassUtils.resolveClassName(LISTENER, null));
				listener.onApplicationEvent(BeanUtils.instantiateClass(
						BeanUtils.getResolvableConstructor(DockerComposeServicesReadyEvent.class), context,
						List.of(service)));
			});
	}

	private record Service(ImageReference image, String host, ConnectionPorts ports, Map<String, String> labels,
			@Nullable DockerComposeFile composeFile) implements RunningService {

		Service(String image, String host, @Nullable Integer port, Map<String, String> labels,
				@Nullable DockerComposeFile composeFile) {
			this(ImageReference.of(image), host, new Ports(port), labels, composeFile);
		}

		@Override
		public String name() {
			return "scheduler";
		}

		@Override
		public Map<String, @Nullable String> env() {
			return Map.of();
		}

	}

	/**
	 * The port of the host to which port 50053 of the container is mapped.
	 */
	private record Ports(@Nullable Integer port) implements ConnectionPorts {

		@Override
		public int get(int containerPort) {
			if (containerPort != 50053 || this.port == null) {
				throw new IllegalStateException("port %d is not mapped".formatted(containerPort));
			}
			return this.port;
		}

		@Override
		public List<Integer> getAll() {
			return List.of();
		}

		@Override
		public List<Integer> getAll(@Nullable String protocol) {
			return List.of();
		}

	}

}
