package io.sw4rm.scheduler.test;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.grpc.client.autoconfigure.CompositeChannelFactoryAutoConfiguration;
import org.springframework.boot.grpc.client.autoconfigure.GrpcClientAutoConfiguration;
import org.springframework.boot.testcontainers.lifecycle.TestcontainersLifecycleApplicationContextInitializer;
import org.springframework.boot.testcontainers.service.connection.ServiceConnection;
import org.springframework.boot.testcontainers.service.connection.ServiceConnectionAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.test.context.TestPropertySource;
import org.springframework.test.context.junit.jupiter.SpringJUnitConfig;

import io.sw4rm.scheduler.autoconfigure.SchedulerAutoConfiguration;
import io.sw4rm.scheduler.autoconfigure.SchedulerConnectionDetails;
import io.sw4rm.scheduler.client.SchedulerClient;
import io.sw4rm.scheduler.client.TaskSubmission;
import io.sw4rm.scheduler.embedded.EmbeddedScheduler;

import static io.sw4rm.scheduler.test.SchedulerAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SchedulerContainer}, which run without a container engine.
 */
class SchedulerContainerTests {

	private static final TaskSubmission TASK = TaskSubmission.forAgent("worker-1").taskId("task-123").build();

	@Test
	void exposesPortOfSchedulersBesideOthers() {
		try (StubContainer container = new StubContainer()) {
			container.withExposedPorts(8080);
			container.start();
			assertThat(container.getExposedPorts()).containsExactlyInAnyOrder(8080, 50053);
		}
	}

	@Test
	void hasAddressForClients() {
		try (StubContainer container = new StubContainer()) {
			container.start();
			try (SchedulerClient client = SchedulerClient.create(container.getAddress())) {
				client.submitTask(TASK);
			}
			assertThat(container.scheduler).hasAccepted("task-123");
		}
	}

	@Nested
	@SpringJUnitConfig
	@ImportAutoConfiguration({ SslAutoConfiguration.class, GrpcClientAutoConfiguration.class,
			CompositeChannelFactoryAutoConfiguration.class, SchedulerAutoConfiguration.class })
	class InFieldOfTest {

		@ServiceConnection
		static final StubContainer container = new StubContainer();

		@Test
		void connectsToAnyImage(@Autowired SchedulerClient client) {
			client.submitTask(TASK);
			assertThat(container.scheduler).hasAccepted("task-123");
		}

	}

	@Nested
	@SpringJUnitConfig
	@ImportAutoConfiguration({ ServiceConnectionAutoConfiguration.class, SslAutoConfiguration.class,
			GrpcClientAutoConfiguration.class, CompositeChannelFactoryAutoConfiguration.class,
			SchedulerAutoConfiguration.class })
	class AsBean {

		@Test
		void connectsToAnyImage(@Autowired SchedulerClient client, @Autowired StubContainer container) {
			client.submitTask(TASK);
			assertThat(container.scheduler).hasAccepted("task-123");
		}

		@Configuration(proxyBeanMethods = false)
		static class ContainerConfiguration {

			@Bean
			@ServiceConnection
			StubContainer container() {
				return new StubContainer();
			}

		}

	}

	@Nested
	@SpringJUnitConfig(initializers = TestcontainersLifecycleApplicationContextInitializer.class)
	@TestPropertySource(properties = { "sw4rm.scheduler.client.billing.address=billing.example.com",
			"sw4rm.scheduler.client.search.address=search.example.com" })
	@ImportAutoConfiguration({ ServiceConnectionAutoConfiguration.class, SslAutoConfiguration.class,
			GrpcClientAutoConfiguration.class, CompositeChannelFactoryAutoConfiguration.class,
			SchedulerAutoConfiguration.class })
	class ForNamedClients {

		@Test
		void connectEachToItsOwn(@Autowired @Qualifier("billing") SchedulerClient billing,
				@Autowired @Qualifier("search") SchedulerClient search,
				@Autowired @Qualifier("billingContainer") StubContainer billingContainer,
				@Autowired @Qualifier("searchContainer") StubContainer searchContainer) {
			billing.submitTask(TASK);
			assertThat(billingContainer.scheduler).hasAccepted("task-123");
			assertThat(searchContainer.scheduler).hasReceivedNothing();
			search.submitTask(TASK);
			assertThat(searchContainer.scheduler).hasAccepted("task-123");
		}

		@Configuration(proxyBeanMethods = false)
		static class ContainersConfiguration {

			@Bean
			StubContainer billingContainer() {
				return new StubContainer();
			}

			@Bean
			StubContainer searchContainer() {
				return new StubContainer();
			}

			@Bean
			@Qualifier("billing")
			SchedulerConnectionDetails billingConnection(@Qualifier("billingContainer") SchedulerContainer container) {
				return container::getAddress;
			}

			@Bean
			@Qualifier("search")
			SchedulerConnectionDetails searchConnection(@Qualifier("searchContainer") SchedulerContainer container) {
				return container::getAddress;
			}

		}

	}

	/**
	 * Starts an embedded scheduler instead of a container.
	 */
	static class StubContainer extends SchedulerContainer {

		private @Nullable EmbeddedScheduler scheduler;

		StubContainer() {
			super("acme/scheduler:1.0");
		}

		@Override
		public void start() {
			configure();
			this.scheduler = EmbeddedScheduler.start();
		}

		@Override
		public void stop() {
			if (this.scheduler != null) {
				this.scheduler.close();
			}
		}

		@Override
		public boolean isRunning() {
			return this.scheduler != null;
		}

		@Override
		public String getDockerImageName() {
			return "acme/scheduler:1.0";
		}

		@Override
		public String getHost() {
			return "localhost";
		}

		@Override
		public Integer getMappedPort(int originalPort) {
			assertThat(getExposedPorts()).contains(originalPort);
			assertThat(this.scheduler).as("started scheduler").isNotNull();
			return this.scheduler.port();
		}

	}

}
