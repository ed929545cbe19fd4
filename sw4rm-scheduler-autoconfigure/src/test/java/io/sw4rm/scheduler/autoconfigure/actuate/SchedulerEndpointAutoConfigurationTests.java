package io.sw4rm.scheduler.autoconfigure.actuate;

import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

import io.grpc.Channel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Status;
import org.assertj.core.util.Throwables;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.test.json.JsonContent;

import io.sw4rm.scheduler.client.SchedulerClient;
import io.sw4rm.scheduler.client.TaskSubmission;
import io.sw4rm.scheduler.embedded.EmbeddedScheduler;
import io.sw4rm.scheduler.embedded.Rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * Tests for {@link SchedulerEndpointAutoConfiguration}, over HTTP.
 */
@ExtendWith(OutputCaptureExtension.class)
class SchedulerEndpointAutoConfigurationTests {

	private static final String SECRET = "s3cret-marker";

	@Test
	void showsConfigurationAndConnection() throws Exception {
		try (ConfigurableApplicationContext context = start("sw4rm.scheduler.deadlines.submit-task=7s",
				"sw4rm.scheduler.metadata.x-api-key=" + SECRET)) {
			context.getBean(SchedulerClient.class).pollActivityBuffer("worker-1");
			assertThat(new JsonContent(ActuatorRequests.get(context, "sw4rmscheduler").body()))
				.hasPathSatisfying("$.clients.default.target",
						(address) -> assertThat(address).isEqualTo(context.getBean(EmbeddedScheduler.class).address()))
				.hasPathSatisfying("$.clients.default.embedded", (embedded) -> assertThat(embedded).isEqualTo(true))
				.hasPathSatisfying("$.clients.default.tls", (tls) -> assertThat(tls).isEqualTo(false))
				.hasPathSatisfying("$.clients.default.channelState", (state) -> assertThat(state).isEqualTo("READY"))
				.hasPathSatisfying("$.clients.default.deadlines.SubmitTask",
						(deadline) -> assertThat(deadline).isEqualTo("PT7S"))
				.hasPathSatisfying("$.clients.default.deadlines.PollActivityBuffer",
						(deadline) -> assertThat(deadline).isEqualTo("PT10S"))
				.hasPathSatisfying("$.clients.default.retry.operations[0]",
						(operation) -> assertThat(operation).isEqualTo("POLL_ACTIVITY_BUFFER"))
				.hasPathSatisfying("$.clients.default.metadata[0]", (name) -> assertThat(name).isEqualTo("x-api-key"));
		}
	}

	@Test
	void countsCallsAndRemembersLastFailure() throws Exception {
		try (ConfigurableApplicationContext context = start()) {
			SchedulerClient client = context.getBean(SchedulerClient.class);
			client.submitTask(TaskSubmission.forAgent("worker-1").build());
			context.getBean(EmbeddedScheduler.class)
				.faults()
				.on(Rpc.SUBMIT_TASK)
				.times(1)
				.fail(Status.RESOURCE_EXHAUSTED);
			assertThatException().isThrownBy(() -> client.submitTask(TaskSubmission.forAgent("worker-1").build()));
			assertThat(new JsonContent(ActuatorRequests.get(context, "sw4rmscheduler").body()))
				.hasPathSatisfying("$.clients.default.calls.SubmitTask",
						(calls) -> assertThat(calls).isEqualTo(Map.of("total", 2, "failed", 1)))
				.hasPathSatisfying("$.clients.default.lastFailure.operation",
						(operation) -> assertThat(operation).isEqualTo("SubmitTask"))
				.hasPathSatisfying("$.clients.default.lastFailure.status",
						(status) -> assertThat(status).isEqualTo("RESOURCE_EXHAUSTED"))
				.hasPath("$.clients.default.lastFailure.time");
		}
	}

	@Test
	void showsActivityOfAgent() throws Exception {
		try (ConfigurableApplicationContext context = start()) {
			context.getBean(SchedulerClient.class)
				.submitTask(TaskSubmission.forAgent("worker-1").taskId("task-1").build());
			assertThat(new JsonContent(ActuatorRequests.get(context, "sw4rmscheduler/worker-1").body()))
				.hasPathSatisfying("$.entries[0].taskId", (taskId) -> assertThat(taskId).isEqualTo("task-1"));
		}
	}

	@Test
	void doesNotPurgeByDefault() throws Exception {
		try (ConfigurableApplicationContext context = start()) {
			assertThat(ActuatorRequests.delete(context, "sw4rmscheduler/worker-1?all=true").statusCode())
				.isEqualTo(405);
		}
	}

	@Test
	void purgesGivenTasksWhereWriteAccessIsGiven() throws Exception {
		try (ConfigurableApplicationContext context = start("management.endpoint.sw4rmscheduler.access=unrestricted")) {
			SchedulerClient client = context.getBean(SchedulerClient.class);
			for (String taskId : List.of("task-1", "task-2", "task-3")) {
				client.submitTask(TaskSubmission.forAgent("worker-1").taskId(taskId).build());
			}
			assertThat(ActuatorRequests.delete(context, "sw4rmscheduler/worker-1?taskIds=task-1&taskIds=task-2").body())
				.isEqualTo("{\"purged\":2}");
			assertThat(client.pollActivityBuffer("worker-1")).hasSize(1);
			assertThat(ActuatorRequests.delete(context, "sw4rmscheduler/worker-1?all=true").body())
				.isEqualTo("{\"purged\":1}");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "?all=false", "?taskIds=", "?taskIds=task-1&all=true" })
	void purgesNothingWithoutClearWord(String query) throws Exception {
		try (ConfigurableApplicationContext context = start("management.endpoint.sw4rmscheduler.access=unrestricted")) {
			SchedulerClient client = context.getBean(SchedulerClient.class);
			client.submitTask(TaskSubmission.forAgent("worker-1").taskId("task-1").build());
			assertThat(ActuatorRequests.delete(context, "sw4rmscheduler/worker-1" + query).statusCode()).isEqualTo(400);
			assertThat(client.pollActivityBuffer("worker-1")).hasSize(1);
		}
	}

