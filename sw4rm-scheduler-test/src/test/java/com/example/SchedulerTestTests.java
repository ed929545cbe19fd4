package com.example;

import java.util.Map;

import io.grpc.Status;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.task.SimpleAsyncTaskExecutorBuilder;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.ComponentScan.Filter;
import org.springframework.context.annotation.FilterType;
import org.springframework.context.annotation.Import;

import io.sw4rm.scheduler.autoconfigure.auth.SchedulerAuthAutoConfiguration;
import io.sw4rm.scheduler.client.AsyncSchedulerClient;
import io.sw4rm.scheduler.client.ReactiveSchedulerClient;
import io.sw4rm.scheduler.client.SchedulerClient;
import io.sw4rm.scheduler.client.TaskSubmission;
import io.sw4rm.scheduler.embedded.EmbeddedScheduler;
import io.sw4rm.scheduler.embedded.Rpc;
import io.sw4rm.scheduler.test.LocalSchedulerPort;
import io.sw4rm.scheduler.test.SchedulerTest;

import static io.sw4rm.scheduler.test.SchedulerAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SchedulerTest @SchedulerTest}.
 */
@SchedulerTest(properties = "sw4rm.scheduler.metadata.x-tenant=acme")
class SchedulerTestTests {

	@Autowired
	private ApplicationContext context;

	@Autowired
	private EmbeddedScheduler scheduler;

	@Autowired
	private SchedulerClient client;

	@BeforeAll
	static void runnersOfTheApplicationClassRunButNoOthers(@Autowired EmbeddedScheduler scheduler) {
		assertThat(scheduler).hasAccepted("at-start");
		assertThat(scheduler).hasNotAccepted("by-component");
	}

	@Test
	void allClientsUseTheEmbeddedScheduler(@Autowired AsyncSchedulerClient asyncClient,
			@Autowired ReactiveSchedulerClient reactiveClient) {
		this.client.submitTask(task("task-1"));
		asyncClient.submitTask(task("task-2")).join();
		reactiveClient.submitTask(task("task-3")).block();
		for (String taskId : new String[] { "task-1", "task-2", "task-3" }) {
			assertThat(this.scheduler).hasAccepted(taskId).withMetadata("x-tenant", "acme");
		}
	}

	@RepeatedTest(2)
	void eachTestFindsTheInitialState() {
		assertThat(this.scheduler).hasReceivedNothing();
		this.client.submitTask(task("task-1")).orElseThrow();
		this.scheduler.faults().on(Rpc.SUBMIT_TASK).times(9).fail(Status.UNAVAILABLE);
	}

	@Test
	void receivesPort(@LocalSchedulerPort int port) {
		assertThat(port).isEqualTo(this.scheduler.port());
	}

	@Test
	void containsNothingElseOfTheApplication() {
		assertThat(this.context.getBeanProvider(Dispatcher.class).getIfAvailable()).isNull();
		assertThat(this.context.getBeanProvider(SimpleAsyncTaskExecutorBuilder.class).getIfAvailable()).isNull();
	}

	private static TaskSubmission task(String taskId) {
		return TaskSubmission.forAgent("worker-1").taskId(taskId).build();
	}

	@Nested
	@Import(Dispatcher.class)
	class WithComponent {

		@Test
		void convertsObjectsWithTheJsonMapperOfTheApplication(@Autowired Dispatcher dispatcher) {
			dispatcher.dispatch("task-123", Map.of("action", "process"));
			assertThat(SchedulerTestTests.this.scheduler).hasAccepted("task-123")
				.withParams("{\"action\":\"process\"}");
		}

	}

	@Nested
	@SchedulerTest(includeFilters = @Filter(type = FilterType.ASSIGNABLE_TYPE, classes = Dispatcher.class),
			excludeAutoConfiguration = SchedulerAuthAutoConfiguration.class)
	class WithFilters {

		@Test
		void includesComponentAndExcludesAutoConfiguration(@Autowired ApplicationContext context) {
			assertThat(context.getBeanProvider(Dispatcher.class).getIfAvailable()).isNotNull();
			assertThat(context.getBeanNamesForType(SchedulerAuthAutoConfiguration.class)).isEmpty();
		}

	}

}
