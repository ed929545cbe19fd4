package com.example;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

import io.sw4rm.scheduler.client.SchedulerClient;
import io.sw4rm.scheduler.embedded.EmbeddedScheduler;
import io.sw4rm.scheduler.smoke.ClientChecks;
import io.sw4rm.scheduler.smoke.WebApplication;

import static org.assertj.core.api.Assertions.assertThat;

@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
class SeveralSchedulersApplicationTests {

	private static final EmbeddedScheduler scheduler = EmbeddedScheduler.start();

	private static final EmbeddedScheduler billing = EmbeddedScheduler.start();

	@DynamicPropertySource
	static void addresses(DynamicPropertyRegistry registry) {
		registry.add("sw4rm.scheduler.address", scheduler::address);
		registry.add("sw4rm.scheduler.client.billing.address", billing::address);
	}

	@AfterAll
	static void stopSchedulers() {
		scheduler.close();
		billing.close();
	}

	@Test
	void callsBothSchedulers(@Autowired SchedulerClient client,
			@Autowired @Qualifier("billing") SchedulerClient billingClient) {
		ClientChecks.assertCalls(client, scheduler);
		ClientChecks.assertCalls(billingClient, billing);
	}

	@Test
	void reportsHealthOfEach(@LocalServerPort int port) {
		WebApplication application = new WebApplication(port, scheduler);
		billing.setServing(false);
		try {
			assertThat(application.send("GET", "/actuator/health/sw4rmScheduler/default", 200)).contains("UP");
			assertThat(application.send("GET", "/actuator/health/sw4rmScheduler/billing", 503))
				.contains("OUT_OF_SERVICE");
		}
		finally {
			billing.setServing(true);
		}
	}

	@Test
	void countsCallsOfEach(@LocalServerPort int port, @Autowired @Qualifier("billing") SchedulerClient billingClient) {
		ClientChecks.assertCalls(billingClient, billing);
		assertThat(new WebApplication(port, billing).send("GET",
				"/actuator/metrics/sw4rm.rpc.requests?tag=client:billing&tag=method:SubmitTask", 200))
			.containsPattern("\"value\":[1-9]");
	}

}
