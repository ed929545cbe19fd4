package io.sw4rm.scheduler.sample;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.BeforeEach;
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
import io.sw4rm.scheduler.embedded.ScheduledTask;

import static org.assertj.core.api.Assertions.assertThat;

@SampleApplicationTest
class EmbeddedSchedulerControllerTests {

	@Autowired
	private RestTestClient rest;

	@Autowired
	private EmbeddedScheduler scheduler;

	@Autowired
	private SchedulerClient client;

	private EmbeddedAgent agent;

	@BeforeEach
	void submitTasks() {
		this.agent = this.scheduler.agent("worker-1");
		for (String taskId : List.of("a", "b", "c", "d")) {
			this.client.submitTask(TaskSubmission.forAgent("worker-1").taskId(taskId).build());
		}
	}

	@Test
	void showsAgentsAndTasks() {
		this.agent.takeNext();
		this.agent.takeNext();
		this.agent.takeNext();
		this.agent.complete("a");
		this.agent.fail("b", "3 findings");
		this.client.requestPreemption("worker-1", "c", "Higher priority task arrived");
		this.client.shutdownAgent("worker-2", Duration.ZERO);
		this.rest.get()
			.uri("/api/embedded")
			.exchange()
			.expectStatus()
			.isOk()
			.expectBody()
			.jsonPath("$.agents")
			.isEqualTo(List.of(Map.of("agentId", "worker-1", "running", 1, "queued", 1, "shutDown", false),
					Map.of("agentId", "worker-2", "running", 0, "queued", 0, "shutDown", true)))
			.jsonPath("$.running.first[*]['taskId', 'state', 'preemptionReason']")
			.isEqualTo(Map.of("taskId", "c", "state", "RUNNING", "preemptionReason", "Higher priority task arrived"))
			.jsonPath("$.queued.first[*].taskId")
			.isEqualTo("d")
			.jsonPath("$.finished.first[*].taskId")
			.isEqualTo(List.of("b", "a"))
			.jsonPath("$.finished.first[0].failureReason")
			.isEqualTo("3 findings");
	}

	@Test
	void showsFirstHundredOfManyTasks() {
		for (String agentId : List.of("worker-2", "worker-3")) {
			Collections.nCopies(60, TaskSubmission.forAgent(agentId))
				.forEach((submission) -> this.client.submitTask(submission.build()));
		}
		this.rest.get()
			.uri("/api/embedded")
			.exchange()
			.expectBody()
			.jsonPath("$.queued.total")
			.isEqualTo(124)
			.jsonPath("$.queued.first.length()")
			.isEqualTo(100);
	}

	@Test
	void takesNextTask() {
		post("take-next", """
				{"agentId": "worker-1"}""").expectStatus().isOk().expectBody().jsonPath("$.taskId").isEqualTo("a");
		assertThat(this.agent.running()).extracting(ScheduledTask::taskId).containsExactly("a");
	}

	@Test
	void answersNothingWhenNoTaskCanRun() {
		post("take-next", """
				{"agentId": "worker-2"}""").expectStatus().isNoContent();
	}

	@Test
	void reportsTaskAsDone() {
		this.agent.takeNext();
		report("a", "DONE").expectStatus().isNoContent();
		assertThat(this.scheduler.finished()).singleElement()
			.satisfies((task) -> assertThat(task.state()).isEqualTo(ScheduledTask.State.SUCCEEDED));
	}

	@Test
	void reportsTaskAsFailed() {
		this.agent.takeNext();
		report("a", "FAILED").expectStatus().isNoContent();
		assertThat(this.scheduler.finished()).singleElement()
			.satisfies((task) -> assertThat(task.failureReason()).isEqualTo("as the test says"));
	}

	@Test
	void givesTaskBack() {
		this.agent.takeNext();
		report("a", "YIELDED").expectStatus().isNoContent();
		assertThat(this.agent.queued()).extracting(ScheduledTask::taskId).containsExactly("a", "b", "c", "d");
	}

	@Test
	void refusesReportAboutTaskThatIsNotRunning() {
		report("a", "DONE").expectStatus()
			.isEqualTo(HttpStatus.CONFLICT)
			.expectHeader()
			.contentType(MediaType.APPLICATION_PROBLEM_JSON)
			.expectBody()
			.jsonPath("$.detail")
			.isEqualTo("worker-1 is not running task a");
	}

	@Test
	void revivesAgent() {
		this.client.shutdownAgent("worker-1");
		post("revive", """
				{"agentId": "worker-1"}""").expectStatus().isNoContent();
		assertThat(this.agent.isShutDown()).isFalse();
	}

	private ResponseSpec report(String taskId, String outcome) {
		return post("report", """
				{"agentId": "worker-1", "taskId": "%s", "outcome": "%s", "reason": "as the test says"}"""
			.formatted(taskId, outcome));
	}

	private ResponseSpec post(String action, String json) {
		return this.rest.post()
			.uri("/api/embedded/" + action)
			.contentType(MediaType.APPLICATION_JSON)
			.body(json)
			.exchange();
	}

}
