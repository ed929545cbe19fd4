package io.sw4rm.scheduler.sample;

import java.util.Map;
import java.util.concurrent.CompletableFuture;

import io.grpc.Status;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Import;
import org.springframework.http.MediaType;
import org.springframework.test.context.TestPropertySource;
import org.springframework.test.web.servlet.client.RestTestClient;
import org.springframework.test.web.servlet.client.RestTestClient.ResponseSpec;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import io.sw4rm.scheduler.client.AsyncSchedulerClient;
import io.sw4rm.scheduler.client.TaskSubmission;
import io.sw4rm.scheduler.embedded.EmbeddedScheduler;
import io.sw4rm.scheduler.embedded.Rpc;

import static org.assertj.core.api.Assertions.assertThat;

@ExtendWith(OutputCaptureExtension.class)
@SampleApplicationTest
@Import(ApiExceptionHandlerTests.Bugs.class)
@TestPropertySource(properties = "sw4rm.scheduler.max-in-flight=1")
class ApiExceptionHandlerTests {

	@Autowired
	private RestTestClient rest;

	@Autowired
	private EmbeddedScheduler scheduler;

	@ParameterizedTest
	@CsvSource({ "UNAVAILABLE, 503, AGENT_UNAVAILABLE, true", "DEADLINE_EXCEEDED, 504, ACK_TIMEOUT, true",
			"PERMISSION_DENIED, 502, PERMISSION_DENIED, false", "UNAUTHENTICATED, 502, PERMISSION_DENIED, false",
			"INVALID_ARGUMENT, 422, VALIDATION_ERROR, false", "RESOURCE_EXHAUSTED, 502, BUFFER_FULL, true",
			"INTERNAL, 502, INTERNAL_ERROR, false" })
	void answersFailedCallWithProblem(Status.Code code, int status, String errorCode, boolean retryable) {
		this.scheduler.faults().on(Rpc.SHUTDOWN_AGENT).fail(code.toStatus().withDescription("as the test says"));
		shutDown("worker-1").expectStatus()
			.isEqualTo(status)
			.expectHeader()
			.contentType(MediaType.APPLICATION_PROBLEM_JSON)
			.expectBody()
			.jsonPath("$.status")
			.isEqualTo(status)
			.jsonPath("$.detail")
			.value((detail) -> assertThat(detail).asString().contains("as the test says"))
			.jsonPath("$.operation")
			.isEqualTo("SHUTDOWN_AGENT")
			.jsonPath("$.errorCode")
			.isEqualTo(errorCode)
			.jsonPath("$.grpcStatus")
			.isEqualTo(code.name())
			.jsonPath("$.retryable")
			.isEqualTo(retryable)
			.jsonPath("$.target")
			.isEqualTo(this.scheduler.address())
			.jsonPath("$.correlationId")
			.value((correlationId) -> assertThat(correlationId).asString()
				.hasSize("f81d4fae-7dec-11d0-a765-00a0c91e6bf6".length()));
	}

	@Test
	void answersCallBeyondLimitWithTimeOfNextAttempt(@Autowired AsyncSchedulerClient client) {
		this.scheduler.faults().on(Rpc.SUBMIT_TASK).hang();
		CompletableFuture<?> callInFlight = client.submitTask(TaskSubmission.forAgent("worker-1").build());
		try {
			shutDown("worker-1").expectStatus()
				.isEqualTo(503)
				.expectHeader()
				.valueEquals("Retry-After", "1")
				.expectHeader()
				.contentType(MediaType.APPLICATION_PROBLEM_JSON)
				.expectBody()
				.jsonPath("$.title")
				.isEqualTo("Too many calls to the scheduler are in flight")
				.jsonPath("$.operation")
				.isEqualTo("SHUTDOWN_AGENT");
		}
		finally {
			callInFlight.cancel(true);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "illegal-argument", "illegal-state" })
	void answersBugWithoutItsMessage(String bug, CapturedOutput output) {
		this.rest.get()
			.uri("/test/bugs/" + bug)
			.exchange()
			.expectStatus()
			.isEqualTo(500)
			.expectHeader()
			.contentType(MediaType.APPLICATION_PROBLEM_JSON)
			.expectBody(String.class)
			.value((body) -> assertThat(body).doesNotContain("secret"));
		assertThat(output).contains("a secret").contains("ApiExceptionHandlerTests$Bugs");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			/api/tasks           | {"agentId": "worker-1", "scope": "\\ud800"}
			/api/tasks           | {"agentId": "worker-1", "params": "\\ud800"}
			/api/tasks/preempt   | {"agentId": "worker-1", "taskId": "a", "reason": "\\ud800"}
			/api/activity/purge  | {"agentId": "worker-1", "taskIds": ["\\ud800"]}
			/api/agents/shutdown | {"agentId": "worker-1", "gracePeriodSeconds": 9223372036854775807}
			""")
	void answersArgumentThatClientRefusesAsBadRequest(String path, String json) {
		this.rest.post()
			.uri(path)
			.contentType(MediaType.APPLICATION_JSON)
			.body(json)
			.exchange()
			.expectStatus()
			.isBadRequest()
			.expectHeader()
			.contentType(MediaType.APPLICATION_PROBLEM_JSON)
			.expectBody()
			.jsonPath("$.detail")
			.value((detail) -> assertThat(detail).asString().contains("must be"));
	}

	@Test
	void answersUnreadableBodyWithProblem() {
		this.rest.post()
			.uri("/api/tasks")
			.contentType(MediaType.APPLICATION_JSON)
			.body("{")
			.exchange()
			.expectStatus()
			.isBadRequest()
			.expectHeader()
			.contentType(MediaType.APPLICATION_PROBLEM_JSON);
	}

	@Test
	void answersUnknownPathWithProblem() {
		this.rest.get()
			.uri("/api/unknown")
			.exchange()
			.expectStatus()
			.isNotFound()
			.expectHeader()
			.contentType(MediaType.APPLICATION_PROBLEM_JSON);
	}

	private ResponseSpec shutDown(String agentId) {
		return this.rest.post()
			.uri("/api/agents/shutdown")
			.contentType(MediaType.APPLICATION_JSON)
			.body(Map.of("agentId", agentId))
			.exchange();
	}

	@RestController
	static class Bugs {

		@GetMapping("/test/bugs/illegal-argument")
		void illegalArgument() {
			throw new IllegalArgumentException("a secret");
		}

		@GetMapping("/test/bugs/illegal-state")
		void illegalState() {
			throw new IllegalStateException("a secret");
		}

	}

}
