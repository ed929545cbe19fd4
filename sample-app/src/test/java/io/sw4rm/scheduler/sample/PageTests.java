package io.sw4rm.scheduler.sample;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import io.grpc.Status;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;

import io.sw4rm.scheduler.client.SchedulerClient;
import io.sw4rm.scheduler.client.SchedulerUnavailableException;
import io.sw4rm.scheduler.client.TaskSubmission;
import io.sw4rm.scheduler.embedded.EmbeddedScheduler;
import io.sw4rm.scheduler.embedded.Rpc;
import io.sw4rm.scheduler.embedded.ScheduledTask;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests for the page, in a real browser, on an embedded scheduler.
 */
@ExtendWith(Chromium.class)
@SampleApplicationTest
class PageTests {

	/**
	 * Finds visible text whose contrast to its background is less than 4.5 (WCAG AA).
	 * Inactive controls are exempt.
	 */
	private static final String UNREADABLE_TEXT = """
			() => {
			  const parse = (color) => color.match(/[\\d.]+/g).map(Number);
			  const luminance = ([r, g, b]) => [r, g, b].map((value) => value / 255)
			    .map((value) => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4)
			    .reduce((sum, value, index) => sum + value * [0.2126, 0.7152, 0.0722][index], 0);
			  const background = (element) => {
			    const color = element ? parse(getComputedStyle(element).backgroundColor) : [255, 255, 255];
			    return color.length === 4 && color[3] === 0 ? background(element.parentElement) : color;
			  };
			  return [...document.querySelectorAll('body *')]
			    .filter((element) => element.checkVisibility() && !element.closest(':disabled, svg, datalist'))
			    .filter((element) => element.value || [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
			    .filter((element) => {
			      const [a, b] = [parse(getComputedStyle(element).color), background(element)].map(luminance);
			      return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05) < 4.5;
			    })
			    .map((element) => element.outerHTML.slice(0, 200));
			}
			""";

	/**
	 * Turns off the slow refresh of the activity, so that only events refresh it.
	 */
	private static final String WITHOUT_SLOW_REFRESH = """
			const setTimeoutOfBrowser = window.setTimeout;
			window.setTimeout = (task, millis, ...args) =>
			  millis === 10000 ? 0 : setTimeoutOfBrowser(task, millis, ...args);
			""";

	@Autowired
	private EmbeddedScheduler scheduler;

	@Autowired
	private SchedulerClient client;

	@Autowired
	private WorkingAgents workingAgents;

	@LocalServerPort
	private int port;

	@BeforeEach
	void reset() {
		this.workingAgents.setWorking(false);
		this.scheduler.reset();
	}

	@Test
	void submitsTaskAndPurgesItsActivity(Page page) {
		open(page);
		Locator form = section(page, "Submit a task");
		form.getByLabel("Task id").fill("task-123");
		form.getByLabel("Priority", new Locator.GetByLabelOptions().setExact(true)).fill("5");
		form.getByLabel("Scope").fill("global.resource");
		button(form, "Submit task").click();
		assertThat(log(page)).containsText("Submitted task-123 to worker-1: accepted.");
		assertThat(row(page, "Queue", "task-123")).containsText("global.resource");
		assertThat(this.scheduler.queued()).singleElement().satisfies((task) -> {
			assertThat(task.priority()).isEqualTo(5);
			assertThat(task.params().toStringUtf8()).isEqualTo("{\"action\": \"process\"}");
		});
		Locator activity = row(page, "Activity buffer", "task-123");
		button(activity, "Purge task-123").click();
		assertThat(dialog(page)).containsText("Purge this entry?");
		button(dialog(page), "Purge").click();
		assertThat(log(page)).containsText("Purged the activity of worker-1: 1 entry removed.");
		assertThat(activity).hasCount(0);
		assertThat(page.getByText("No entries for worker-1.")).isVisible();
		assertThat(this.scheduler.agent("worker-1").activity()).isEmpty();
	}

	@Test
	void agentsWorkByThemselves(Page page) {
		this.client.submitTask(TaskSubmission.forAgent("worker-1").taskId("task-123").build());
		open(page);
		Locator working = page.getByLabel("Agents work by themselves");
		assertThat(row(page, "Queue", "task-123")).isVisible();
		working.check();
		assertThat(log(page)).containsText("The agents work by themselves.");
		assertThat(row(page, "Finished", "task-123"))
			.isVisible(new LocatorAssertions.IsVisibleOptions().setTimeout(15_000));
		assertThat(row(page, "Activity buffer", "task-123")).hasCount(3);
		working.uncheck();
		assertThat(log(page)).containsText("The agents do not work by themselves any more.");
	}

