package io.sw4rm.scheduler.sample;

import java.time.Duration;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.client.RestTestClient;
import org.springframework.test.web.servlet.client.RestTestClient.ResponseSpec;

import io.sw4rm.scheduler.client.SchedulerClient;
import io.sw4rm.scheduler.client.TaskSubmission;
import io.sw4rm.scheduler.embedded.EmbeddedAgent;
import io.sw4rm.scheduler.embedded.EmbeddedScheduler;
import io.sw4rm.scheduler.embedded.RecordedActivity;
import io.sw4rm.scheduler.embedded.ScheduledTask;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

@SampleApplicationTest
class WorkingAgentsTests {

	@Autowired
	private RestTestClient rest;

	@Autowired
	private EmbeddedScheduler scheduler;

	@Autowired
	private SchedulerClient client;

	@AfterEach
	void stop() {
		work("false").expectStatus().isNoContent();
	}

	@Test
	void agentsFinishTasksWhileTheyWork() {
		submit("worker-1", 4);
		submit("worker-2", 4);
		work("true").expectStatus().isNoContent();
		await().atMost(Duration.ofSeconds(50)).until(() -> this.scheduler.finished().size() == 8);
		assertThat(this.scheduler.finished()).extracting(ScheduledTask::state)
			.isSubsetOf(ScheduledTask.State.SUCCEEDED, ScheduledTask.State.FAILED);
		assertThat(this.scheduler.agent("worker-1").activity()).extracting(RecordedActivity::description)
			.contains("started")
			.containsAnyOf("done", "failed: simulated failure");
	}

	@Test
	void agentRunsThreeTasksAtATime() {
		submit("worker-1", 10);
		work("true").expectStatus().isNoContent();
		EmbeddedAgent agent = this.scheduler.agent("worker-1");
		await().until(() -> agent.running().size() == 3);
	}

	@Test
	void taskThatIsRequestedToYieldReturnsToTheQueue() {
		submit("worker-1", 1);
		EmbeddedAgent agent = this.scheduler.agent("worker-1");
		agent.takeNext();
		this.client.requestPreemption("worker-1", "worker-1-task-0");
		work("true").expectStatus().isNoContent();
		await().until(() -> agent.activity().stream().anyMatch((entry) -> entry.description().equals("yielded")));
	}

	@Test
	void fullActivityBufferDoesNotStopWork() {
		EmbeddedAgent agent = this.scheduler.agent("worker-1");
		for (int i = 0; i < 100; i++) {
			agent.recordActivity((entry) -> entry.taskId("old"));
		}
		submit("worker-1", 1);
		work("true").expectStatus().isNoContent();
		await().until(() -> this.scheduler.finished().size() == 1);
	}

	@Test
	void agentsDoNotWorkByDefaultOrAfterTheyAreSwitchedOff() {
		snapshotIsWorking(false);
		work("true").expectStatus().isNoContent();
		snapshotIsWorking(true);
		work("false").expectStatus().isNoContent();
		snapshotIsWorking(false);
	}

	@Test
	void switchNeedsValue() {
		work("null").expectStatus().isEqualTo(HttpStatus.BAD_REQUEST);
	}

	private void snapshotIsWorking(boolean working) {
		this.rest.get().uri("/api/embedded").exchange().expectBody().jsonPath("$.working").isEqualTo(working);
	}

	private void submit(String agentId, int tasks) {
		for (int i = 0; i < tasks; i++) {
			this.client.submitTask(TaskSubmission.forAgent(agentId).taskId(agentId + "-task-" + i).build());
		}
	}

	private ResponseSpec work(String working) {
		return this.rest.put()
			.uri("/api/embedded/working")
			.contentType(MediaType.APPLICATION_JSON)
			.body("{\"working\": %s}".formatted(working))
			.exchange();
	}

}
