package io.sw4rm.scheduler.sample;

import java.util.Map;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.client.RestTestClient;
import org.springframework.test.web.servlet.client.RestTestClient.ResponseSpec;

import io.sw4rm.scheduler.client.SchedulerClient;
import io.sw4rm.scheduler.client.TaskSubmission;
import io.sw4rm.scheduler.embedded.EmbeddedAgent;
import io.sw4rm.scheduler.embedded.EmbeddedScheduler;

import static org.assertj.core.api.Assertions.assertThat;

@SampleApplicationTest
class AgentControllerTests {

	@Autowired
	private RestTestClient rest;

	@Autowired
	private EmbeddedScheduler scheduler;

	private EmbeddedAgent agent;

	@BeforeEach
	void runTask(@Autowired SchedulerClient client) {
		this.agent = this.scheduler.agent("worker-1");
		client.submitTask(TaskSubmission.forAgent("worker-1").build());
		this.agent.takeNext();
	}

	@Test
	void shutsAgentDownWithGracePeriod() {
		shutDown("""
				{"agentId": "worker-1", "gracePeriodSeconds": 0}""").expectStatus()
			.isOk()
			.expectBody()
			.jsonPath("$.ok")
			.isEqualTo(true);
		assertThat(this.agent.isShutDown()).isTrue();
		assertThat(this.agent.running()).isEmpty();
	}

	@Test
	void leavesGracePeriodToTheSchedulerWhenThereIsNone() {
		shutDown("""
				{"agentId": "worker-1"}""").expectStatus().isOk();
		assertThat(this.agent.isShutDown()).isTrue();
		assertThat(this.agent.running()).hasSize(1);
	}

	@Test
	void refusesNegativeGracePeriod() {
		shutDown("""
				{"agentId": "worker-1", "gracePeriodSeconds": -1}""").expectStatus()
			.isBadRequest()
			.expectHeader()
			.contentType(MediaType.APPLICATION_PROBLEM_JSON)
			.expectBody()
			.jsonPath("$.errors")
			.isEqualTo(Map.of("gracePeriodSeconds", "must be greater than or equal to 0"));
		assertThat(this.agent.isShutDown()).isFalse();
	}

	private ResponseSpec shutDown(String json) {
		return this.rest.post()
			.uri("/api/agents/shutdown")
			.contentType(MediaType.APPLICATION_JSON)
			.body(json)
			.exchange();
	}

}
