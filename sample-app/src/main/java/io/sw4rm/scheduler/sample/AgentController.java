package io.sw4rm.scheduler.sample;

import java.time.Duration;

import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.PositiveOrZero;
import org.jspecify.annotations.Nullable;

import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

import io.sw4rm.scheduler.client.SchedulerClient;
import io.sw4rm.scheduler.client.ShutdownResult;

import static io.sw4rm.scheduler.sample.ClientArguments.checked;

/**
 * Requests the shutdown of agents.
 */
@RestController
@RequestMapping("/api/agents")
class AgentController {

	private final SchedulerClient scheduler;

	AgentController(SchedulerClient scheduler) {
		this.scheduler = scheduler;
	}

	@PostMapping("/shutdown")
	ShutdownResult shutdown(@Valid @RequestBody Shutdown shutdown) {
		Long seconds = shutdown.gracePeriodSeconds();
		if (seconds == null) {
			return checked(() -> this.scheduler.shutdownAgent(shutdown.agentId()));
		}
		return checked(() -> this.scheduler.shutdownAgent(shutdown.agentId(), Duration.ofSeconds(seconds)));
	}

	/**
	 * A shutdown request.
	 *
	 * @param agentId the agent
	 * @param gracePeriodSeconds the time that running tasks have to complete; when left
	 * out, the scheduler's default applies
	 */
	record Shutdown(@NotBlank @Identifier String agentId, @PositiveOrZero @Nullable Long gracePeriodSeconds) {

	}

}
