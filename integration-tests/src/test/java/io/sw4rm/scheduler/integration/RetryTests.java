package io.sw4rm.scheduler.integration;

import java.util.List;

import io.grpc.Metadata;
import io.grpc.Status;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import io.sw4rm.scheduler.client.SchedulerClient;
import io.sw4rm.scheduler.client.SchedulerUnavailableException;
import io.sw4rm.scheduler.client.TaskSubmission;
import io.sw4rm.scheduler.embedded.EmbeddedScheduler;
import io.sw4rm.scheduler.embedded.Rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for what is sent again and what is not.
 */
class RetryTests {

	private static final Metadata.Key<String> PUSHBACK = Metadata.Key.of("grpc-retry-pushback-ms",
			Metadata.ASCII_STRING_MARSHALLER);

	private final EmbeddedScheduler scheduler = EmbeddedScheduler.start();

	private ApplicationContextRunner contextRunner;

	@BeforeEach
	void useScheduler() {
		this.contextRunner = SchedulerApplication.at(this.scheduler.address());
	}

	@AfterEach
	void stopScheduler() {
		this.scheduler.close();
	}

	@Test
	void doesNotSubmitTwiceWhenAnswerWasLost() {
		this.scheduler.faults().on(Rpc.SUBMIT_TASK).dropConnection();
		this.contextRunner.run((context) -> assertThatExceptionOfType(SchedulerUnavailableException.class)
			.isThrownBy(() -> submit(context.getBean(SchedulerClient.class))));
		assertThat(this.scheduler.faults().calls(Rpc.SUBMIT_TASK)).isOne();
		assertThat(this.scheduler.agent("worker-1").queued()).hasSize(1);
	}

	@Test
	void submitsTwiceWhenAnswerWasLostAndApplicationAskedForIt() {
		this.scheduler.faults().on(Rpc.SUBMIT_TASK).dropConnection();
		this.contextRunner.withPropertyValues("sw4rm.scheduler.retry.operations=submit-task")
			.run((context) -> submit(context.getBean(SchedulerClient.class)));
		assertThat(this.scheduler.faults().calls(Rpc.SUBMIT_TASK)).isEqualTo(2);
	}

	@Test
	void waitsForAsLongAsSchedulerSays() {
		this.scheduler.faults().on(Rpc.POLL_ACTIVITY_BUFFER).fail(Status.UNAVAILABLE, pushback("1"));
		this.contextRunner
			.withPropertyValues("sw4rm.scheduler.retry.initial-backoff=1h", "sw4rm.scheduler.retry.max-backoff=1h")
			.run((context) -> assertThat(poll(context.getBean(SchedulerClient.class))).isEmpty());
		assertThat(this.scheduler.faults().calls(Rpc.POLL_ACTIVITY_BUFFER)).isEqualTo(2);
	}

	@Test
	void doesNotRetryWhenSchedulerSaysSo() {
		this.scheduler.faults().on(Rpc.POLL_ACTIVITY_BUFFER).fail(Status.UNAVAILABLE, pushback("-1"));
		this.contextRunner.run((context) -> assertThatExceptionOfType(SchedulerUnavailableException.class)
			.isThrownBy(() -> poll(context.getBean(SchedulerClient.class))));
		assertThat(this.scheduler.faults().calls(Rpc.POLL_ACTIVITY_BUFFER)).isOne();
	}

	private static Metadata pushback(String value) {
		Metadata trailers = new Metadata();
		trailers.put(PUSHBACK, value);
		return trailers;
	}

	private static void submit(SchedulerClient client) {
		client.submitTask(TaskSubmission.forAgent("worker-1").taskId("task-1").build());
	}

	private static List<?> poll(SchedulerClient client) {
		return client.pollActivityBuffer("worker-1");
	}

}
