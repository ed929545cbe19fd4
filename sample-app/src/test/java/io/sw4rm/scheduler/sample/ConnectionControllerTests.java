package io.sw4rm.scheduler.sample;

import java.util.Map;

import io.grpc.ManagedChannel;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.test.web.servlet.client.RestTestClient;

import io.sw4rm.scheduler.embedded.EmbeddedScheduler;

@SampleApplicationTest
class ConnectionControllerTests {

	@Test
	void connectsAndTellsTargetAndState(@Autowired RestTestClient rest, @Autowired EmbeddedScheduler scheduler,
			@Autowired @Qualifier("sw4rmSchedulerChannel") ManagedChannel channel) {
		channel.enterIdle();
		Awaitility.await()
			.untilAsserted(() -> rest.get()
				.uri("/api/connection")
				.exchange()
				.expectStatus()
				.isOk()
				.expectBody()
				.jsonPath("$")
				.isEqualTo(Map.of("target", scheduler.address(), "state", "READY", "embedded", true)));
	}

}
