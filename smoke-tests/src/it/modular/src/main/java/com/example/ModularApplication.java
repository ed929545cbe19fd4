package com.example;

import io.sw4rm.scheduler.client.SchedulerClient;
import io.sw4rm.scheduler.client.SubmitTaskResult;
import io.sw4rm.scheduler.client.TaskSubmission;
import io.sw4rm.scheduler.embedded.EmbeddedScheduler;

public final class ModularApplication {

	private ModularApplication() {
	}

	static SubmitTaskResult submitTask() {
		try (EmbeddedScheduler scheduler = EmbeddedScheduler.start();
				SchedulerClient client = SchedulerClient.create(scheduler.address())) {
			return client.submitTask(TaskSubmission.forAgent("worker-1").params("{}").build());
		}
	}

}
