package io.sw4rm.scheduler.sample;

import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import org.jspecify.annotations.Nullable;

import org.springframework.util.StringUtils;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

import io.sw4rm.scheduler.client.PreemptionResult;
import io.sw4rm.scheduler.client.SchedulerClient;
import io.sw4rm.scheduler.client.SubmitTaskResult;
import io.sw4rm.scheduler.client.TaskSubmission;

import static io.sw4rm.scheduler.sample.ClientArguments.checked;

/**
 * Submits tasks and requests preemptions.
 */
@RestController
@RequestMapping("/api/tasks")
class TaskController {

	private final SchedulerClient scheduler;

	TaskController(SchedulerClient scheduler) {
		this.scheduler = scheduler;
	}

	@PostMapping
	SubmitTaskResult submit(@Valid @RequestBody Task task) {
		return checked(() -> this.scheduler.submitTask(task.toSubmission()));
	}

	@PostMapping("/preempt")
	PreemptionResult preempt(@Valid @RequestBody Preemption preemption) {
		String reason = (preemption.reason() != null) ? preemption.reason() : "";
		return checked(() -> this.scheduler.requestPreemption(preemption.agentId(), preemption.taskId(), reason));
	}

	/**
	 * A task to submit.
	 *
	 * @param agentId the agent to schedule the task on
	 * @param taskId the unique task identifier; a random one when left out
	 * @param priority the priority, higher is more important; 0 when left out
	 * @param scope the resource scope descriptor
	 * @param params the task parameters: text is sent unchanged, anything else as JSON
	 * @param contentType the MIME type of the parameters; {@code application/json} when
	 * left out
	 */
	record Task(@NotBlank @Identifier String agentId, @Identifier @Nullable String taskId,
			@Priority @Nullable Integer priority, @Nullable String scope, @Nullable Object params,
			@Nullable String contentType) {

		TaskSubmission toSubmission() {
			TaskSubmission.Builder submission = TaskSubmission.forAgent(this.agentId);
			if (StringUtils.hasText(this.taskId)) {
				submission.taskId(this.taskId);
			}
			if (this.priority != null) {
				submission.priority(this.priority);
			}
			if (this.scope != null) {
				submission.scope(this.scope);
			}
			if (this.params != null) {
				submission.params(this.params);
			}
			if (StringUtils.hasText(this.contentType)) {
				submission.contentType(this.contentType);
			}
			return submission.build();
		}

	}

	/**
	 * A preemption request.
	 *
	 * @param agentId the agent that runs the task
	 * @param taskId the task
	 * @param reason why the task should yield
	 */
	record Preemption(@NotBlank @Identifier String agentId, @NotBlank String taskId, @Nullable String reason) {

	}

}
