package io.sw4rm.scheduler.sample;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.stereotype.Component;

import io.sw4rm.scheduler.client.ActivityEntry;
import io.sw4rm.scheduler.client.PreemptionResult;
import io.sw4rm.scheduler.client.SchedulerClient;
import io.sw4rm.scheduler.client.SchedulerException;
import io.sw4rm.scheduler.client.ShutdownResult;
import io.sw4rm.scheduler.client.SubmitTaskResult;
import io.sw4rm.scheduler.client.TaskSubmission;
import io.sw4rm.scheduler.embedded.EmbeddedScheduler;

/**
 * Calls all five operations once when the application starts: the usage example of the
 * specification (6.4.4). The last one shuts an agent down, so a scheduler that is not
 * embedded is called only if {@code sample.tour.enabled} is {@code true}. A call that
 * fails ends the tour, not the application.
 */
@Component
@ConditionalOnBooleanProperty(name = "sample.tour.enabled", matchIfMissing = true)
class SchedulerTour implements ApplicationRunner {

	private static final Logger logger = LoggerFactory.getLogger(SchedulerTour.class);

	private static final String AGENT = "worker-1";

	private static final String TASK = "task-123";

	private final SchedulerClient scheduler;

	private final @Nullable EmbeddedScheduler embeddedScheduler;

	private final boolean requested;

	SchedulerTour(SchedulerClient scheduler, ObjectProvider<EmbeddedScheduler> embeddedScheduler,
			@Value("${sample.tour.enabled:false}") boolean requested) {
		this.scheduler = scheduler;
		this.embeddedScheduler = embeddedScheduler.getIfAvailable();
		this.requested = requested;
	}

	@Override
	public void run(ApplicationArguments args) {
		if (this.embeddedScheduler == null && !this.requested) {
			logger.info("The tour is skipped, because it shuts an agent down and the scheduler is not embedded. "
					+ "Set sample.tour.enabled=true to run it");
			return;
		}
		try {
			submitTask();
			requestPreemption();
			pollActivityBuffer();
			purgeActivity();
			shutdownAgent();
			if (this.embeddedScheduler != null) {
				this.embeddedScheduler.reset();
			}
			logger.info("The tour is complete");
		}
		catch (SchedulerException ex) {
			logger.warn("The tour failed, the application keeps running: {}", ex.getMessage());
		}
	}

	private void submitTask() {
		SubmitTaskResult result = this.scheduler.submitTask(TaskSubmission.forAgent(AGENT)
			.taskId(TASK)
			.priority(5)
			.scope("global.resource")
			.params(Map.of("action", "process"))
			.build());
		if (result.accepted()) {
			logger.info("1. Submitted {} to {}: accepted", TASK, AGENT);
		}
		else {
			logger.info("1. Submitted {} to {}: refused, {}", TASK, AGENT, result.reason());
		}
	}

	private void requestPreemption() {
		PreemptionResult result = this.scheduler.requestPreemption(AGENT, TASK, "Higher priority task arrived");
		logger.info("2. Requested preemption of {}: {}", TASK, result.enqueued() ? "enqueued" : "not enqueued");
	}

	private void pollActivityBuffer() {
		List<ActivityEntry> entries = this.scheduler.pollActivityBuffer(AGENT);
		logger.info("3. Polled the activity buffer of {}: {}", AGENT,
				entries.isEmpty() ? "no entries"
						: entries.stream()
							.map((entry) -> "%s (%s)".formatted(entry.taskId(), entry.description()))
							.collect(Collectors.joining(", ")));
	}

	private void purgeActivity() {
		long purged = this.scheduler.purgeActivity(AGENT, List.of(TASK));
		logger.info("4. Purged the activity of {}: {} removed", TASK, (purged == 1) ? "1 entry" : purged + " entries");
	}

	private void shutdownAgent() {
		ShutdownResult result = this.scheduler.shutdownAgent(AGENT, Duration.ofSeconds(30));
		logger.info("5. Requested shutdown of {} within 30 s: {}", AGENT, result.ok() ? "ok" : "not ok");
	}

}
