package io.sw4rm.scheduler.sample;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.test.web.servlet.client.RestTestClient;
import org.springframework.util.StringUtils;

import io.sw4rm.scheduler.client.SchedulerClient;
import io.sw4rm.scheduler.client.TaskSubmission;
import io.sw4rm.scheduler.embedded.EmbeddedScheduler;

import static org.assertj.core.api.Assertions.assertThat;

@ExtendWith(OutputCaptureExtension.class)
class SchedulerTourTests {

	@Test
	void logsEachAnswer(CapturedOutput output) {
		try (ConfigurableApplicationContext application = start("--sw4rm.scheduler.embedded.port=0")) {
			assertThat(output).containsSubsequence("1. Submitted task-123 to worker-1: accepted",
					"2. Asked task-123 to yield: enqueued",
					"3. Polled the activity of worker-1: task-123 (submitted with priority 5)",
					"4. Purged the activity of task-123: 1 entry removed",
					"5. Asked worker-1 to shut down within 30 s: ok", "The tour is over",
					"The page is at http://localhost:");
			assertThat(application.isRunning()).isTrue();
		}
	}

	@Test
	void leavesEmbeddedSchedulerAsNew() {
		try (ConfigurableApplicationContext application = start("--sw4rm.scheduler.embedded.port=0")) {
			SchedulerClient client = application.getBean(SchedulerClient.class);
			assertThat(application.getBean(EmbeddedScheduler.class).queued()).isEmpty();
			assertThat(client.submitTask(TaskSubmission.forAgent("worker-1").taskId("task-123").build()).accepted())
				.isTrue();
		}
	}

	@Test
	void usesSchedulerElsewhere(CapturedOutput output) {
		try (EmbeddedScheduler scheduler = EmbeddedScheduler.start();
				ConfigurableApplicationContext application = start(
						"--sw4rm.scheduler.address=" + scheduler.address())) {
			assertThat(output).contains("5. Asked worker-1 to shut down within 30 s: ok")
				.doesNotContain("The tour is over");
			assertThat(scheduler.agent("worker-1").isShutDown()).isTrue();
			assertThat(scheduler.queued()).singleElement().satisfies((task) -> {
				assertThat(task.priority()).isEqualTo(5);
				assertThat(task.scope()).isEqualTo("global.resource");
				assertThat(task.params().toStringUtf8()).isEqualTo("{\"action\":\"process\"}");
				assertThat(task.preemptionReason()).isEqualTo("Higher priority task arrived");
			});
			assertThat(application.getBeansOfType(EmbeddedScheduler.class)).isEmpty();
		}
	}

	@Test
	void logsRefusal(CapturedOutput output) {
		try (EmbeddedScheduler scheduler = EmbeddedScheduler.start()) {
			String address = "--sw4rm.scheduler.address=" + scheduler.address();
			start(address).close();
			start(address).close();
		}
		assertThat(output).contains("1. Submitted task-123 to worker-1: refused, agent \"worker-1\" is shutting down");
	}

	@Test
	void goesOnWithoutScheduler(CapturedOutput output) {
		String address = addressWithoutScheduler();
		try (ConfigurableApplicationContext application = start("--sw4rm.scheduler.address=" + address)) {
			assertThat(output)
				.containsOnlyOnce("The tour ends here and the application goes on: SubmitTask at " + address)
				.doesNotContain("\tat ");
			RestTestClient rest = RestTestClient.bindToServer()
				.baseUrl("http://localhost:" + application.getEnvironment().getProperty("local.server.port"))
				.build();
			rest.get().uri("/").exchange().expectStatus().isOk();
			rest.get().uri("/api/activity?agentId=worker-1").exchange().expectStatus().isEqualTo(503);
			rest.get().uri("/api/embedded").exchange().expectStatus().isNotFound();
		}
	}

	@Test
	void canBeSwitchedOff(CapturedOutput output) {
		start("--sw4rm.scheduler.embedded.port=0", "--sample.tour.enabled=false").close();
		assertThat(output).doesNotContain("task-123");
	}

	private static ConfigurableApplicationContext start(String... args) {
		return SpringApplication.run(SampleApplication.class, StringUtils.addStringToArray(args, "--server.port=0"));
	}

	private static String addressWithoutScheduler() {
		try (EmbeddedScheduler scheduler = EmbeddedScheduler.start()) {
			return scheduler.address();
		}
	}

}
