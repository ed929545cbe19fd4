package com.example;

import org.springframework.boot.CommandLineRunner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;

import io.sw4rm.scheduler.client.SchedulerClient;
import io.sw4rm.scheduler.client.TaskSubmission;

@SpringBootApplication
public class CommandLineApplication {

	public static void main(String[] args) {
		SpringApplication.run(CommandLineApplication.class, args);
	}

	@Bean
	CommandLineRunner submission(SchedulerClient scheduler) {
		return (args) -> scheduler.submitTask(TaskSubmission.forAgent("worker-1").taskId("task-1").build())
			.orElseThrow();
	}

}
