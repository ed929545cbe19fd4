package com.example;

import org.springframework.boot.CommandLineRunner;
import org.springframework.stereotype.Component;

import io.sw4rm.scheduler.client.SchedulerClient;
import io.sw4rm.scheduler.client.TaskSubmission;

@Component
class SubmittingRunner implements CommandLineRunner {

	private final SchedulerClient client;

	SubmittingRunner(SchedulerClient client) {
		this.client = client;
	}

	@Override
	public void run(String... args) {
		this.client.submitTask(TaskSubmission.forAgent("worker-1").taskId("by-component").build());
	}

}
