package io.sw4rm.scheduler.client;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import io.sw4rm.scheduler.proto.PollActivityBufferRequest;
import io.sw4rm.scheduler.proto.SubmitTaskRequest;
import io.sw4rm.scheduler.proto.SubmitTaskResponse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.THROWABLE;

/**
 * Tests for {@link GrpcAsyncSchedulerClient}, for what {@link SchedulerClientTests}
 * doesn't cover.
 */
@Timeout(60)
class GrpcAsyncSchedulerClientTests {

	@RegisterExtension
	final TestScheduler scheduler = new TestScheduler();

	@Test
	void doesNotWaitForAnswer() {
		this.scheduler.hangs();
		CompletableFuture<?> future = client().pollActivityBuffer("worker-1");
		this.scheduler.awaitHangingCall();
		assertThat(future).isNotDone();
	}

	@Test
	void cancelsCallWhenFutureIsCancelled() {
		this.scheduler.hangs();
		CompletableFuture<?> future = client().pollActivityBuffer("worker-1");
		this.scheduler.awaitHangingCall();
		future.cancel(false);
		this.scheduler.awaitCancelledCall();
		assertThat(future).isCancelled();
	}

	@Test
	void cancelsCallWhenFutureTimesOut() {
		this.scheduler.hangs();
		CompletableFuture<?> future = client().pollActivityBuffer("worker-1");
		this.scheduler.awaitHangingCall();
		future.orTimeout(1, TimeUnit.MILLISECONDS);
		this.scheduler.awaitCancelledCall();
		assertThat(future).failsWithin(10, TimeUnit.SECONDS)
			.withThrowableThat()
			.withCauseInstanceOf(TimeoutException.class);
	}

	@Test
	void cancelsOnlyTheCallOfTheFuture() {
		this.scheduler.hangs();
		AsyncSchedulerClient client = client();
		CompletableFuture<?> first = client.pollActivityBuffer("first");
		CompletableFuture<?> second = client.pollActivityBuffer("second");
		this.scheduler.awaitHangingCall();
		this.scheduler.awaitHangingCall();
		second.cancel(true);
		assertThat(this.scheduler.awaitCancelledCall().request())
			.isEqualTo(PollActivityBufferRequest.newBuilder().setAgentId("second").build());
		assertThat(first).isNotDone();
	}

	@Test
	void badArgumentEndsFuture() {
		AsyncSchedulerClient client = client();
		List<CompletableFuture<?>> futures = List.of(client.requestPreemption(" ", "task-123"),
				client.requestPreemption(" ", "task-123", "reason"), client.shutdownAgent(" "),
				client.shutdownAgent(" ", Duration.ZERO), client.pollActivityBuffer(" "),
				client.purgeActivity(" ", List.of("task-123")), client.purgeActivity(" ", List.of()),
				client.purgeAllActivity(" "));
		assertThat(futures)
			.allSatisfy((future) -> assertThatFutureFails(future).isInstanceOf(IllegalArgumentException.class)
				.hasMessage("agentId must not be blank, got ' '"));
		assertThat(this.scheduler.calls()).isEmpty();
	}

	@Test
	@SuppressWarnings("NullAway")
	void missingTaskEndsFuture() {
		assertThatFutureFails(client().submitTask(null)).isInstanceOf(IllegalArgumentException.class)
			.hasMessage("submission must not be null");
	}

	@Test
	void failedConversionEndsFuture() {
		StackOverflowError failure = new StackOverflowError();
		AsyncSchedulerClient client = builder().payloadConverter((params, contentType) -> {
			throw failure;
		}).buildAsync();
		assertThatFutureFails(client.submitTask(TaskSubmission.forAgent("worker-1").params(42).build()))
			.isSameAs(failure);
		assertThat(this.scheduler.calls()).isEmpty();
	}

	@Test
	void oversizeRequestEndsFuture() {
		assertThatFutureFails(builder().maxOutboundMessageSize(9).buildAsync().pollActivityBuffer("worker-1"))
			.isInstanceOf(IllegalArgumentException.class)
			.hasMessage("PollActivityBufferRequest must not be larger than 9 bytes, got 10 bytes");
		assertThat(this.scheduler.calls()).isEmpty();
	}

	@Test
	void failureOfCorrelationIdSupplierEndsFuture() {
		IllegalStateException failure = new IllegalStateException("no request");
		AsyncSchedulerClient client = builder().correlationIds(() -> {
			throw failure;
		}).buildAsync();
		assertThatFutureFails(client.pollActivityBuffer("worker-1")).isSameAs(failure);
	}

	@Test
	void failureOfInterceptorEndsFuture() {
		IllegalStateException failure = new IllegalStateException("no token");
		AsyncSchedulerClient client = builder().intercept(throwing(failure)).buildAsync();
		assertThatFutureFails(client.pollActivityBuffer("worker-1")).isSameAs(failure);
	}

	@Test
	void statusThrownByInterceptorIsTranslated() {
		AsyncSchedulerClient client = builder().intercept(throwing(Status.UNAUTHENTICATED.asRuntimeException()))
			.buildAsync();
		assertThatFutureFails(client.pollActivityBuffer("worker-1"))
			.isInstanceOf(SchedulerPermissionDeniedException.class);
	}

	@Test
	void errorOfTranslatorEndsFuture() {
		this.scheduler.fails(Status.NOT_FOUND);
		AssertionError error = new AssertionError("broken translator");
		AsyncSchedulerClient client = builder().exceptionTranslator((exception) -> {
			throw error;
		}).buildAsync();
		assertThatFutureFails(client.pollActivityBuffer("worker-1")).isSameAs(error);
	}

	@Test
	void failureIsNotWrappedForDirectStages() {
		this.scheduler.fails(Status.NOT_FOUND);
		assertThatFutureFails(client().pollActivityBuffer("worker-1")).isExactlyInstanceOf(SchedulerException.class);
	}

	@Test
	void givesEachOfManyCallsItsOwnAnswer() {
		this.scheduler.answers((request) -> SubmitTaskResponse.newBuilder()
			.setReason(((SubmitTaskRequest) request).getParams().toStringUtf8())
			.build());
		AsyncSchedulerClient client = client();
		List<CompletableFuture<SubmitTaskResult>> results = IntStream.range(0, 1000)
			.mapToObj((i) -> client
				.submitTask(TaskSubmission.forAgent("worker-1").taskId("task-" + i).params("answer " + i).build()))
			.toList();
		for (int i = 0; i < results.size(); i++) {
			assertThat(results.get(i).join()).isEqualTo(new SubmitTaskResult("task-" + i, false, "answer " + i));
		}
	}

	private AsyncSchedulerClient client() {
		return builder().buildAsync();
	}

	private SchedulerClientBuilder builder() {
		return SchedulerClient.builder(this.scheduler.channel());
	}

	private static AbstractThrowableAssert<?, ?> assertThatFutureFails(CompletableFuture<?> future) {
		CompletableFuture<Throwable> failure = new CompletableFuture<>();
		future.whenComplete((value, ex) -> failure.complete(ex));
		return assertThat(failure).succeedsWithin(10, TimeUnit.SECONDS, THROWABLE);
	}

	private static ClientInterceptor throwing(RuntimeException failure) {
		return new ClientInterceptor() {

			@Override
			public <Q, S> ClientCall<Q, S> interceptCall(MethodDescriptor<Q, S> method, CallOptions options,
					Channel next) {
				throw failure;
			}

		};
	}

}
