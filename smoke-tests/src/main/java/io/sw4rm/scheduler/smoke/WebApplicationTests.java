package io.sw4rm.scheduler.smoke;

import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;

import io.sw4rm.scheduler.embedded.EmbeddedScheduler;

/**
 * Tests of an application with a web server and the actuator. A subclass is in the
 * package of the application.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
public abstract class WebApplicationTests {

	@Test
	void callsScheduler(@LocalServerPort int port, @Autowired EmbeddedScheduler scheduler) {
		new WebApplication(port, scheduler).assertCallsScheduler();
	}

	@Test
	void reportsHealth(@LocalServerPort int port, @Autowired EmbeddedScheduler scheduler) {
		new WebApplication(port, scheduler).assertReportsHealth();
	}

	@Test
	void countsCalls(@LocalServerPort int port, @Autowired EmbeddedScheduler scheduler) {
		WebApplication application = new WebApplication(port, scheduler);
		application.assertCallsScheduler();
		application.assertCountsCalls();
	}

}
