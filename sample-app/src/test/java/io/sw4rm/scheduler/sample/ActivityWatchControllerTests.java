package io.sw4rm.scheduler.sample;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

import io.grpc.Status;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.client.RestTestClient;

import io.sw4rm.scheduler.embedded.EmbeddedAgent;
import io.sw4rm.scheduler.embedded.EmbeddedScheduler;
import io.sw4rm.scheduler.embedded.Rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

@ExtendWith(OutputCaptureExtension.class)
@SampleApplicationTest
class ActivityWatchControllerTests {

	private static final String PATH = "/api/activity/watch?agentId=worker-1";

	@Autowired
	private RestTestClient rest;

	@Autowired
	private EmbeddedScheduler scheduler;

	@Autowired
	private ActivityWatchController controller;

	@LocalServerPort
	private int port;

	private EmbeddedAgent agent;

	@BeforeEach
	void useAgent() {
		this.agent = this.scheduler.agent("worker-1");
	}

	@Test
	void streamsNewEntriesOnly() throws IOException {
		record("a");
		try (StreamedResponse response = watch()) {
			record("b");
			record("c");
			await().until(() -> response.linesThatStartWith("data:").size() >= 2);
			assertThat(response.lines()).contains("Content-Type: text/event-stream");
			assertThat(response.linesThatStartWith("event:")).containsExactly("event:activity", "event:activity");
			assertThat(response.linesThatStartWith("data:").get(0)).contains("\"taskId\":\"b\"");
			assertThat(response.linesThatStartWith("data:").get(1)).contains("\"taskId\":\"c\"");
		}
	}

	@Test
	void tellsOfOutageAndRecovery() throws IOException {
		try (StreamedResponse response = watch()) {
			this.scheduler.faults().on(Rpc.POLL_ACTIVITY_BUFFER).times(2).fail(Status.DEADLINE_EXCEEDED);
			await().until(() -> response.linesThatStartWith("data:").size() == 2);
			assertThat(response.linesThatStartWith("event:")).containsExactly("event:outage", "event:recovery");
			assertThat(response.linesThatStartWith("data:").get(0))
				.isEqualTo("data:{\"reason\":\"DEADLINE_EXCEEDED at %s\",\"timedOut\":true}"
					.formatted(this.scheduler.address()));
		}
	}

	@Test
	void endsWithWatch() throws IOException {
		try (StreamedResponse response = watch()) {
			this.scheduler.faults().on(Rpc.POLL_ACTIVITY_BUFFER).fail(Status.PERMISSION_DENIED);
			await().untilAsserted(() -> assertThat(response.end()).isCompleted());
			assertThat(response.linesThatStartWith("event:")).containsExactly("event:outage");
			assertThat(response.linesThatStartWith("retry:")).containsExactly("retry:2000");
		}
	}

	@Test
	void closesWatchWhenHeartbeatFindsThatBrowserHasLeft(CapturedOutput output) throws IOException {
		StreamedResponse response = watch();
		this.controller.sendHeartbeats();
		await().until(() -> response.lines().contains(":"));
		response.close();
		AtomicLong last = new AtomicLong();
		await().during(Duration.ofSeconds(3)).atMost(Duration.ofSeconds(30)).until(() -> {
			this.controller.sendHeartbeats();
			return last.getAndSet(polls()) == polls();
		});
		assertThat(output).doesNotContain("ERROR", "Exception");
	}

	@Test
	void refusesAgentWithoutName() {
		this.rest.get()
			.uri("/api/activity/watch?agentId= ")
			.accept(MediaType.TEXT_EVENT_STREAM)
			.exchange()
			.expectStatus()
			.isBadRequest()
			.expectHeader()
			.contentType(MediaType.APPLICATION_PROBLEM_JSON)
			.expectBody()
			.jsonPath("$.errors")
			.isEqualTo(Map.of("agentId", "must not be blank"));
	}

	private StreamedResponse watch() throws IOException {
		long before = polls();
		StreamedResponse response = StreamedResponse.get(this.port, PATH);
		await().until(() -> polls() > before);
		await().until(() -> !response.linesThatStartWith("retry:").isEmpty());
		return response;
	}

	private void record(String taskId) {
		this.agent.recordActivity((entry) -> entry.taskId(taskId));
	}

	private long polls() {
		return this.scheduler.faults().calls(Rpc.POLL_ACTIVITY_BUFFER);
	}

}
