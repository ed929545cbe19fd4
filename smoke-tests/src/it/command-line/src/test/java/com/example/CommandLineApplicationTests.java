package com.example;

import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;

import io.sw4rm.scheduler.client.SchedulerClient;
import io.sw4rm.scheduler.embedded.EmbeddedScheduler;
import io.sw4rm.scheduler.embedded.ScheduledTask;
import io.sw4rm.scheduler.smoke.ClientChecks;

import static org.assertj.core.api.Assertions.assertThat;

@SpringBootTest
class CommandLineApplicationTests {

	@Test
	void submitsTaskWhenItStarts(@Autowired EmbeddedScheduler scheduler) {
		assertThat(scheduler.agent("worker-1").queued()).extracting(ScheduledTask::taskId).containsExactly("task-1");
	}

	@Test
	void callsScheduler(@Autowired SchedulerClient client, @Autowired EmbeddedScheduler scheduler) {
		ClientChecks.assertCalls(client, scheduler);
	}

}