	@Test
	void describesErrorOfEachField(Page page) {
		open(page);
		Locator form = section(page, "Submit a task");
		Locator agent = form.getByLabel("Agent");
		Locator priority = form.getByLabel("Priority", new Locator.GetByLabelOptions().setExact(true));
		Locator parameters = form.getByLabel("Parameters");
		agent.fill(" ");
		priority.fill("21");
		parameters.fill("{\"action\"");
		button(form, "Submit task").click();
		assertThat(agent).hasAccessibleDescription("Must not be empty.");
		assertThat(agent).isFocused();
		assertThat(priority)
			.hasAccessibleDescription("From −19 to 20. Higher is more important. Must be from −19 to 20.");
		assertThat(priority).hasAttribute("aria-invalid", "true");
		assertThat(parameters).hasAccessibleDescription(Pattern.compile("^Not valid JSON: "));
		priority.fill("20");
		assertThat(priority).hasAccessibleDescription("From −19 to 20. Higher is more important.");
		assertThat(this.scheduler.agentIds()).isEmpty();
	}

	@Test
	void showsErrorsOfApplication(Page page) {
		open(page);
		Locator form = section(page, "Shut down an agent");
		Locator gracePeriod = form.getByLabel("Grace period");
		gracePeriod.fill("99999999999999999999");
		button(form, "Shut down…").click();
		button(dialog(page), "Shut down").click();
		assertThat(gracePeriod)
			.hasAccessibleDescription("Leave empty for the default of the scheduler. This is not a valid value.");
	}

	@Test
	void submitsBatchAndCountsEveryTask(Page page) {
		this.client.shutdownAgent("worker-2");
		this.client.shutdownAgent("worker-3");
		open(page);
		Locator form = section(page, "Submit a batch");
		form.getByLabel("Tasks", new Locator.GetByLabelOptions().setExact(true)).fill("250");
		form.getByLabel("Agents").fill("worker-1, worker-2, worker-3");
		button(form, "Submit batch").click();
		assertThat(log(page)).containsText("Submitted 250 tasks: 84 accepted, 166 refused, 0 failed.");
		assertThat(form.getByRole(AriaRole.PROGRESSBAR)).hasJSProperty("value", 250);
		assertThat(form.locator("dd")).hasText(new String[] { "84", "166", "0", "250" });
		assertThat(form.getByRole(AriaRole.LISTITEM))
			.hasText(new Pattern[] { Pattern.compile("83 × agent \"worker-2\" is shutting down.*"),
					Pattern.compile("83 × agent \"worker-3\" is shutting down.*") });
		assertThat(this.scheduler.queued()).hasSize(84);
	}

	@Test
	void showsOutcomesOfOtherTasksWhenOneOfBatchFails(Page page) {
		open(page);
		this.scheduler.faults().on(Rpc.SUBMIT_TASK).fail(Status.PERMISSION_DENIED);
		Locator form = section(page, "Submit a batch");
		button(form, "Submit batch").click();
		assertThat(log(page)).containsText("Submitted 100 tasks: 99 accepted, 0 refused, 1 failed.");
		assertThat(form.locator("dd")).hasText(new String[] { "99", "0", "1", "100" });
		assertThat(form.getByRole(AriaRole.LISTITEM))
			.hasText(new String[] { "1 × PERMISSION_DENIED at " + this.scheduler.address() });
	}

	@Test
	void refreshDoesNotUndoChangeThatIsNotAnswered(Page page) {
		List<Route> changes = new ArrayList<>();
		page.route("**/api/embedded/working", changes::add);
		open(page);
		Locator working = page.getByLabel("Agents work by themselves");
		working.check();
		// The second request follows when the answer to the first is shown
		for (int i = 0; i < 2; i++) {
			page.waitForResponse("**/api/embedded", () -> {
			});
			assertThat(working).isChecked();
		}
		changes.forEach(Route::resume);
		assertThat(log(page)).containsText("The agents work by themselves.");
		assertThat(working).isChecked();
	}

