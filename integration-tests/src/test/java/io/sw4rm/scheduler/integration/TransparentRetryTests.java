package io.sw4rm.scheduler.integration;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import io.grpc.Status;
import io.netty.handler.codec.http2.Http2Error;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import io.sw4rm.scheduler.client.AsyncSchedulerClient;
import io.sw4rm.scheduler.client.SchedulerClient;
import io.sw4rm.scheduler.client.SchedulerException;
import io.sw4rm.scheduler.client.SubmitTaskResult;
import io.sw4rm.scheduler.client.TaskSubmission;
import io.sw4rm.scheduler.testsupport.Http2Server;
import io.sw4rm.scheduler.testsupport.Http2Server.Answer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for submissions that the scheduler did not look at, which is the only reason for
 * sending one again that nobody asked for.
 */
@Timeout(30)
class TransparentRetryTests {

	@AutoClose
	private final Http2Server server = new Http2Server();

	private final ApplicationContextRunner contextRunner = SchedulerApplication.at(this.server.address());

	private final AtomicInteger received = new AtomicInteger();

	private final AtomicInteger processed = new AtomicInteger();

	@Test
	void submitsAgainWhenStreamWasRefused() {
		this.server.answer(received((stream) -> stream.reset(Http2Error.REFUSED_STREAM)), process());
		this.contextRunner.run((context) -> submit(context.getBean(SchedulerClient.class)));
		assertThat(this.received).hasValue(2);
		assertThat(this.processed).hasValue(1);
	}

	@Test
	void submitsAgainWhenConnectionWentAwayBeforeStream() {
		this.server.answer(received((stream) -> {
			stream.goAway(false, Http2Error.NO_ERROR);
			stream.close();
		}), process());
		this.contextRunner.run((context) -> submit(context.getBean(SchedulerClient.class)));
		assertThat(this.received).hasValue(2);
		assertThat(this.processed).hasValue(1);
	}

	@ParameterizedTest
	@ValueSource(ints = { 1_100_000, 4_000_000 })
	void submitsLargeTaskAgain(int size) {
		this.server.answer(received((stream) -> stream.reset(Http2Error.REFUSED_STREAM)), process());
		this.contextRunner
			.run((context) -> context.getBean(SchedulerClient.class).submitTask(task(size)).orElseThrow());
		assertThat(this.received).hasValue(2);
		assertThat(this.processed).hasValue(1);
	}

	@Test
	void submitsManyLargeTasksAgain() {
		int tasks = 40;
		this.server.answer(received((stream) -> {
			stream.goAway(false, Http2Error.NO_ERROR);
			stream.close();
		}), process());
		this.contextRunner.run((context) -> {
			AsyncSchedulerClient client = context.getBean(AsyncSchedulerClient.class);
			List<CompletableFuture<SubmitTaskResult>> calls = IntStream.range(0, tasks)
				.mapToObj((i) -> client.submitTask(task(900_000)))
				.toList();
			assertThat(calls).allSatisfy((call) -> assertThat(call.join().accepted()).isTrue());
		});
		assertThat(this.processed).hasValue(tasks);
	}

	private static TaskSubmission task(int size) {
		return TaskSubmission.forAgent("worker-1").params(new byte[size]).build();
	}

	@Test
	void doesNotSubmitAgainWhenConnectionWentAwayAfterStream() {
		this.server.answer(received((stream) -> {
			stream.goAway(true, Http2Error.NO_ERROR);
			stream.disconnect();
		}), process());
		assertSubmissionFailsWith(Status.Code.UNAVAILABLE);
		assertThat(this.received).hasValue(1);
	}

	@ParameterizedTest
	@EnumSource(names = { "INTERNAL_ERROR", "CANCEL", "ENHANCE_YOUR_CALM" })
	void doesNotSubmitAgainWhenStreamWasReset(Http2Error error) {
		this.server.answer(received((stream) -> stream.reset(error)), process());
		assertSubmissionFailsWith(switch (error) {
			case CANCEL -> Status.Code.CANCELLED;
			case ENHANCE_YOUR_CALM -> Status.Code.RESOURCE_EXHAUSTED;
			default -> Status.Code.INTERNAL;
		});
		assertThat(this.received).hasValue(1);
	}

	@Test
	void givesUpWhenStreamIsRefusedAgain() {
		Answer refuse = received((stream) -> stream.reset(Http2Error.REFUSED_STREAM));
		this.server.answer(refuse, refuse, process());
		assertSubmissionFailsWith(Status.Code.UNAVAILABLE);
		assertThat(this.received).hasValue(2);
		assertThat(this.processed).hasValue(0);
	}

	private void assertSubmissionFailsWith(Status.Code expected) {
		this.contextRunner.run((context) -> assertThatExceptionOfType(SchedulerException.class)
			.isThrownBy(() -> submit(context.getBean(SchedulerClient.class)))
			.satisfies((failure) -> assertThat(failure.getStatusCode()).isEqualTo(expected)));
	}

	private Answer process() {
		return received((stream) -> {
			this.processed.incrementAndGet();
			Http2Server.GOOD.to(stream);
		});
	}

	private Answer received(Answer answer) {
		return (stream) -> {
			this.received.incrementAndGet();
			answer.to(stream);
		};
	}

	private static void submit(SchedulerClient client) {
		client.submitTask(TaskSubmission.forAgent("worker-1").taskId("task-1").build()).orElseThrow();
	}

}
