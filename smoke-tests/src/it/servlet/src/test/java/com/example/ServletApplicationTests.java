package com.example;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;

import io.sw4rm.scheduler.embedded.EmbeddedScheduler;
import io.sw4rm.scheduler.smoke.WebApplication;

@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
class ServletApplicationTests {

	private WebApplication application;

	@BeforeEach
	void setUp(@LocalServerPort int port, @Autowired EmbeddedScheduler scheduler) {
		this.application = new WebApplication(port, scheduler);
	}

	@Test
	void callsScheduler() {
		this.application.assertCallsScheduler();
	}

	@Test
	void reportsHealth() {
		this.application.assertReportsHealth();
	}

	@Test
	void countsCalls() {
		this.application.assertCallsScheduler();
		this.application.assertCountsCalls();
	}

}
