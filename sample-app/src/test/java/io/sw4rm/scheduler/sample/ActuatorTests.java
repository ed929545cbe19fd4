package io.sw4rm.scheduler.sample;

import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.web.servlet.client.RestTestClient;

import io.sw4rm.scheduler.client.SchedulerClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for the actuator endpoints of the application.
 */
@SampleApplicationTest
class ActuatorTests {

	@Test
	void showsHealthOfScheduler(@Autowired RestTestClient rest) {
		// The first check may exceed its deadline, because it loads many classes
		await().untilAsserted(() -> rest.get()
			.uri("/actuator/health/sw4rmScheduler")
			.exchange()
			.expectStatus()
			.isOk()
			.expectBody()
			.jsonPath("$.status")
			.isEqualTo("UP")
			.jsonPath("$.details.scheduler")
			.isEqualTo("SERVING"));
	}

	@Test
	void keepsSchedulerOutOfLivenessAndReadiness(@Autowired RestTestClient rest) {
		for (String group : new String[] { "liveness", "readiness" }) {
			rest.get()
				.uri("/actuator/health/" + group)
				.exchange()
				.expectBody()
				.jsonPath("$.components.sw4rmScheduler")
				.doesNotExist();
		}
	}

	@Test
	void offersMetricsToPrometheus(@Autowired RestTestClient rest, @Autowired SchedulerClient client) {
		client.pollActivityBuffer("worker-1");
		rest.get()
			.uri("/actuator/prometheus")
			.exchange()
			.expectStatus()
			.isOk()
			.expectBody(String.class)
			.value((scrape) -> assertThat(scrape).contains(
					"sw4rm_rpc_requests_total{method=\"PollActivityBuffer\",service=\"SchedulerService\",status=\"OK\"}"));
	}

	@Test
	void showsEndpointOfScheduler(@Autowired RestTestClient rest) {
		rest.get()
			.uri("/actuator/sw4rmscheduler")
			.exchange()
			.expectStatus()
			.isOk()
			.expectBody()
			.jsonPath("$.clients.default.retry.maxAttempts")
			.isEqualTo(3);
	}

}
