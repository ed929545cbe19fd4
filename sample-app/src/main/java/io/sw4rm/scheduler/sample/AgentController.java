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

/**
 * Asks agents to shut down.
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
		return (seconds != null) ? this.scheduler.shutdownAgent(shutdown.agentId(), Duration.ofSeconds(seconds))
				: this.scheduler.shutdownAgent(shutdown.agentId());
	}

	/**
	 * An agent that should shut down.
	 *
	 * @param agentId the agent
	 * @param gracePeriodSeconds how long running tasks may go on; as long as the
	 * scheduler says when left out
	 */
	record Shutdown(@NotBlank String agentId, @PositiveOrZero @Nullable Long gracePeriodSeconds) {

	}

}
