package com.example;

import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;

import io.sw4rm.scheduler.client.SchedulerClient;
import io.sw4rm.scheduler.client.TaskSubmission;
import io.sw4rm.scheduler.embedded.EmbeddedScheduler;
import io.sw4rm.scheduler.test.AutoConfigureEmbeddedScheduler;
import io.sw4rm.scheduler.test.LocalSchedulerPort;

import static io.sw4rm.scheduler.test.SchedulerAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link AutoConfigureEmbeddedScheduler @AutoConfigureEmbeddedScheduler} in an
 * application whose beans are lazy and which does not use the client when it starts.
 */
@SpringBootTest(classes = LazyApplicationTests.Application.class, properties = "spring.main.lazy-initialization=true")
@AutoConfigureEmbeddedScheduler
class LazyApplicationTests {

	private final int port;

	LazyApplicationTests(@LocalSchedulerPort int port) {
		this.port = port;
	}

	@Test
	void schedulerIsThereBeforeTheTest(@Autowired EmbeddedScheduler scheduler, @Autowired SchedulerClient client) {
		assertThat(this.port).isEqualTo(scheduler.port());
		client.submitTask(TaskSubmission.forAgent("worker-1").taskId("task-1").build());
		assertThat(scheduler).hasAccepted("task-1");
	}

	@EnableAutoConfiguration
	static class Application {

	}

}
