package io.sw4rm.scheduler.sample;

import io.grpc.Status;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.client.RestTestClient;

import io.sw4rm.scheduler.embedded.EmbeddedScheduler;
import io.sw4rm.scheduler.embedded.Rpc;

import static org.assertj.core.api.Assertions.assertThat;

@SampleApplicationTest
class ApiExceptionHandlerTests {

	@Autowired
	private RestTestClient rest;

	@Autowired
	private EmbeddedScheduler scheduler;

	@BeforeEach
	void reset() {
		this.scheduler.reset();
	}

	@ParameterizedTest
	@CsvSource({ "UNAVAILABLE, 503, AGENT_UNAVAILABLE, true", "DEADLINE_EXCEEDED, 504, ACK_TIMEOUT, true",
			"PERMISSION_DENIED, 403, PERMISSION_DENIED, false", "UNAUTHENTICATED, 403, PERMISSION_DENIED, false",
			"INVALID_ARGUMENT, 422, VALIDATION_ERROR, false", "RESOURCE_EXHAUSTED, 502, BUFFER_FULL, true",
			"INTERNAL, 502, INTERNAL_ERROR, false" })
	void answersFailedCallWithProblem(Status.Code code, int status, String errorCode, boolean retryable) {
		this.scheduler.faults().on(Rpc.SHUTDOWN_AGENT).fail(code.toStatus().withDescription("as the test says"));
		this.rest.post()
			.uri("/api/agents/shutdown")
			.contentType(MediaType.APPLICATION_JSON)
			.body("""
					{"agentId": "worker-1"}""")
			.exchange()
			.expectStatus()
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

}
