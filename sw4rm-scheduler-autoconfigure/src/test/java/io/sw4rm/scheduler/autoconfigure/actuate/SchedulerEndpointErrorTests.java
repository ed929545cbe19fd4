package io.sw4rm.scheduler.autoconfigure.actuate;

import java.lang.management.ManagementFactory;
import java.net.http.HttpResponse;
import java.util.stream.Stream;

import javax.management.ObjectName;

import io.grpc.Status;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.reactive.context.ReactiveWebServerApplicationContext;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.test.json.JsonContent;

import io.sw4rm.scheduler.client.SchedulerExceptionTranslator;
import io.sw4rm.scheduler.embedded.EmbeddedScheduler;
import io.sw4rm.scheduler.embedded.Rpc;
import io.sw4rm.scheduler.testsupport.Ports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * Tests for the errors of {@link SchedulerEndpoint}, over HTTP and JMX.
 */
@ParameterizedClass
@EnumSource(names = { "SERVLET", "REACTIVE" })
class SchedulerEndpointErrorTests {

	@Parameter
	WebApplicationType type;

	private static ConfigurableApplicationContext shared;

	@BeforeParameterizedClassInvocation
	static void startShared(WebApplicationType type) {
		shared = start(type, "sw4rm.scheduler.retry.max-attempts=1");
	}

	@AfterParameterizedClassInvocation
	static void stopShared() {
		shared.close();
	}

	@Test
	void respondsInEachKindOfWebApplication() throws Exception {
		assertThat(shared).isInstanceOf((this.type == WebApplicationType.SERVLET)
				? ServletWebServerApplicationContext.class : ReactiveWebServerApplicationContext.class);
		assertThat(ActuatorRequests.get(shared, "sw4rmscheduler/worker-1").body()).isEqualTo("{\"entries\":[]}");
	}

	@Test
	void isUnavailableWithoutScheduler() throws Exception {
		int port = Ports.unused();
		try (ConfigurableApplicationContext context = start(this.type, "sw4rm.scheduler.address=localhost:" + port)) {
			assertThatErrorIs(ActuatorRequests.get(context, "sw4rmscheduler/worker-1"), 503,
					"PollActivityBuffer at localhost:%d failed: UNAVAILABLE".formatted(port), "Connection refused",
					"Check that it is running");
			assertThatErrorIs(ActuatorRequests.delete(context, "sw4rmscheduler/worker-1?all=true"), 503,
					"PurgeActivity at localhost:%d failed".formatted(port));
		}
	}

	@ParameterizedTest
	@CsvSource({ "UNAVAILABLE, 503", "RESOURCE_EXHAUSTED, 503", "DEADLINE_EXCEEDED, 504", "PERMISSION_DENIED, 403",
			"UNAUTHENTICATED, 403", "INVALID_ARGUMENT, 400", "FAILED_PRECONDITION, 400", "NOT_FOUND, 404",
			"UNIMPLEMENTED, 502", "INTERNAL, 502" })
	void passesErrorOfSchedulerOn(Status.Code code, int httpStatus) throws Exception {
		fail(shared, code.toStatus().withDescription("first line\nsecond line"));
		assertThatErrorIs(ActuatorRequests.get(shared, "sw4rmscheduler/worker-1"), httpStatus, code + ": first line");
	}

	@Test
	void passesErrorOnThatApplicationTranslates() throws Exception {
		try (ConfigurableApplicationContext context = new SpringApplicationBuilder(TranslatingApplication.class)
			.web(this.type)
			.run(arguments())) {
			fail(context, Status.PERMISSION_DENIED);
			assertThatErrorIs(ActuatorRequests.get(context, "sw4rmscheduler/worker-1"), 403, "PERMISSION_DENIED");
		}
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '"', value = {
			"worker-1?client=unknown | 'client' must be one of [default]", "%20 | agentId must not be blank, got ' '" })
	void saysWhatIsWrongWithRead(String request, String reason) throws Exception {
		assertThatErrorIs(ActuatorRequests.get(shared, "sw4rmscheduler/" + request), 400, reason);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '"',
			value = { "worker-1 | Either 'taskIds' or 'all=true' is required, but not both",
					"worker-1?taskIds=task-1&all=true | Either 'taskIds' or 'all=true' is required, but not both",
					"worker-1?all=maybe | 'all' must be true or false",
					"worker-1?taskIds=task-1&all=maybe | 'all' must be true or false",
					"worker-1?taskIds=task-1,%20 | taskIds[1] must not be blank" })
	void saysWhatIsWrongWithPurge(String request, String reason) throws Exception {
		assertThatErrorIs(ActuatorRequests.delete(shared, "sw4rmscheduler/" + request), 400, reason);
	}

	@Test
	void tellsJmxWhatIsWrong() throws Exception {
		int port = Ports.unused();
		ObjectName name = new ObjectName("%s:type=Endpoint,name=Sw4rmscheduler".formatted(this.type));
		try (ConfigurableApplicationContext context = start(this.type, "sw4rm.scheduler.address=localhost:" + port,
				"spring.jmx.enabled=true", "management.endpoints.jmx.exposure.include=sw4rmscheduler",
				"management.endpoints.jmx.domain=" + name.getDomain())) {
			assertThat(context.isRunning()).isTrue();
			assertThatException()
				.isThrownBy(() -> ManagementFactory.getPlatformMBeanServer()
					.invoke(name, "activity", new Object[] { "worker-1", null },
							new String[] { String.class.getName(), String.class.getName() }))
				.havingRootCause()
				.isExactlyInstanceOf(IllegalStateException.class)
				.withMessageContaining("PollActivityBuffer at localhost:%d failed: UNAVAILABLE".formatted(port));
		}
	}

	private static void fail(ConfigurableApplicationContext context, Status status) {
		context.getBean(EmbeddedScheduler.class).faults().on(Rpc.POLL_ACTIVITY_BUFFER).times(1).fail(status);
	}

	private static void assertThatErrorIs(HttpResponse<String> response, int status, String... reasons) {
		assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
		assertThat(new JsonContent(response.body())).hasPathSatisfying("$.error",
				(error) -> assertThat(error).asString().contains(reasons).hasLineCount(1));
		assertThat(response.body()).doesNotContain("\\tat ", "trace");
	}

	private static ConfigurableApplicationContext start(WebApplicationType type, String... properties) {
		return new SpringApplicationBuilder(Application.class).web(type).run(arguments(properties));
	}

	private static String[] arguments(String... properties) {
		return Stream
			.concat(Stream.of("server.port=0", "management.endpoints.web.exposure.include=sw4rmscheduler",
					"management.endpoint.sw4rmscheduler.access=unrestricted"), Stream.of(properties))
			.map((property) -> "--" + property)
			.toArray(String[]::new);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class TranslatingApplication {

		@Bean
		SchedulerExceptionTranslator translator() {
			return (failure) -> new IllegalStateException("translated");
		}

	}

}
