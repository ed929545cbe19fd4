package io.sw4rm.scheduler.sample;

import java.util.List;

import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

import io.sw4rm.scheduler.client.ActivityEntry;
import io.sw4rm.scheduler.client.SchedulerClient;

import static io.sw4rm.scheduler.sample.ClientArguments.checked;

/**
 * Reads and purges the activity buffers of agents.
 */
@RestController
@RequestMapping("/api/activity")
class ActivityController {

	private final SchedulerClient scheduler;

	ActivityController(SchedulerClient scheduler) {
		this.scheduler = scheduler;
	}

	@GetMapping
	List<ActivityEntry> poll(@RequestParam @NotBlank @Identifier String agentId) {
		return checked(() -> this.scheduler.pollActivityBuffer(agentId));
	}

	@PostMapping("/purge")
	PurgeResult purge(@Valid @RequestBody Purge purge) {
		List<String> taskIds = (purge.taskIds() != null) ? purge.taskIds() : List.of();
		if (!Boolean.TRUE.equals(purge.all())) {
			return new PurgeResult(checked(() -> this.scheduler.purgeActivity(purge.agentId(), taskIds)));
		}
		if (!taskIds.isEmpty()) {
			throw new ResponseStatusException(HttpStatus.BAD_REQUEST,
					"taskIds must be left out when all is true, got " + taskIds);
		}
		return new PurgeResult(checked(() -> this.scheduler.purgeAllActivity(purge.agentId())));
	}

	/**
	 * Entries to remove.
	 *
	 * @param agentId the agent
	 * @param taskIds the tasks whose entries are removed; if empty, no entries are
	 * removed
	 * @param all whether to remove all entries; not allowed together with {@code taskIds}
	 */
	record Purge(@NotBlank @Identifier String agentId, @Nullable List<@NotBlank String> taskIds,
			@Nullable Boolean all) {

	}

	/**
	 * The result of a purge.
	 *
	 * @param purged the number of removed entries
	 */
	record PurgeResult(long purged) {

	}

}