	@Test
	void saysWhyBatchIsInvalid(Page page) {
		open(page);
		Locator form = section(page, "Submit a batch");
		form.getByLabel("Agents").fill("worker-1, " + "w".repeat(201));
		button(form, "Submit batch").click();
		assertThat(log(page)).containsText("agentIds[1] must not be longer than 200 characters");
		assertThat(form.getByLabel("Agents")).hasAccessibleDescription(
				"Separated by commas. Tasks are distributed in turn. Must not be longer than 200 characters.");
		assertThat(form.getByRole(AriaRole.PROGRESSBAR)).isHidden();
		assertThat(this.scheduler.agentIds()).isEmpty();
	}

	@Test
	void showsProgressOfBatch(Page page) {
		open(page);
		this.scheduler.faults().on(Rpc.SUBMIT_TASK).hang();
		Locator form = section(page, "Submit a batch");
		button(form, "Submit batch").click();
		assertThat(form.locator("dd")).hasText(new String[] { "99", "0", "0", "100" });
		assertThat(form.getByRole(AriaRole.PROGRESSBAR)).hasJSProperty("value", 99);
		assertThat(page.getByText("Submitted 100 tasks")).hasCount(0);
		endHangingCalls();
	}

	@Test
	void countsTasksAsFailedWhenApplicationDoesNotRespond(Page page) {
		open(page);
		page.route("**/api/tasks/batch", Route::abort);
		Locator form = section(page, "Submit a batch");
		button(form, "Submit batch").click();
		assertThat(log(page)).containsText("Submitted 100 tasks: 0 accepted, 0 refused, 100 failed.");
		assertThat(form.getByRole(AriaRole.LISTITEM))
			.hasText(new String[] { "100 × The application does not respond. Check that it is running." });
	}

	@Test
	void countsTasksWithoutOutcomeAsFailedWhenConnectionIsLost(Page page) {
		open(page);
		page.route("**/api/tasks/batch",
				(route) -> route.fulfill(new Route.FulfillOptions().setContentType("application/x-ndjson").setBody("""
						{"requested": 100, "accepted": 0, "refused": 0, "failed": 0, "reasons": {}}
						{"requested": 100, "accepted": 50, "refused": 3, "failed": 1, "reasons": {"no": 3, "lost": 1}}
						{"requested": 100, "acc""")));
		Locator form = section(page, "Submit a batch");
		button(form, "Submit batch").click();
		assertThat(log(page)).containsText("Submitted 100 tasks: 50 accepted, 3 refused, 47 failed.");
		assertThat(form.getByRole(AriaRole.PROGRESSBAR)).hasJSProperty("value", 100);
		assertThat(form.getByRole(AriaRole.LISTITEM)).hasText(new String[] { "3 × no", "1 × lost",
				"46 × The application does not respond. Check that it is running." });
	}

	@Test
	void actsAsAgent(Page page) {
		submit("task-123");
		open(page);
		button(row(page, "Agents", "worker-1"), "Take next").click();
		Locator running = row(page, "Running", "task-123");
		button(running, "Preempt").click();
		dialog(page).getByLabel("Reason").fill("more important work");
		button(dialog(page), "Preempt").click();
		assertThat(running).containsText("Preemption requested: more important work");
		button(running, "Yield").click();
		assertThat(row(page, "Queue", "task-123")).isVisible();
		button(row(page, "Agents", "worker-1"), "Take next").click();
		button(running, "Done").click();
		assertThat(row(page, "Finished", "task-123")).containsText("Done");
		assertThat(this.scheduler.finished()).singleElement()
			.satisfies((task) -> assertThat(task.state()).isEqualTo(ScheduledTask.State.SUCCEEDED));
	}

	@Test
	void reportsTaskAsFailed(Page page) {
		submit("task-123");
		this.scheduler.agent("worker-1").takeNext();
		open(page);
		button(row(page, "Running", "task-123"), "Fail").click();
		dialog(page).getByLabel("Reason").fill("3 findings");
		button(dialog(page), "Report as failed").click();
		assertThat(row(page, "Finished", "task-123")).containsText("Failed: 3 findings");
	}

	@Test
	void shutsAgentDownWhenConfirmedAndRevivesIt(Page page) {
		open(page);
		Locator form = section(page, "Shut down an agent");
		button(form, "Shut down…").click();
		page.keyboard().press("Escape");
		assertThat(dialog(page)).isHidden();
		assertThat(button(form, "Shut down…")).isFocused();
		assertThat(this.scheduler.agent("worker-1").isShutDown()).isFalse();
		button(form, "Shut down…").click();
		button(dialog(page), "Shut down").click();
		Locator agent = row(page, "Agents", "worker-1");
		assertThat(agent).containsText("Shut down");
		button(agent, "Revive").click();
		assertThat(log(page)).containsText("worker-1 accepts tasks again.");
		assertThat(this.scheduler.agent("worker-1").isShutDown()).isFalse();
	}

