package io.sw4rm.scheduler.autoconfigure.embedded;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.grpc.client.autoconfigure.CompositeChannelFactoryAutoConfiguration;
import org.springframework.boot.grpc.client.autoconfigure.GrpcClientAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.env.SystemEnvironmentPropertySource;

import io.sw4rm.scheduler.autoconfigure.SchedulerAutoConfiguration;
import io.sw4rm.scheduler.autoconfigure.SchedulerConnectionDetails;
import io.sw4rm.scheduler.client.AsyncSchedulerClient;
import io.sw4rm.scheduler.client.SchedulerClient;
import io.sw4rm.scheduler.client.SchedulerUnavailableException;
import io.sw4rm.scheduler.client.TaskSubmission;
import io.sw4rm.scheduler.embedded.EmbeddedScheduler;
import io.sw4rm.scheduler.embedded.Rpc;
import io.sw4rm.scheduler.testsupport.Ports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link EmbeddedSchedulerAutoConfiguration}.
 */
@ExtendWith(OutputCaptureExtension.class)
class EmbeddedSchedulerAutoConfigurationTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SslAutoConfiguration.class, GrpcClientAutoConfiguration.class,
				CompositeChannelFactoryAutoConfiguration.class, SchedulerAutoConfiguration.class,
				EmbeddedSchedulerAutoConfiguration.class));

	@Test
	void startsWithoutAddressAndIsUsedByClient() {
		this.contextRunner.run((context) -> {
			assertThat(context).hasSingleBean(EmbeddedScheduler.class);
			submit(context, "task-1");
			assertThat(context.getBean(EmbeddedScheduler.class).agent("worker-1").queued()).hasSize(1);
		});
	}

	@Test
	void doesNotStartWithAddress() {
		this.contextRunner.withPropertyValues("sw4rm.scheduler.address=localhost:1")
			.run((context) -> assertThat(context).hasSingleBean(SchedulerClient.class)
				.doesNotHaveBean(EmbeddedScheduler.class));
	}

	@Test
	void doesNotStartWithAddressFromEnvironmentVariable() {
		SpringApplicationBuilder builder = new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE);
		builder.initializers((context) -> context.getEnvironment()
			.getPropertySources()
			.replace("systemEnvironment", new SystemEnvironmentPropertySource("systemEnvironment",
					Map.of("SW4RM_SCHEDULER_ADDRESS", "localhost:1"))));
		try (ConfigurableApplicationContext context = builder.run()) {
			assertThat(context.getBeanProvider(EmbeddedScheduler.class).getIfAvailable()).isNull();
			assertThat(context.getBean(SchedulerConnectionDetails.class).getAddress()).isEqualTo("localhost:1");
		}
	}

	@Test
	void winsOverAddressWhenEnabled() {
		this.contextRunner
			.withPropertyValues("sw4rm.scheduler.address=does-not-exist.invalid:1",
					"sw4rm.scheduler.embedded.enabled=true")
			.run((context) -> {
				submit(context, "task-1");
				assertThat(context.getBean(EmbeddedScheduler.class).faults().calls(Rpc.SUBMIT_TASK)).isOne();
			});
	}

	@Test
	void doesNotStartWhenDisabled() {
		this.contextRunner.withPropertyValues("sw4rm.scheduler.embedded.enabled=false")
			.run((context) -> assertThat(context).hasSingleBean(SchedulerClient.class)
				.doesNotHaveBean(EmbeddedScheduler.class));
	}

	@Test
	void doesNotStartWhenAllIsDisabled() {
		this.contextRunner.withPropertyValues("sw4rm.scheduler.enabled=false", "sw4rm.scheduler.embedded.enabled=true")
			.run((context) -> assertThat(context).doesNotHaveBean(EmbeddedScheduler.class));
	}

	@Test
	void backsOffWithoutEmbeddedLibrary() {
		this.contextRunner.withClassLoader(new FilteredClassLoader(EmbeddedScheduler.class)).run((context) -> {
			assertThat(context).hasSingleBean(SchedulerClient.class).doesNotHaveBean("sw4rmEmbeddedScheduler");
			assertThat(context.getBean(SchedulerConnectionDetails.class).getAddress()).isEqualTo("localhost:50053");
		});
	}

	@Test
	void stopsTheApplicationThatAsksForAMissingLibrary() {
		this.contextRunner.withClassLoader(new FilteredClassLoader(EmbeddedScheduler.class))
			.withPropertyValues("sw4rm.scheduler.address=localhost:1", "sw4rm.scheduler.embedded.enabled=true")
			.run((context) -> assertThat(context).getFailure()
				.hasStackTraceContaining("Add io.sw4rm:sw4rm-scheduler-embedded"));
	}

	@Test
	void stopsTheLazyApplicationThatAsksForAMissingLibrary() {
		this.contextRunner.withClassLoader(new FilteredClassLoader(EmbeddedScheduler.class))
			.withInitializer(
					(context) -> context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()))
			.withPropertyValues("sw4rm.scheduler.embedded.enabled=true")
			.run((context) -> assertThat(context).getFailure()
				.hasStackTraceContaining("Add io.sw4rm:sw4rm-scheduler-embedded"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "sw4rm.scheduler.embedded.enabled=true", "other=true" })
	void childContextUsesSchedulerOfParent(String property) {
		this.contextRunner.withPropertyValues(property)
			.run((parent) -> this.contextRunner.withParent(parent).withPropertyValues(property).run((child) -> {
				submit(child, "task-1");
				assertThat(parent.getBean(EmbeddedScheduler.class).agent("worker-1").queued()).hasSize(1);
			}));
	}

	@Test
	void childContextUsesEmbeddedSchedulerOfUserInParent() {
		EmbeddedScheduler scheduler = EmbeddedScheduler.start();
		try (GenericApplicationContext parent = new GenericApplicationContext()) {
			parent.registerBean(EmbeddedScheduler.class, () -> scheduler);
			parent.refresh();
			this.contextRunner.withParent(parent).run((context) -> {
				submit(context, "task-1");
				assertThat(scheduler.agent("worker-1").queued()).hasSize(1);
			});
		}
	}

	@Test
	void startsLateIfBeansAreLazy() {
		this.contextRunner
			.withInitializer(
					(context) -> context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()))
			.run((context) -> {
				assertThat(context.getBeanFactory().containsSingleton("sw4rmEmbeddedScheduler")).isFalse();
				submit(context, "task-1");
				assertThat(context.getBean(EmbeddedScheduler.class).agent("worker-1").queued()).hasSize(1);
			});
	}

	@Test
	void refusesConnectionDetailsOfUserIfItIsRequested() {
		this.contextRunner.withBean("mine", SchedulerConnectionDetails.class, () -> () -> "localhost:1")
			.withPropertyValues("sw4rm.scheduler.embedded.enabled=true")
			.run((context) -> assertThat(context).getFailure()
				.hasMessageContaining("[mine] are used instead of the embedded scheduler"));
	}

	@Test
	void backsOffWhenUserDefinesConnectionDetails() {
		this.contextRunner.withBean(SchedulerConnectionDetails.class, () -> () -> "localhost:1")
			.run((context) -> assertThat(context).hasSingleBean(SchedulerConnectionDetails.class)
				.doesNotHaveBean(EmbeddedScheduler.class));
	}

	@Test
	void usesEmbeddedSchedulerOfUser() {
		EmbeddedScheduler scheduler = EmbeddedScheduler.builder().maxActivityEntriesPerAgent(1).start();
		this.contextRunner.withBean("mine", EmbeddedScheduler.class, () -> scheduler).run((context) -> {
			assertThat(context).hasSingleBean(EmbeddedScheduler.class);
			submit(context, "task-1");
			assertThat(scheduler.agent("worker-1").queued()).hasSize(1);
		});
	}

	@Test
	void publishesPort() {
		this.contextRunner.run((context) -> {
			int port = context.getBean(EmbeddedScheduler.class).port();
			assertThat(context.getEnvironment().getProperty("local.sw4rm.scheduler.port", Integer.class))
				.isEqualTo(port);
		});
	}

	@Test
	void publishesPortToParentContext() {
		try (GenericApplicationContext parent = new GenericApplicationContext()) {
			parent.refresh();
			this.contextRunner.withParent(parent)
				.run((context) -> assertThat(parent.getEnvironment().getProperty("local.sw4rm.scheduler.port"))
					.isEqualTo("" + context.getBean(EmbeddedScheduler.class).port()));
		}
	}

	@Test
	void listensOnConfiguredPort() throws Exception {
		int port = Ports.unused();
		this.contextRunner.withPropertyValues("sw4rm.scheduler.embedded.port=" + port)
			.run((context) -> assertThat(context.getBean(EmbeddedScheduler.class).port()).isEqualTo(port));
	}

	@Test
	void explainsThatPortIsTaken(CapturedOutput output) throws Exception {
		try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
			assertThatException()
				.isThrownBy(() -> new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
					.run("--sw4rm.scheduler.embedded.port=" + taken.getLocalPort())
					.close());
			assertThat(output).contains("APPLICATION FAILED TO START")
				.contains("could not listen on")
				.contains("port " + taken.getLocalPort())
				.contains("set 'sw4rm.scheduler.embedded.port' to another port");
		}
	}

	@Test
	void stopsAfterClientSoThatCallsInFlightEnd() {
		CompletableFuture<?>[] call = new CompletableFuture<?>[1];
		this.contextRunner.run((context) -> {
			EmbeddedScheduler scheduler = context.getBean(EmbeddedScheduler.class);
			scheduler.faults().on(Rpc.SUBMIT_TASK).times(1).delay(Duration.ofMillis(300));
			call[0] = context.getBean(AsyncSchedulerClient.class)
				.submitTask(TaskSubmission.forAgent("worker-1").taskId("task-1").build());
			await().until(() -> scheduler.faults().calls(Rpc.SUBMIT_TASK) == 1);
		});
		assertThat(call[0].join()).asString().contains("accepted=true");
	}

	@Test
	void stopsWithContext() {
		EmbeddedScheduler[] scheduler = new EmbeddedScheduler[1];
		this.contextRunner.run((context) -> scheduler[0] = context.getBean(EmbeddedScheduler.class));
		this.contextRunner.withPropertyValues("sw4rm.scheduler.address=" + scheduler[0].address())
			.run((context) -> assertThatExceptionOfType(SchedulerUnavailableException.class)
				.isThrownBy(() -> submit(context, "task-1")));
	}

	@Test
	void applicationStartsWithoutAnySchedulerAndFirstCallSaysWhatToDo() {
		this.contextRunner.withClassLoader(new FilteredClassLoader(EmbeddedScheduler.class))
			.withPropertyValues("sw4rm.scheduler.address=localhost:1")
			.run((context) -> assertThatExceptionOfType(SchedulerUnavailableException.class)
				.isThrownBy(() -> submit(context, "task-1"))
				.withMessageContaining("localhost:1")
				.withMessageContaining("sw4rm.scheduler.address"));
	}

	private static void submit(ApplicationContext context, String taskId) {
		context.getBean(SchedulerClient.class)
			.submitTask(TaskSubmission.forAgent("worker-1").taskId(taskId).build())
			.orElseThrow();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
