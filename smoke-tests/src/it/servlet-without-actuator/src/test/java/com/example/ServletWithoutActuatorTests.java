package com.example;

import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;

import io.sw4rm.scheduler.embedded.EmbeddedScheduler;
import io.sw4rm.scheduler.smoke.WebApplication;

@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
class ServletWithoutActuatorTests {

	@Test
	void callsScheduler(@LocalServerPort int port, @Autowired EmbeddedScheduler scheduler) {
		WebApplication application = new WebApplication(port, scheduler);
		application.assertCallsScheduler();
		application.send("GET", "/actuator/health", 404);
	}

}
