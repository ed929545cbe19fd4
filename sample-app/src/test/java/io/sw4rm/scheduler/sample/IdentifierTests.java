package io.sw4rm.scheduler.sample;

import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.client.RestTestClient;
import org.springframework.test.web.servlet.client.RestTestClient.ResponseSpec;

import io.sw4rm.scheduler.embedded.EmbeddedScheduler;
import io.sw4rm.scheduler.embedded.ScheduledTask;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Identifier}.
 */
@SampleApplicationTest
class IdentifierTests {

	private static final String MESSAGE = "must not start or end with blanks, or contain control characters";

	@Autowired
	private RestTestClient rest;

	@Autowired
	private EmbeddedScheduler scheduler;

	@ParameterizedTest
	@ValueSource(strings = { "worker-2 ", " worker-2", "worker-2\\t", "worker-2\\n", "\\u00a0worker-2", "\\u00a0",
			"\\u200bworker-2", "\\ufeff", "work\\u0000er", "worker\\ud800" })
	void refusesBlanksAroundAgentIdAndTaskId(String identifier) {
		post("/api/tasks", """
				{"agentId": "%s", "taskId": "%s"}""".formatted(identifier, identifier)).expectStatus()
			.isBadRequest()
			.expectBody()
			.jsonPath("$.errors")
			.isEqualTo(Map.of("agentId", MESSAGE, "taskId", MESSAGE));
		assertThat(this.scheduler.queued()).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "w", "worker 2", "worker\u00a02", "Zoë", "作業者", "\ud83e\udd16",
			"\ud83d\udc68\u200d\ud83d\udcbb", "a/b?c=d&e" })
	void acceptsAnyOtherText(String identifier) {
		post("/api/tasks", """
				{"agentId": "%s"}""".formatted(identifier)).expectStatus().isOk();
		assertThat(this.scheduler.queued()).extracting(ScheduledTask::agentId).containsExactly(identifier);
	}

	@Test
	void refusesAgentIdThatIsTooLong() {
		post("/api/tasks", """
				{"agentId": "%s"}""".formatted("w".repeat(201))).expectStatus()
			.isBadRequest()
			.expectBody()
			.jsonPath("$.errors.agentId")
			.isEqualTo("must not be longer than 200 characters");
		post("/api/tasks", """
				{"agentId": "%s"}""".formatted("w".repeat(200))).expectStatus().isOk();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			/api/tasks            | {"agentId": "worker-2 "}
			/api/tasks/preempt    | {"agentId": "worker-2 ", "taskId": "task-123"}
			/api/agents/shutdown  | {"agentId": "worker-2 "}
			/api/activity/purge   | {"agentId": "worker-2 ", "all": true}
			/api/embedded/report  | {"agentId": "worker-2 ", "taskId": "task-123", "outcome": "DONE"}
			/api/embedded/revive  | {"agentId": "worker-2 "}
			/api/embedded/take-next | {"agentId": "worker-2 "}
			""")
	void refusesBlankAfterAgentIdInEveryRequest(String path, String json) {
		post(path, json).expectStatus()
			.isBadRequest()
			.expectBody()
			.jsonPath("$.errors")
			.isEqualTo(Map.of("agentId", MESSAGE))
			.jsonPath("$.detail")
			.isEqualTo("Some values are invalid: agentId " + MESSAGE);
		assertThat(this.scheduler.agentIds()).isEmpty();
	}

	@Test
	void refusesBlankAfterAgentIdOfBatch() {
		post("/api/tasks/batch", """
				{"count": 1, "agentIds": ["worker-1", "worker-2 "]}""").expectStatus()
			.isBadRequest()
			.expectBody()
			.jsonPath("$.errors")
			.isEqualTo(Map.of("agentIds[1]", MESSAGE));
		assertThat(this.scheduler.agentIds()).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "/api/activity", "/api/activity/watch" })
	void refusesBlankAfterAgentIdInQuery(String path) {
		this.rest.get()
			.uri(path + "?agentId={agentId}", "worker-2 ")
			.exchange()
			.expectStatus()
			.isBadRequest()
			.expectBody()
			.jsonPath("$.errors")
			.isEqualTo(Map.of("agentId", MESSAGE));
	}

	private ResponseSpec post(String path, String json) {
		return this.rest.post().uri(path).contentType(MediaType.APPLICATION_JSON).body(json).exchange();
	}

}