	@Test
	void isNotExposedByDefault() throws Exception {
		try (ConfigurableApplicationContext context = start("management.endpoints.web.exposure.include=health")) {
			assertThat(ActuatorRequests.get(context, "sw4rmscheduler").statusCode()).isEqualTo(404);
			assertThat(context.getBeanProvider(SchedulerEndpoint.class).getIfAvailable()).isNull();
		}
	}

	@Test
	void tellsInfoEndpointOfSchedulerWhenAsked() throws Exception {
		try (ConfigurableApplicationContext context = start("management.info.sw4rm-scheduler.enabled=true")) {
			assertThat(new JsonContent(ActuatorRequests.get(context, "info").body()))
				.hasPathSatisfying("$.sw4rmScheduler.targets.default",
						(target) -> assertThat(target).isEqualTo(context.getBean(EmbeddedScheduler.class).address()))
				.hasPathSatisfying("$.sw4rmScheduler.embedded",
						(embedded) -> assertThat(embedded).isEqualTo(List.of("default")))
				.hasPathSatisfying("$.sw4rmScheduler.client",
						(client) -> assertThat(client).asString().startsWith("sw4rm-scheduler-java"));
		}
	}

	@Test
	void tellsInfoEndpointNothingByDefault() throws Exception {
		try (ConfigurableApplicationContext context = start("management.info.env.enabled=true", "info.app=mine")) {
			assertThat(ActuatorRequests.get(context, "info").body()).isEqualTo("{\"app\":\"mine\"}");
		}
	}

	@Test
	void showsNoSecretAnywhere(CapturedOutput output) throws Exception {
		try (ConfigurableApplicationContext context = start("sw4rm.scheduler.metadata.x-api-key=Bearer " + SECRET,
				"spring.ssl.bundle.jks.mine.key.password=" + SECRET,
				"spring.ssl.bundle.jks.mine.truststore.password=" + SECRET, "logging.level.io.sw4rm=trace",
				"management.prometheus.metrics.export.enabled=true")) {
			SchedulerClient client = context.getBean(SchedulerClient.class);
			TaskSubmission task = TaskSubmission.forAgent("worker-1").params(SECRET).build();
			client.submitTask(task);
			context.getBean(EmbeddedScheduler.class)
				.faults()
				.on(Rpc.SUBMIT_TASK)
				.times(1)
				.fail(Status.PERMISSION_DENIED);
			assertThatException().isThrownBy(() -> client.submitTask(task))
				.satisfies((ex) -> assertThat(ex).hasStackTraceContaining("PERMISSION_DENIED"))
				.satisfies((ex) -> assertThat(Throwables.getStackTrace(ex)).doesNotContain(SECRET));
			for (String path : List.of("health", "info", "sw4rmscheduler", "sw4rmscheduler/worker-1", "metrics", "env",
					"configprops", "beans", "conditions", "loggers", "prometheus")) {
				HttpResponse<String> response = ActuatorRequests.get(context, path);
				assertThat(response.statusCode()).as(path).isEqualTo(200);
				assertThat(response.body()).as(path).doesNotContain(SECRET);
			}
			assertThat(task.toString() + client + context.getBean("sw4rmSchedulerChannel")).doesNotContain(SECRET);
		}
		assertThat(output).doesNotContain(SECRET);
	}

	@Test
	void startsWithOwnClientWhenDisabled() {
		SchedulerClient client = SchedulerClient.create(ManagedChannelBuilder.forTarget("localhost:1").build());
		new ApplicationContextRunner().withUserConfiguration(Application.class)
			.withBean(SchedulerClient.class, () -> client)
			.withBean("sw4rmSchedulerChannel", Channel.class,
					() -> ManagedChannelBuilder.forTarget("localhost:1").build())
			.withPropertyValues("sw4rm.scheduler.enabled=false", "management.endpoints.web.exposure.include=*")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void showsConfiguredSchedulerBesideClientsOfTheApplication() {
		SchedulerClient client = SchedulerClient.create(ManagedChannelBuilder.forTarget("localhost:1").build());
		new ApplicationContextRunner().withUserConfiguration(Application.class)
			.withBean("one", SchedulerClient.class, () -> client)
			.withBean("two", SchedulerClient.class, () -> client)
			.withPropertyValues("management.endpoints.web.exposure.include=*")
			.run((context) -> {
				SchedulerEndpoint endpoint = context.getBean(SchedulerEndpoint.class);
				assertThat(endpoint.schedulers().clients().get("default").target())
					.isEqualTo(context.getBean(EmbeddedScheduler.class).address());
				assertThat(endpoint.activity("worker-1", null).entries()).isEmpty();
			});
	}

	@Test
	void backsOffWithoutActuator() {
		new ApplicationContextRunner().withUserConfiguration(Application.class)
			.withClassLoader(new FilteredClassLoader(Endpoint.class))
			.run((context) -> assertThat(
					context.getBeanProvider(SchedulerEndpointAutoConfiguration.class).getIfAvailable())
				.isNull());
	}

	private static ConfigurableApplicationContext start(String... properties) {
		return new SpringApplicationBuilder(Application.class)
			.properties("server.port=0", "management.endpoints.web.exposure.include=*",
					"management.endpoint.health.show-details=always", "sw4rm.scheduler.health.deadline=30s")
			.run(Arrays.stream(properties).map((property) -> "--" + property).toArray(String[]::new));
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
