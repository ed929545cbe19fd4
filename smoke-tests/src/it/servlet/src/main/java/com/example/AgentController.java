package com.example;

import java.util.List;

import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

import io.sw4rm.scheduler.client.ActivityEntry;
import io.sw4rm.scheduler.client.SchedulerClient;
import io.sw4rm.scheduler.client.SchedulerUnavailableException;
import io.sw4rm.scheduler.client.TaskSubmission;

@RestController
@RequestMapping("/agents/{agentId}")
class AgentController {

	private final SchedulerClient scheduler;

	AgentController(SchedulerClient scheduler) {
		this.scheduler = scheduler;
	}

	@PostMapping("/tasks")
	String submit(@PathVariable String agentId) {
		return this.scheduler.submitTask(TaskSubmission.forAgent(agentId).params(new Job("clean")).build())
			.orElseThrow()
			.taskId();
	}

	@GetMapping("/activity")
	List<String> activity(@PathVariable String agentId) {
		return this.scheduler.pollActivityBuffer(agentId).stream().map(ActivityEntry::taskId).toList();
	}

	@DeleteMapping("/activity")
	String purge(@PathVariable String agentId) {
		return String.valueOf(this.scheduler.purgeAllActivity(agentId));
	}

	@ExceptionHandler
	@ResponseStatus(HttpStatus.SERVICE_UNAVAILABLE)
	String unavailable(SchedulerUnavailableException ex) {
		return ex.getOperation() + " failed";
	}

	record Job(String action) {
	}

}
