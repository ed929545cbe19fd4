package com.example;

import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;

import io.sw4rm.scheduler.client.SchedulerClient;
import io.sw4rm.scheduler.client.TaskSubmission;

import static org.assertj.core.api.Assertions.assertThat;

@SpringBootTest
class ApplicationTests {

	@Test
	void submitsTask(@Autowired SchedulerClient client) {
		assertThat(client.submitTask(TaskSubmission.forAgent("worker-1").params("{}").build()).accepted()).isTrue();
	}

}
