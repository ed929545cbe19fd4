package io.sw4rm.scheduler.sample;

import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.client.RestTestClient;
import org.springframework.test.web.servlet.client.RestTestClient.ResponseSpec;

import io.sw4rm.scheduler.embedded.EmbeddedAgent;
import io.sw4rm.scheduler.embedded.EmbeddedScheduler;
import io.sw4rm.scheduler.embedded.RecordedActivity;

import static org.assertj.core.api.Assertions.assertThat;

@SampleApplicationTest
class ActivityControllerTests {

	@Autowired
	private RestTestClient rest;

	@Autowired
	private EmbeddedScheduler scheduler;

	private EmbeddedAgent agent;

	@BeforeEach
	void recordActivity() {
		this.agent = this.scheduler.agent("worker-1");
		for (String taskId : new String[] { "a", "b", "c" }) {
			this.agent.recordActivity((entry) -> entry.taskId(taskId)
				.repoId("shop")
				.worktreeId("shop-1")
				.branch("main")
				.description("tests pass")
				.timestamp("2026-01-10T12:00:00Z"));
		}
	}

	@Test
	void pollsEntriesInOrder() {
		this.rest.get()
			.uri("/api/activity?agentId=worker-1")
			.exchange()
			.expectStatus()
			.isOk()
			.expectBody()
			.jsonPath("$[*].taskId")
			.isEqualTo(List.of("a", "b", "c"))
			.jsonPath("$[0]")
			.isEqualTo(Map.of("taskId", "a", "repoId", "shop", "worktreeId", "shop-1", "branch", "main", "description",
					"tests pass", "timestamp", "2026-01-10T12:00:00Z"));
	}

	@Test
	void refusesToPollAgentWithoutName() {
		this.rest.get()
			.uri("/api/activity?agentId= ")
			.exchange()
			.expectStatus()
			.isBadRequest()
			.expectHeader()
			.contentType(MediaType.APPLICATION_PROBLEM_JSON)
			.expectBody()
			.jsonPath("$.errors")
			.isEqualTo(Map.of("agentId", "must not be blank"));
	}

	@Test
	void purgesEntriesOfSomeTasks() {
		purge("""
				{"agentId": "worker-1", "taskIds": ["a", "c", "unknown"]}""").expectStatus()
			.isOk()
			.expectBody()
			.jsonPath("$.purged")
			.isEqualTo(2);
		assertThat(this.agent.activity()).extracting(RecordedActivity::taskId).containsExactly("b");
	}

	@Test
	void purgesNothingWithoutTaskIds() {
		purge("""
				{"agentId": "worker-1", "taskIds": []}""").expectStatus()
			.isOk()
			.expectBody()
			.jsonPath("$.purged")
			.isEqualTo(0);
		assertThat(this.agent.activity()).hasSize(3);
	}

	@Test
	void purgesAllEntriesWhenAskedTo() {
		purge("""
				{"agentId": "worker-1", "all": true}""").expectStatus()
			.isOk()
			.expectBody()
			.jsonPath("$.purged")
			.isEqualTo(3);
		assertThat(this.agent.activity()).isEmpty();
	}

	@Test
	void refusesTaskIdsTogetherWithAll() {
		purge("""
				{"agentId": "worker-1", "taskIds": ["a"], "all": true}""").expectStatus()
			.isBadRequest()
			.expectHeader()
			.contentType(MediaType.APPLICATION_PROBLEM_JSON)
			.expectBody()
			.jsonPath("$.detail")
			.isEqualTo("taskIds must be left out when all is true, got [a]");
		assertThat(this.agent.activity()).hasSize(3);
	}

	private ResponseSpec purge(String json) {
		return this.rest.post()
			.uri("/api/activity/purge")
			.contentType(MediaType.APPLICATION_JSON)
			.body(json)
			.exchange();
	}

}
