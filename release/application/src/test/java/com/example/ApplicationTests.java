package com.example;

import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;

import io.sw4rm.scheduler.client.SchedulerClient;
import io.sw4rm.scheduler.client.TaskSubmission;
import io.sw4rm.scheduler.embedded.EmbeddedScheduler;
import io.sw4rm.scheduler.test.AutoConfigureEmbeddedScheduler;

import static io.sw4rm.scheduler.test.SchedulerAssertions.assertThat;

@SpringBootTest
@AutoConfigureEmbeddedScheduler
class ApplicationTests {

	@Test
	void submitsTask(@Autowired SchedulerClient client, @Autowired EmbeddedScheduler scheduler) {
		client.submitTask(TaskSubmission.forAgent("worker-1").taskId("task-123").params("{}").build()).orElseThrow();
		assertThat(scheduler).hasAccepted("task-123").forAgent("worker-1");
	}

}
