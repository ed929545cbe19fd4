package io.sw4rm.scheduler.sample;

import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.http.MediaType;

import io.sw4rm.scheduler.embedded.EmbeddedScheduler;
import io.sw4rm.scheduler.embedded.Rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests that open streams do not delay the shutdown of the application: it waits up to 60
 * seconds for open requests here.
 */
@ExtendWith(OutputCaptureExtension.class)
@Timeout(50)
class StreamShutdownTests {

	@Test
	void applicationDoesNotWaitForWatches(CapturedOutput output) throws Exception {
		ConfigurableApplicationContext application = start();
		EmbeddedScheduler scheduler = application.getBean(EmbeddedScheduler.class);
		try (StreamedResponse response = StreamedResponse.get(port(application),
				"/api/activity/watch?agentId=worker-1")) {
			await().until(() -> scheduler.faults().calls(Rpc.POLL_ACTIVITY_BUFFER) > 0);
			application.close();
			await().untilAsserted(() -> assertThat(response.end()).isCompleted());
		}
		assertThat(output).doesNotContain("ERROR", "Exception");
	}

	@Test
	void applicationDoesNotWaitForTheRestOfBatches(CapturedOutput output) throws Exception {
		ConfigurableApplicationContext application = start();
		EmbeddedScheduler scheduler = application.getBean(EmbeddedScheduler.class);
		scheduler.faults().on(Rpc.SUBMIT_TASK).times(10_000).delay(Duration.ofSeconds(1));
		try (StreamedResponse response = StreamedResponse.post(port(application), "/api/tasks/batch",
				MediaType.APPLICATION_NDJSON_VALUE, """
						{"count": 10000, "agentIds": ["worker-1"]}""")) {
			await().until(() -> scheduler.faults().calls(Rpc.SUBMIT_TASK) > 0);
			application.close();
			await().untilAsserted(() -> assertThat(response.end()).isCompleted());
			assertThat(response.linesThatStartWith("{")).last().asString().contains("\"failed\":0");
		}
		assertThat(output).doesNotContain("ERROR", "Exception");
	}

	private static ConfigurableApplicationContext start() {
		return SpringApplication.run(SampleApplication.class, "--server.port=0", "--sw4rm.scheduler.embedded.port=0",
				"--sw4rm.scheduler.embedded.enabled=true", "--sample.tour.enabled=false",
				"--spring.lifecycle.timeout-per-shutdown-phase=60s");
	}

	private static int port(ConfigurableApplicationContext application) {
		return application.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
	}

}