	@Test
	void purgesSelectedAndAllEntries(Page page) {
		List.of("a", "b", "c", "d").forEach(this::submit);
		open(page);
		Locator activity = section(page, "Activity buffer");
		activity.getByLabel("Select a", new Locator.GetByLabelOptions().setExact(true)).check();
		activity.getByLabel("Select c").check();
		button(activity, "Purge 2 selected…").click();
		button(dialog(page), "Purge").click();
		assertThat(activity.getByRole(AriaRole.CHECKBOX)).hasCount(3);
		assertThat(this.scheduler.agent("worker-1").activity()).extracting("taskId").containsExactly("b", "d");
		button(activity, "Purge all…").click();
		button(dialog(page), "Purge all").click();
		assertThat(activity.getByText("No entries for worker-1.")).isVisible();
		assertThat(this.scheduler.agent("worker-1").activity()).isEmpty();
	}

	@Test
	void showsActivityAtOnce(Page page) {
		page.addInitScript(WITHOUT_SLOW_REFRESH);
		open(page);
		assertThat(page.getByText("No entries for worker-1.")).isVisible();
		awaitWatch();
		submit("task-1");
		assertThat(row(page, "Activity buffer", "task-1")).isVisible();
		section(page, "Activity buffer").getByLabel("Agent").fill("worker-2");
		assertThat(page.getByText("No entries for worker-2.")).isVisible();
		awaitWatch();
		this.client.submitTask(TaskSubmission.forAgent("worker-2").taskId("task-2").build());
		assertThat(row(page, "Activity buffer", "task-2")).isVisible();
	}

	/**
	 * The watch of the page tells of entries that its first poll does not find.
	 */
	private void awaitWatch() {
		long polls = this.scheduler.faults().calls(Rpc.POLL_ACTIVITY_BUFFER);
		await().until(() -> this.scheduler.faults().calls(Rpc.POLL_ACTIVITY_BUFFER) > polls + 2);
	}

	@Test
	void showsPurgeByOthers(Page page) {
		submit("task-123");
		open(page);
		assertThat(row(page, "Activity buffer", "task-123")).isVisible();
		this.client.purgeAllActivity("worker-1");
		assertThat(row(page, "Activity buffer", "task-123")).hasCount(0);
	}

	@Test
	void showsThatActivityIsNotUpdatedUntilItIsAgain(Page page) {
		page.addInitScript(WITHOUT_SLOW_REFRESH);
		open(page);
		Locator activity = section(page, "Activity buffer");
		assertThat(activity).containsText("Live");
		this.scheduler.faults().on(Rpc.POLL_ACTIVITY_BUFFER).times(1000).fail(Status.UNAVAILABLE);
		assertThat(activity).containsText("Not updated. The scheduler is unavailable.");
		this.scheduler.faults().clear();
		assertThat(activity).containsText("Live");
	}

	@Test
	void removesBlanksAroundValues(Page page) {
		open(page);
		Locator form = section(page, "Submit a task");
		form.getByLabel("Agent").fill(" worker-2\u00a0");
		form.getByLabel("Task id").fill("task-123 ");
		button(form, "Submit task").click();
		assertThat(log(page)).containsText("Submitted task-123 to worker-2: accepted.");
		assertThat(form.getByLabel("Agent")).hasValue("worker-2");
		Locator activityAgent = section(page, "Activity buffer").getByLabel("Agent");
		activityAgent.fill("worker-2 ");
		button(row(page, "Activity buffer", "task-123"), "Purge task-123").click();
		button(dialog(page), "Purge").click();
		assertThat(log(page)).containsText("Purged the activity of worker-2: 1 entry removed.");
		activityAgent.fill("w".repeat(201));
		assertThat(activityAgent).hasAccessibleDescription("Must not be longer than 200 characters.");
		assertThat(this.scheduler.agentIds()).containsExactly("worker-2");
	}

	@Test
	void showsMarkupAsText(Page page) {
		String markup = "<img src=x onerror=alert(1)>";
		submit(markup);
		open(page);
		assertThat(row(page, "Queue", markup)).isVisible();
		assertThat(page.locator("main img")).hasCount(0);
	}

