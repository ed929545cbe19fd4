package io.sw4rm.scheduler.starter;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.util.ClassUtils;

import io.sw4rm.scheduler.client.AsyncSchedulerClient;
import io.sw4rm.scheduler.client.SchedulerClient;
import io.sw4rm.scheduler.client.TaskSubmission;
import io.sw4rm.scheduler.embedded.EmbeddedScheduler;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that the starter is all that a bare application needs.
 */
@SpringBootTest
class SchedulerStarterTests {

	@Autowired
	private SchedulerClient client;

	@Autowired
	private AsyncSchedulerClient asyncClient;

	@Autowired
	private EmbeddedScheduler scheduler;

	@Test
	void submitsTasks() {
		assertThat(this.client.submitTask(TaskSubmission.forAgent("worker-1").taskId("task-1").build()).accepted())
			.isTrue();
		assertThat(this.asyncClient.submitTask(TaskSubmission.forAgent("worker-1").taskId("task-2").build())
			.join()
			.accepted()).isTrue();
		assertThat(this.scheduler.agent("worker-1").queued()).hasSize(2);
	}

	@ParameterizedTest
	@ValueSource(strings = { "jakarta.servlet.Servlet", "org.springframework.web.client.RestClient",
			"org.springframework.boot.actuate.endpoint.annotation.Endpoint", "tools.jackson.databind.ObjectMapper",
			"com.fasterxml.jackson.databind.ObjectMapper", "reactor.core.publisher.Mono",
			"io.micrometer.core.instrument.MeterRegistry", "jakarta.validation.Validator" })
	void needsNoneOf(String className) {
		assertThat(ClassUtils.isPresent(className, null)).isFalse();
	}

	/**
	 * An exclusion would also apply to starters that are declared later.
	 */
	@Test
	void removesNoLibraryOfOtherStarters() {
		assertThat(ClassUtils.isPresent("com.google.protobuf.util.JsonFormat", null)).isTrue();
	}

	@SpringBootApplication
	static class Application {

	}

}
