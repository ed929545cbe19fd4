package io.sw4rm.scheduler.sample;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
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
					"2. Requested preemption of task-123: enqueued",
					"3. Polled the activity buffer of worker-1: task-123 (submitted with priority 5)",
					"4. Purged the activity of task-123: 1 entry removed",
					"5. Requested shutdown of worker-1 within 30 s: ok", "The tour is complete",
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
	void sendsNothingToSchedulerElsewhereByDefault(CapturedOutput output) {
		List<String> methods = new CopyOnWriteArrayList<>();
		try (EmbeddedScheduler scheduler = EmbeddedScheduler.builder().intercept(recordingMethods(methods)).start();
				ConfigurableApplicationContext application = start(
						"--sw4rm.scheduler.address=" + scheduler.address())) {
			assertThat(output).contains("Set sample.tour.enabled=true to run it")
				.doesNotContain("The tour is complete");
			assertThat(methods).isEmpty();
			application.getBean(SchedulerClient.class).pollActivityBuffer("worker-1");
			assertThat(methods).containsExactly("PollActivityBuffer");
		}
	}

	@Test
	void usesSchedulerElsewhereOnRequest(CapturedOutput output) {
		try (EmbeddedScheduler scheduler = EmbeddedScheduler.start();
				ConfigurableApplicationContext application = start("--sw4rm.scheduler.address=" + scheduler.address(),
						"--sample.tour.enabled=true")) {
			assertThat(output).contains("5. Requested shutdown of worker-1 within 30 s: ok", "The tour is complete");
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
			start(address, "--sample.tour.enabled=true").close();
			start(address, "--sample.tour.enabled=true").close();
		}
		assertThat(output).contains("1. Submitted task-123 to worker-1: refused, agent \"worker-1\" is shutting down");
	}

	@Test
	void keepsRunningWithoutScheduler(CapturedOutput output) {
		String address = addressWithoutScheduler();
		try (ConfigurableApplicationContext application = start("--sw4rm.scheduler.address=" + address,
				"--sample.tour.enabled=true", "--sw4rm.scheduler.deadlines.poll-activity-buffer=10s")) {
			assertThat(output)
				.containsOnlyOnce("The tour failed, the application keeps running: SubmitTask at " + address)
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
	void canBeDisabled(CapturedOutput output) {
		start("--sw4rm.scheduler.embedded.port=0", "--sample.tour.enabled=false").close();
		assertThat(output).doesNotContain("task-123");
	}

	private static ConfigurableApplicationContext start(String... args) {
		return SpringApplication.run(SampleApplication.class, StringUtils.addStringToArray(args, "--server.port=0"));
	}

	private static ServerInterceptor recordingMethods(List<String> methods) {
		return new ServerInterceptor() {

			@Override
			public <Q, S> ServerCall.Listener<Q> interceptCall(ServerCall<Q, S> call, Metadata headers,
					ServerCallHandler<Q, S> next) {
				methods.add(call.getMethodDescriptor().getBareMethodName());
				return next.startCall(call, headers);
			}

		};
	}

	private static String addressWithoutScheduler() {
		try (EmbeddedScheduler scheduler = EmbeddedScheduler.start()) {
			return scheduler.address();
		}
	}

}
