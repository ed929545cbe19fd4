package io.sw4rm.scheduler.sample;

import java.io.IOException;
import java.net.ServerSocket;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

import io.sw4rm.scheduler.embedded.EmbeddedScheduler;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the page, in a real browser, while the scheduler or the application itself is
 * temporarily unavailable.
 */
@ExtendWith(Chromium.class)
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT, properties = "sample.tour.enabled=false")
class PageWithoutSchedulerTests {

	private static EmbeddedScheduler scheduler = EmbeddedScheduler.start();

	@LocalServerPort
	private int port;

	@DynamicPropertySource
	static void address(DynamicPropertyRegistry registry) {
		registry.add("sw4rm.scheduler.address", scheduler::address);
	}

	@AfterAll
	static void stop() {
		scheduler.close();
	}

	@Test
	void showsThatSchedulerIsUnavailableUntilReconnected(Page page) {
		page.navigate("http://localhost:" + this.port);
		Locator connection = page.getByRole(AriaRole.GROUP, new Page.GetByRoleOptions().setName("Connection"));
		assertThat(connection).containsText("Connected");
		assertThat(connection).containsText(scheduler.address());
		assertThat(page.getByRole(AriaRole.REGION, new Page.GetByRoleOptions().setName("Agents and tasks"))).isHidden();
		scheduler.close();
		assertThat(connection).containsText("Unavailable");
		assertThat(page.getByRole(AriaRole.ALERT))
			.containsText("The scheduler at " + scheduler.address() + " is unavailable.");
		Locator submit = page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Submit task"));
		submit.click();
		assertThat(page.getByRole(AriaRole.LOG)).containsText("UNAVAILABLE");
		scheduler = EmbeddedScheduler.builder().port(scheduler.port()).start();
		assertThat(page.getByRole(AriaRole.ALERT)).containsText("Reconnected to the scheduler");
		assertThat(connection).containsText("Connected");
		submit.click();
		assertThat(page.getByRole(AriaRole.LOG)).containsText("accepted");
		assertThat(scheduler.queued()).hasSize(1);
	}

	@Test
	void showsThatSchedulerHangsUntilItResponds(Page page) throws IOException {
		page.navigate("http://localhost:" + this.port);
		Locator connection = page.getByRole(AriaRole.GROUP, new Page.GetByRoleOptions().setName("Connection"));
		assertThat(connection).containsText("Connected");
		scheduler.close();
		try (ServerSocket silent = new ServerSocket(scheduler.port())) {
			assertThat(silent.isBound()).isTrue();
			assertThat(connection).containsText("Not responding");
			assertThat(page.getByRole(AriaRole.ALERT))
				.containsText("The scheduler at " + scheduler.address() + " does not respond.");
		}
		scheduler = EmbeddedScheduler.builder().port(scheduler.port()).start();
		assertThat(page.getByRole(AriaRole.ALERT)).containsText("Reconnected to the scheduler");
		assertThat(connection).containsText("Connected");
	}

	@Test
	void showsThatApplicationHangsUntilItResponds(Page page) {
		page.navigate("http://localhost:" + this.port);
		Locator connection = page.getByRole(AriaRole.GROUP, new Page.GetByRoleOptions().setName("Connection"));
		assertThat(connection).containsText("Connected");
		page.route("**/api/**", (route) -> {
		});
		assertThat(page.getByRole(AriaRole.ALERT)).containsText("The application does not respond.");
		page.unroute("**/api/**");
		assertThat(page.getByRole(AriaRole.ALERT)).containsText("Reconnected to the scheduler");
	}

	@Test
	void showsThatApplicationIsUnavailableUntilItResponds(Page page) {
		page.navigate("http://localhost:" + this.port);
		page.route("**/api/**", (route) -> route.abort());
		assertThat(page.getByRole(AriaRole.ALERT)).containsText("The application does not respond.");
		page.unroute("**/api/**");
		assertThat(page.getByRole(AriaRole.ALERT)).containsText("Reconnected to the scheduler");
	}

}
