package io.sw4rm.scheduler.sample;

import java.util.List;
import java.util.concurrent.CompletableFuture;

import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import org.hibernate.validator.constraints.Range;
import org.jspecify.annotations.Nullable;

import org.springframework.util.StringUtils;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

import io.sw4rm.scheduler.client.AsyncSchedulerClient;
import io.sw4rm.scheduler.client.PreemptionResult;
import io.sw4rm.scheduler.client.SchedulerClient;
import io.sw4rm.scheduler.client.SubmitTaskResult;
import io.sw4rm.scheduler.client.TaskSubmission;

import static io.sw4rm.scheduler.sample.ClientArguments.checked;

/**
 * Submits single tasks and batches of tasks, and requests preemptions.
 */
@RestController
@RequestMapping("/api/tasks")
class TaskController {

	private final SchedulerClient scheduler;

	private final AsyncSchedulerClient asyncScheduler;

	TaskController(SchedulerClient scheduler, AsyncSchedulerClient asyncScheduler) {
		this.scheduler = scheduler;
		this.asyncScheduler = asyncScheduler;
	}

	@PostMapping
	SubmitTaskResult submit(@Valid @RequestBody Task task) {
		return checked(() -> this.scheduler.submitTask(task.toSubmission()));
	}

	@PostMapping("/batch")
	CompletableFuture<BatchResult> submitMany(@Valid @RequestBody Batch batch) {
		List<TaskSubmission> submissions = checked(() -> batch.tasks().stream().map(Task::toSubmission).toList());
		List<CompletableFuture<SubmitTaskResult>> answers = submissions.stream()
			.map(this.asyncScheduler::submitTask)
			.toList();
		return BatchResult.whenDone(answers);
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
			@Range(min = TaskSubmission.MIN_PRIORITY, max = TaskSubmission.MAX_PRIORITY,
					message = "must be in range [{min}, {max}], got ${validatedValue}") @Nullable Integer priority,
			@Nullable String scope, @Nullable Object params, @Nullable String contentType) {

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
	 * A batch of tasks to submit.
	 *
	 * @param tasks the tasks
	 */
	record Batch(@NotEmpty @Size(max = 1000) List<@NotNull @Valid Task> tasks) {

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
