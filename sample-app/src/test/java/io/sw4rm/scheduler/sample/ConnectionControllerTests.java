package io.sw4rm.scheduler.sample;

import java.util.Map;

import io.grpc.ManagedChannel;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.web.servlet.client.RestTestClient;

import io.sw4rm.scheduler.autoconfigure.channel.SchedulerChannel;
import io.sw4rm.scheduler.embedded.EmbeddedScheduler;

@SampleApplicationTest
class ConnectionControllerTests {

	@Autowired
	private RestTestClient rest;

	@Autowired
	private EmbeddedScheduler scheduler;

	@AfterEach
	void serve() {
		this.scheduler.setServing(true);
	}

	@Test
	void connectsAndTellsTargetAndState(@Autowired @SchedulerChannel ManagedChannel channel) {
		channel.enterIdle();
		awaitState("CONNECTED");
	}

	@Test
	void tellsThatSchedulerDoesNotServe() {
		this.scheduler.setServing(false);
		awaitState("NOT_SERVING");
	}

	private void awaitState(String state) {
		Awaitility.await()
			.untilAsserted(() -> this.rest.get()
				.uri("/api/connection")
				.exchange()
				.expectStatus()
				.isOk()
				.expectBody()
				.jsonPath("$")
				.isEqualTo(Map.of("target", this.scheduler.address(), "state", state, "embedded", true)));
	}

}
