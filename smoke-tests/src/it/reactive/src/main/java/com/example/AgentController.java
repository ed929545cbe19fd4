package com.example;

import java.util.List;

import reactor.core.publisher.Mono;

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
import io.sw4rm.scheduler.client.ReactiveSchedulerClient;
import io.sw4rm.scheduler.client.SchedulerUnavailableException;
import io.sw4rm.scheduler.client.SubmitTaskResult;
import io.sw4rm.scheduler.client.TaskSubmission;

@RestController
@RequestMapping("/agents/{agentId}")
class AgentController {

	private final ReactiveSchedulerClient scheduler;

	AgentController(ReactiveSchedulerClient scheduler) {
		this.scheduler = scheduler;
	}

	@PostMapping("/tasks")
	Mono<String> submit(@PathVariable String agentId) {
		return this.scheduler.submitTask(TaskSubmission.forAgent(agentId).params(new Job("clean")).build())
			.map(SubmitTaskResult::orElseThrow)
			.map(SubmitTaskResult::taskId);
	}

	@GetMapping("/activity")
	Mono<List<String>> activity(@PathVariable String agentId) {
		return this.scheduler.pollActivityBuffer(agentId).map(ActivityEntry::taskId).collectList();
	}

	@DeleteMapping("/activity")
	Mono<String> purge(@PathVariable String agentId) {
		return this.scheduler.purgeAllActivity(agentId).map(String::valueOf);
	}

	@ExceptionHandler
	@ResponseStatus(HttpStatus.SERVICE_UNAVAILABLE)
	Mono<String> unavailable(SchedulerUnavailableException ex) {
		return Mono.just(ex.getOperation() + " failed");
	}

	record Job(String action) {
	}

}