	@Test
	void skipsHeaderWithKeyboard(Page page) {
		open(page);
		page.keyboard().press("Tab");
		assertThat(page.getByText("Skip to main content")).isFocused();
		page.keyboard().press("Enter");
		page.keyboard().press("Tab");
		assertThat(section(page, "Submit a task").getByLabel("Agent")).isFocused();
	}

	@ParameterizedTest
	@CsvSource({ "LIGHT, 1280", "LIGHT, 390", "DARK, 1280", "DARK, 390" })
	void isReadable(ColorScheme colorScheme, int width, Page page) {
		String longName = "a-name-that-is-much-longer-than-anyone-would-like/with-a-number-0123456789";
		this.client.submitTask(TaskSubmission.forAgent(longName).taskId(longName).scope(longName).build());
		List.of("a", "b", "c").forEach(this::submit);
		this.scheduler.agent("worker-1").takeNext();
		this.scheduler.agent("worker-1").takeNext();
		this.scheduler.agent("worker-1").fail("a", longName);
		this.client.requestPreemption("worker-1", "b", longName);
		page.setViewportSize(width, 800);
		page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(colorScheme));
		open(page);
		button(section(page, "Submit a batch"), "Submit batch").click();
		assertThat(log(page)).containsText("Submitted 100 tasks");
		Locator form = section(page, "Submit a task");
		form.getByLabel("Agent").fill("");
		button(form, "Submit task").click();
		assertThat(row(page, "Running", "b")).isVisible();
		assertThat(page.evaluate("document.documentElement.scrollWidth")).isEqualTo(width);
		assertThat(page.evaluate(UNREADABLE_TEXT)).isEqualTo(List.of());
		button(row(page, "Running", "b"), "Done").scrollIntoViewIfNeeded();
		button(row(page, "Running", "b"), "Fail").click();
		assertThat(page.evaluate(UNREADABLE_TEXT)).isEqualTo(List.of());
	}

	@ParameterizedTest
	@ValueSource(ints = { 390, 1280 })
	void showsResultWithoutScrolling(int width, Page page) {
		submit("task-123");
		page.setViewportSize(width, 844);
		open(page);
		for (String name : List.of("Submit task", "Submit batch", "Take next", "Done")) {
			Locator button = button(page.locator("main"), name).first();
			button.click();
			assertThat(toast(page)).containsText(name.startsWith("Submit") ? "accepted" : "task-123");
			assertThat(toast(page)).isInViewport(new LocatorAssertions.IsInViewportOptions().setRatio(1));
			if (name.startsWith("Submit")) {
				// The refresh that follows replaces buttons of tables
				assertThat(button).not().hasAttribute("aria-disabled", "true");
			}
		}
		this.scheduler.faults().on(Rpc.REQUEST_PREEMPTION).fail(Status.PERMISSION_DENIED);
		button(page.locator("#queued-table"), "Preempt").first().click();
		button(dialog(page), "Preempt").click();
		assertThat(toast(page)).hasText("The scheduler denied permission.");
		assertThat(log(page)).containsText("PERMISSION_DENIED");
		section(page, "Submit a task").getByLabel("Agent").fill("");
		button(section(page, "Submit a task"), "Submit task").click();
		assertThat(toast(page)).hasText("", new LocatorAssertions.HasTextOptions().setTimeout(2000));
	}

	@Test
	void showsThatCallIsWaiting(Page page) {
		open(page);
		this.scheduler.faults().on(Rpc.SUBMIT_TASK).hang();
		button(section(page, "Submit a task"), "Submit task").click();
		assertThat(toast(page)).hasText("Waiting for the scheduler…");
		assertThat(toast(page)).isInViewport();
		endHangingCalls();
	}

	/**
	 * Otherwise other tests would see the end of the calls in the metrics.
	 */
	private void endHangingCalls() {
		this.scheduler.faults().on(Rpc.PURGE_ACTIVITY).dropConnection();
		assertThatExceptionOfType(SchedulerUnavailableException.class)
			.isThrownBy(() -> this.client.purgeAllActivity("worker-1"));
	}

	@Test
	void showsThatSchedulerHangs(Page page) {
		open(page);
		for (Rpc rpc : Rpc.values()) {
			this.scheduler.faults().on(rpc).times(1000).hang();
		}
		assertThat(connection(page)).containsText("Not responding",
				new LocatorAssertions.ContainsTextOptions().setTimeout(10_000));
		assertThat(page.getByRole(AriaRole.ALERT))
			.containsText("The scheduler at " + this.scheduler.address() + " does not respond.");
		assertThat(section(page, "Activity buffer")).containsText("The scheduler did not respond in time.");
		this.scheduler.faults().clear();
		assertThat(page.getByRole(AriaRole.ALERT)).containsText("Reconnected to the scheduler");
		assertThat(connection(page)).containsText("Connected");
		assertThat(section(page, "Activity buffer")).containsText("Live");
	}

	@Test
	void showsThatSchedulerDoesNotServe(Page page) {
		open(page);
		this.scheduler.setServing(false);
		try {
			assertThat(connection(page)).containsText("Not serving");
		}
		finally {
			this.scheduler.setServing(true);
		}
		assertThat(connection(page)).containsText("Connected");
	}

	@Test
	void plotsCalls(Page page) {
		open(page);
		Locator plots = section(page, "Calls to the scheduler");
		assertThat(plots).containsText("Live");
		long polls = this.scheduler.faults().calls(Rpc.POLL_ACTIVITY_BUFFER);
		assertThat(figure(plots, "Calls per second")).containsText(Pattern.compile("\\s0\\s+max 0\\s*$"));
		assertThat(figure(plots, "Mean latency")).containsText("–");
		this.scheduler.faults().on(Rpc.SUBMIT_TASK).times(1).fail(Status.PERMISSION_DENIED);
		button(section(page, "Submit a task"), "Submit task").click();
		assertThat(figure(plots, "Calls per second")).containsText(Pattern.compile("max 0[.,]\\d"));
		assertThat(figure(plots, "Errors per second")).containsText(Pattern.compile("max 0[.,]\\d"));
		assertThat(figure(plots, "Mean latency")).containsText(Pattern.compile("max \\d.* ms"));
		assertThat(this.scheduler.faults().calls(Rpc.POLL_ACTIVITY_BUFFER)).isGreaterThan(polls);
	}

	/**
	 * With the system property {@code docs.update}, a new picture is taken.
	 */
	@Test
	void looksLikeItsPicture(Page page) {
		List.of("build-4711", "test-4711").forEach(this::submit);
		this.scheduler.agent("worker-1").takeNext();
		page.setViewportSize(1280, 880);
		page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.LIGHT));
		open(page);
		Locator form = section(page, "Submit a task");
		form.getByLabel("Task id").fill("review-4711");
		button(form, "Submit task").click();
		for (Locator element : List.of(form, log(page).getByText("Submitted review-4711 to worker-1: accepted."),
				row(page, "Activity buffer", "review-4711"), section(page, "Calls to the scheduler"),
				section(page, "Agents and tasks"))) {
			assertThat(element).isInViewport();
		}
		Path picture = Path.of("../docs/images/sample.png");
		if (Boolean.getBoolean("docs.update")) {
			assertThat(figure(page.locator("main"), "Mean latency")).containsText("ms");
			assertThat(toast(page)).hasText("");
			page.screenshot(new Page.ScreenshotOptions().setPath(picture));
		}
		assertThat(picture).exists();
		assertThat(picture.toFile().length()).isBetween(10_000L, 150_000L);
	}

	private void submit(String taskId) {
		this.client.submitTask(TaskSubmission.forAgent("worker-1").taskId(taskId).build()).orElseThrow();
	}

	private void open(Page page) {
		page.navigate("http://localhost:" + this.port);
		assertThat(connection(page)).containsText("Connected");
	}

	private static Locator connection(Page page) {
		return page.getByRole(AriaRole.GROUP, new Page.GetByRoleOptions().setName("Connection"));
	}

	private static Locator figure(Locator place, String name) {
		return place.getByRole(AriaRole.FIGURE, new Locator.GetByRoleOptions().setName(name));
	}

	private static Locator section(Page page, String title) {
		return page.getByRole(AriaRole.REGION, new Page.GetByRoleOptions().setName(title).setExact(true));
	}

	private static Locator log(Page page) {
		return page.getByRole(AriaRole.LOG);
	}

	private static Locator toast(Page page) {
		return page.getByRole(AriaRole.STATUS);
	}

	private static Locator dialog(Page page) {
		return page.getByRole(AriaRole.DIALOG);
	}

	private static Locator row(Page page, String table, String text) {
		return page.getByRole(AriaRole.TABLE, new Page.GetByRoleOptions().setName(table))
			.getByRole(AriaRole.ROW)
			.filter(new Locator.FilterOptions().setHasText(text));
	}

	private static Locator button(Locator place, String name) {
		return place.getByRole(AriaRole.BUTTON, new Locator.GetByRoleOptions().setName(name));
	}

}
