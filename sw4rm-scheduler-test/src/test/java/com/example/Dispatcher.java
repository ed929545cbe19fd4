package com.example;

import org.springframework.stereotype.Component;

import io.sw4rm.scheduler.client.SchedulerClient;
import io.sw4rm.scheduler.client.TaskSubmission;

@Component
class Dispatcher {

	private final SchedulerClient client;

	Dispatcher(SchedulerClient client) {
		this.client = client;
	}

	void dispatch(String taskId, Object params) {
		this.client.submitTask(TaskSubmission.forAgent("worker-1").taskId(taskId).params(params).build()).orElseThrow();
	}

}
