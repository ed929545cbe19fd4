package com.example;

import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;

import io.sw4rm.scheduler.client.SchedulerClient;
import io.sw4rm.scheduler.client.TaskSubmission;

@SpringBootApplication
class ExampleApplication {

	@Bean
	static ApplicationRunner submitsAtStart(SchedulerClient client) {
		return (arguments) -> client.submitTask(TaskSubmission.forAgent("worker-1").taskId("at-start").build());
	}

}
