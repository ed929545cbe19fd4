package io.sw4rm.scheduler.sample;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

import io.sw4rm.scheduler.embedded.EmbeddedAgent;
import io.sw4rm.scheduler.embedded.EmbeddedScheduler;
import io.sw4rm.scheduler.embedded.ScheduledTask;

/**
 * Shows the state of the embedded scheduler and acts as its agents. For demonstrations
 * only: agents of a real scheduler connect to it themselves.
 */
@RestController
@RequestMapping("/api/embedded")
class EmbeddedSchedulerController {

	private static final int MAX_ROWS = 100;

	private final ObjectProvider<EmbeddedScheduler> embeddedScheduler;

	private final WorkingAgents workingAgents;

	EmbeddedSchedulerController(ObjectProvider<EmbeddedScheduler> embeddedScheduler, WorkingAgents workingAgents) {
		this.embeddedScheduler = embeddedScheduler;
		this.workingAgents = workingAgents;
	}

	@GetMapping
	Snapshot snapshot() {
		EmbeddedScheduler scheduler = scheduler();
		List<AgentRow> agents = scheduler.agentIds()
			.stream()
			.limit(MAX_ROWS)
			.map((agentId) -> AgentRow.of(scheduler.agent(agentId)))
			.toList();
		List<ScheduledTask> newestFirst = new ArrayList<>(scheduler.finished());
		Collections.reverse(newestFirst);
		return new Snapshot(this.workingAgents.isWorking(), agents, Tasks.of(scheduler.running()),
				Tasks.of(scheduler.queued()), Tasks.of(newestFirst));
	}

	@PutMapping("/working")
	@ResponseStatus(HttpStatus.NO_CONTENT)
	void setWorking(@Valid @RequestBody Working request) {
		scheduler();
		this.workingAgents.setWorking(request.working());
	}

	@PostMapping("/take-next")
	ResponseEntity<TaskRow> takeNext(@Valid @RequestBody AgentRequest request) {
		return scheduler().agent(request.agentId())
			.takeNext()
			.map((task) -> ResponseEntity.ok(TaskRow.of(task)))
			.orElseGet(() -> ResponseEntity.noContent().build());
	}

	@PostMapping("/report")
	@ResponseStatus(HttpStatus.NO_CONTENT)
	void report(@Valid @RequestBody Report report) {
		EmbeddedAgent agent = scheduler().agent(report.agentId());
		boolean wasRunning = switch (report.outcome()) {
			case DONE -> agent.complete(report.taskId());
			case FAILED -> agent.fail(report.taskId(), (report.reason() != null) ? report.reason() : "");
			case YIELDED -> agent.yieldTask(report.taskId());
		};
		if (!wasRunning) {
			throw new ResponseStatusException(HttpStatus.CONFLICT,
					"%s is not running task %s".formatted(report.agentId(), report.taskId()));
		}
	}

	@PostMapping("/revive")
	@ResponseStatus(HttpStatus.NO_CONTENT)
	void revive(@Valid @RequestBody AgentRequest request) {
		scheduler().agent(request.agentId()).revive();
	}

	private EmbeddedScheduler scheduler() {
		EmbeddedScheduler scheduler = this.embeddedScheduler.getIfAvailable();
		if (scheduler == null) {
			throw new ResponseStatusException(HttpStatus.NOT_FOUND,
					"The application uses a scheduler that is not embedded");
		}
		return scheduler;
	}

	/**
	 * A snapshot of the embedded scheduler.
	 *
	 * @param working whether the agents work by themselves
	 * @param agents the agents
	 * @param running the running tasks
	 * @param queued the queued tasks, in the order in which they will run
	 * @param finished the finished tasks, newest first
	 */
	record Snapshot(boolean working, List<AgentRow> agents, Tasks running, Tasks queued, Tasks finished) {

	}

	/**
	 * An agent.
	 *
	 * @param agentId its identifier
	 * @param running the number of its running tasks
	 * @param queued the number of its queued tasks
	 * @param shutDown whether its shutdown was requested
	 */
	record AgentRow(String agentId, int running, int queued, boolean shutDown) {

		static AgentRow of(EmbeddedAgent agent) {
			return new AgentRow(agent.id(), agent.running().size(), agent.queued().size(), agent.isShutDown());
		}

	}

	/**
	 * A list of tasks, limited to what fits on a page.
	 *
	 * @param total the number of tasks
	 * @param first the first tasks of the list
	 */
	record Tasks(int total, List<TaskRow> first) {

		static Tasks of(List<ScheduledTask> tasks) {
			return new Tasks(tasks.size(), tasks.stream().limit(MAX_ROWS).map(TaskRow::of).toList());
		}

	}

	/**
	 * A task.
	 *
	 * @param agentId the agent that it was submitted for
	 * @param taskId its identifier
	 * @param priority its priority
	 * @param scope its resource scope
	 * @param submittedAt when it was submitted
	 * @param state its state
	 * @param preemptionReason why it should yield, {@code null} unless its preemption was
	 * requested
	 * @param failureReason why it failed, {@code null} unless it failed
	 */
	record TaskRow(String agentId, String taskId, int priority, String scope, Instant submittedAt,
			ScheduledTask.State state, @Nullable String preemptionReason, @Nullable String failureReason) {

		static TaskRow of(ScheduledTask task) {
			return new TaskRow(task.agentId(), task.taskId(), task.priority(), task.scope(), task.submittedAt(),
					task.state(), task.preemptionReason(), task.failureReason());
		}

	}

	/**
	 * A request that lets the agents work by themselves.
	 *
	 * @param working whether they work
	 */
	record Working(@NotNull Boolean working) {

	}

	/**
	 * A request that names an agent.
	 *
	 * @param agentId the agent
	 */
	record AgentRequest(@NotBlank @Identifier String agentId) {

	}

	/**
	 * An agent's report on one of its running tasks.
	 *
	 * @param agentId the agent
	 * @param taskId the task
	 * @param outcome the outcome of the task
	 * @param reason why the task failed
	 */
	record Report(@NotBlank @Identifier String agentId, @NotBlank String taskId, @NotNull Outcome outcome,
			@Nullable String reason) {

	}

	enum Outcome {

		DONE, FAILED, YIELDED

	}

}
