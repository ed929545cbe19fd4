package io.sw4rm.scheduler.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import com.google.protobuf.ByteString;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.Context;
import io.grpc.Context.CancellableContext;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link SchedulerClientBuilder}.
 */
@Timeout(60)
class SchedulerClientBuilderTests {

	@RegisterExtension
	final TestScheduler scheduler = new TestScheduler();

	@ParameterizedTest
	@CsvSource(textBlock = """
			SUBMIT_TASK,          PT30S
			REQUEST_PREEMPTION,   PT30S
			SHUTDOWN_AGENT,       PT30S
			POLL_ACTIVITY_BUFFER, PT10S
			PURGE_ACTIVITY,       PT30S
			""")
	void deadlineIsThatOfTheProtocolByDefault(SchedulerOperation operation, Duration deadline) {
		TestScheduler.call(builder().build(), operation);
		assertThatCallHadDeadline(deadline);
		assertThat(operation.defaultDeadline()).isEqualTo(deadline);
	}

	@ParameterizedTest
	@EnumSource
	void deadlineOfClientWinsOverThatOfTheProtocol(SchedulerOperation operation) {
		TestScheduler.call(builder().deadline(Duration.ofMinutes(5)).build(), operation);
		assertThatCallHadDeadline(Duration.ofMinutes(5));
	}

	@ParameterizedTest
	@EnumSource
	void deadlineOfOperationWinsOverThatOfClient(SchedulerOperation operation) {
		SchedulerClientBuilder builder = builder();
		for (SchedulerOperation other : SchedulerOperation.values()) {
			builder.deadline(other, Duration.ofHours(2));
		}
		builder.deadline(operation, Duration.ofHours(1)).deadline(Duration.ofMinutes(5));
		TestScheduler.call(builder.build(), operation);
		assertThatCallHadDeadline(Duration.ofHours(1));
	}

	@ParameterizedTest
	@EnumSource
	void deadlineOfCallWinsOverAllOthers(SchedulerOperation operation) {
		SchedulerClient client = builder().deadline(operation, Duration.ofHours(1))
			.deadline(Duration.ofMinutes(5))
			.build();
		TestScheduler.call(client.withDeadline(Duration.ofHours(3)).withDeadline(Duration.ofHours(2)), operation);
		assertThatCallHadDeadline(Duration.ofHours(2));
	}

	@Test
	void deadlineOfGrpcContextWinsWhenEarlier() {
		ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
		try (CancellableContext context = Context.current().withDeadlineAfter(20, TimeUnit.MINUTES, timer)) {
			SchedulerClient client = builder().deadline(Duration.ofHours(1)).build();
			context.run(() -> TestScheduler.call(client, SchedulerOperation.SUBMIT_TASK));
			assertThatCallHadDeadline(Duration.ofMinutes(20));
		}
		finally {
			timer.shutdownNow();
		}
	}

	@Test
	void clientIsUnchangedByWithDeadline() {
		SchedulerClient client = builder().deadline(Duration.ofMinutes(5)).build();
		client.withDeadline(Duration.ofHours(1));
		TestScheduler.call(client, SchedulerOperation.SUBMIT_TASK);
		assertThatCallHadDeadline(Duration.ofMinutes(5));
	}

	@Test
	void deadlineStartsWithEachCall() {
		DeadlineRecorder recorder = new DeadlineRecorder();
		SchedulerClient client = builder().intercept(recorder).build();
		client.pollActivityBuffer("worker-1");
		client.pollActivityBuffer("worker-1");
		recorder.assertThatSecondIsLater();
	}

	@Test
	void deadlineMayBeLongerThanAnybodyWaits() {
		TestScheduler.call(builder().deadline(Duration.ofSeconds(Long.MAX_VALUE)).build(),
				SchedulerOperation.SUBMIT_TASK);
		assertThat(this.scheduler.onlyCall().timeRemaining()).isGreaterThan(Duration.ofDays(365));
	}

	@ParameterizedTest
	@ValueSource(strings = { "PT0S", "PT-1S" })
	void refusesDeadlineThatIsNotPositive(Duration deadline) {
		String message = "deadline must be positive, got " + deadline;
		assertThatIllegalArgumentException().isThrownBy(() -> builder().deadline(deadline)).withMessage(message);
		assertThatIllegalArgumentException()
			.isThrownBy(() -> builder().deadline(SchedulerOperation.SUBMIT_TASK, deadline))
			.withMessage(message);
		assertThatIllegalArgumentException().isThrownBy(() -> builder().build().withDeadline(deadline))
			.withMessage(message);
	}

	@Test
	void interceptorsSeeCallsInOrder() {
		List<String> seen = new ArrayList<>();
		TestScheduler.call(builder().intercept(observing("first", seen)).intercept(observing("second", seen)).build(),
				SchedulerOperation.SUBMIT_TASK);
		assertThat(seen).map((entry) -> entry.substring(0, entry.indexOf(' '))).containsExactly("first", "second");
	}

	@Test
	void interceptorsSeeMetadataAndCorrelationId() {
		List<String> seen = new ArrayList<>();
		SchedulerClient client = builder().intercept(observing("interceptor", seen))
			.metadata("x-correlation-id", "order-7")
			.metadata("x-tenant", "acme")
			.build();
		client.pollActivityBuffer("worker-1");
		client.withMetadata("x-correlation-id", "order-8").pollActivityBuffer("worker-1");
		assertThat(seen).containsExactly("interceptor order-7 acme", "interceptor order-8 acme");
	}

	@Test
	void interceptorsMayChangeMetadata() {
		ClientInterceptor interceptor = new HeadersInterceptor(
				(headers) -> headers.put(Metadata.Key.of("x-tenant", Metadata.ASCII_STRING_MARSHALLER), "acme"));
		TestScheduler.call(builder().intercept(interceptor).build(), SchedulerOperation.SUBMIT_TASK);
		assertThat(this.scheduler.onlyCall().headers("x-tenant")).containsExactly("acme");
	}

	@Test
	void compressesRequestsWhenAsked() {
		TestScheduler.call(builder().compression("gzip").build(), SchedulerOperation.SUBMIT_TASK);
		assertThat(this.scheduler.onlyCall().headers("grpc-encoding")).containsExactly("gzip");
	}

	@Test
	void doesNotCompressRequestsByDefault() {
		TestScheduler.call(builder().build(), SchedulerOperation.SUBMIT_TASK);
		assertThat(this.scheduler.onlyCall().headers("grpc-encoding")).isEmpty();
	}

	@Test
	void waitsForConnectionWhenAsked() throws InterruptedException {
		this.scheduler.stop();
		SchedulerClient waiting = builder().waitForReady(true).deadline(Duration.ofMillis(500)).build();
		assertThatExceptionOfType(SchedulerDeadlineExceededException.class)
			.isThrownBy(() -> waiting.pollActivityBuffer("worker-1"));
	}

	@Test
	void doesNotWaitForConnectionByDefault() throws InterruptedException {
		this.scheduler.stop();
		List<SchedulerClient> clients = List.of(builder().build(),
				builder().waitForReady(true).waitForReady(false).build());
		assertThat(clients).allSatisfy((client) -> assertThatExceptionOfType(SchedulerUnavailableException.class)
			.isThrownBy(() -> client.pollActivityBuffer("worker-1")));
	}

	@Test
	void sendsMessagesUpToSizeThatServersAccept() {
		int envelope = 100;
		builder().build()
			.submitTask(TaskSubmission.forAgent("worker-1").params(new byte[4 * 1024 * 1024 - envelope]).build());
		assertThat(this.scheduler.calls()).hasSize(1);
	}

	@Test
	void refusesLargerMessages() {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> builder().build()
				.submitTask(TaskSubmission.forAgent("worker-1").params(new byte[4 * 1024 * 1024]).build()))
			.withMessageStartingWith("SubmitTaskRequest must not be larger than 4194304 bytes, got 41943");
		assertThat(this.scheduler.calls()).isEmpty();
	}

	@Test
	void refusesMessageWhoseSizeExceedsAnInteger() {
		ByteString params = ByteString.copyFrom(new byte[1024]);
		while (params.size() < 1 << 30) {
			params = params.concat(params);
		}
		TaskSubmission task = TaskSubmission.forAgent("worker-1")
			.taskId("task-1")
			.params(params.concat(params.substring(1)))
			.build();
		assertThatIllegalArgumentException().isThrownBy(() -> builder().build().submitTask(task))
			.withMessage("SubmitTaskRequest must not be larger than 4194304 bytes, got 2147483689 bytes");
	}

	@Test
	void refusesMessagesLargerThanItWasTold() {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> builder().maxOutboundMessageSize(9).build().pollActivityBuffer("worker-1"))
			.withMessage("PollActivityBufferRequest must not be larger than 9 bytes, got 10 bytes");
		builder().maxOutboundMessageSize(10).build().pollActivityBuffer("worker-1");
		assertThat(this.scheduler.calls()).hasSize(1);
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, -1 })
	void refusesSizeThatIsNotPositive(int bytes) {
		assertThatIllegalArgumentException().isThrownBy(() -> builder().maxOutboundMessageSize(bytes))
			.withMessage("maxOutboundMessageSize must be in range [1, 2147483647], got " + bytes);
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, -1 })
	void refusesLimitThatIsNotPositive(int calls) {
		assertThatIllegalArgumentException().isThrownBy(() -> builder().maxInFlight(calls))
			.withMessage("maxInFlight must be in range [1, 2147483647], got " + calls);
	}

	@ParameterizedTest
	@EnumSource
	void refusesCallsOverTheLimit(ClientStyle style) {
		SchedulerClientBuilder builder = builder().maxInFlight(2);
		AsyncSchedulerClient async = builder.buildAsync();
		SchedulerClient client = style.build(builder);
		this.scheduler.hangs();
		List<CompletableFuture<?>> inFlight = List.of(async.pollActivityBuffer("worker-1"),
				async.withMetadata("a", "b").purgeAllActivity("worker-1"));
		assertThatExceptionOfType(SchedulerCallLimitException.class)
			.isThrownBy(() -> client.withDeadline(Duration.ofHours(1)).pollActivityBuffer("worker-1"))
			.withMessageEndingWith("The limit of calls in flight is reached. "
					+ "Try again when some of them have ended, or raise the limit")
			.satisfies((ex) -> {
				assertThat(ex.getOperation()).isEqualTo(SchedulerOperation.POLL_ACTIVITY_BUFFER);
				assertThat(ex.getStatusCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
				assertThat(ex.getErrorCode()).isEqualTo(SchedulerErrorCode.BUFFER_FULL);
				assertThat(ex.isRetryable()).isTrue();
			});
		this.scheduler.awaitHangingCall();
		this.scheduler.awaitHangingCall();
		assertThat(this.scheduler.calls()).hasSize(2);
		inFlight.forEach((call) -> call.cancel(true));
		this.scheduler.reset();
		assertThat(client.pollActivityBuffer("worker-1")).isEmpty();
		assertThat(client.purgeAllActivity("worker-1")).isZero();
	}

	@ParameterizedTest
	@EnumSource
	void callsMakeRoomHoweverTheyEnd(ClientStyle style) {
		SchedulerClientBuilder builder = builder().maxInFlight(1);
		SchedulerClient client = style.build(builder);
		client.pollActivityBuffer("worker-1");
		this.scheduler.fails(Status.INTERNAL);
		assertThatExceptionOfType(SchedulerException.class).isThrownBy(() -> client.pollActivityBuffer("worker-1"));
		this.scheduler.hangs();
		assertThatExceptionOfType(SchedulerDeadlineExceededException.class)
			.isThrownBy(() -> client.withDeadline(Duration.ofMillis(100)).pollActivityBuffer("worker-1"));
		ClientInterceptor failing = new HeadersInterceptor((headers) -> {
			throw new StackOverflowError();
		});
		SchedulerClient failingClient = style.build(builder.copy().intercept(failing));
		assertThatExceptionOfType(Throwable.class).isThrownBy(() -> failingClient.pollActivityBuffer("worker-1"))
			.isNotInstanceOf(SchedulerCallLimitException.class);
		this.scheduler.reset();
		assertThat(client.pollActivityBuffer("worker-1")).isEmpty();
	}

	@Test
	void canBeUsedAgain() {
		SchedulerClientBuilder builder = builder().metadata("x-tenant", "first").deadline(Duration.ofMinutes(5));
		SchedulerClient first = builder.build();
		builder.metadata("x-tenant", "second").deadline(Duration.ofHours(1)).build();
		TestScheduler.call(first, SchedulerOperation.SUBMIT_TASK);
		assertThatCallHadDeadline(Duration.ofMinutes(5));
		assertThat(this.scheduler.onlyCall().headers("x-tenant")).containsExactly("first");
	}

	@Test
	void copySharesTheLimit() {
		SchedulerClientBuilder builder = builder().maxInFlight(1);
		SchedulerClient client = builder.copy().copy().build();
		this.scheduler.hangs();
		CompletableFuture<?> inFlight = builder.buildAsync().pollActivityBuffer("worker-1");
		assertThatExceptionOfType(SchedulerCallLimitException.class)
			.isThrownBy(() -> client.pollActivityBuffer("worker-1"));
		inFlight.cancel(true);
		this.scheduler.reset();
		assertThat(client.pollActivityBuffer("worker-1")).isEmpty();
	}

	@Test
	void copyIsIndependent() {
		List<String> seen = new CopyOnWriteArrayList<>();
		SchedulerClientBuilder original = builder().metadata("x-tenant", "original")
			.deadline(Duration.ofMinutes(5))
			.deadline(SchedulerOperation.PURGE_ACTIVITY, Duration.ofMinutes(6))
			.intercept(observing("interceptor of original", seen))
			.listener(listener("listener of original", seen));
		SchedulerClientBuilder copy = original.copy();
		original.deadline(Duration.ofHours(1))
			.deadline(SchedulerOperation.PURGE_ACTIVITY, Duration.ofHours(1))
			.metadata("x-tenant", "changed")
			.metadata("x-region", "north")
			.compression("gzip")
			.maxInFlight(1)
			.intercept(observing("later interceptor", seen))
			.listener(listener("later listener", seen));
		SchedulerClient client = copy.build();
		client.pollActivityBuffer("worker-1");
		assertThatCallHadDeadline(Duration.ofMinutes(5));
		assertThat(this.scheduler.onlyCall().headers("x-tenant")).containsExactly("original");
		assertThat(this.scheduler.onlyCall().headers("x-region")).isEmpty();
		assertThat(this.scheduler.onlyCall().headers("grpc-encoding")).isEmpty();
		assertThat(seen).hasSize(2)
			.satisfiesExactly((event) -> assertThat(event).isEqualTo("listener of original"),
					(event) -> assertThat(event).startsWith("interceptor of original "));
		this.scheduler.reset();
		client.purgeAllActivity("worker-1");
		assertThatCallHadDeadline(Duration.ofMinutes(6));
	}

	@Test
	void copyHasAllSettings() {
		this.scheduler.fails(Status.UNAUTHENTICATED);
		AtomicInteger repetitions = new AtomicInteger();
		SchedulerClient client = builder().target("the scheduler")
			.correlationIds(() -> "order-7")
			.waitForReady(true)
			.compression("gzip")
			.callOption(CallOptions.Key.create("key"), "value")
			.maxOutboundMessageSize(100)
			.payloadConverter((params, contentType) -> "converted".getBytes())
			.exceptionTranslator((exception) -> new UnsupportedOperationException(exception))
			.remedies((problem) -> "Do something")
			.repeatUnauthenticated((call) -> repetitions.incrementAndGet() == 1)
			.copy()
			.build();
		assertThatExceptionOfType(UnsupportedOperationException.class)
			.isThrownBy(() -> client.submitTask(TaskSubmission.forAgent("worker-1").params(42).build()))
			.havingCause()
			.withMessageStartingWith("SubmitTask at the scheduler failed")
			.withMessageContaining("order-7")
			.withMessageEndingWith("Do something");
		assertThat(repetitions).hasValue(1);
		assertThat(this.scheduler.calls()).hasSize(2)
			.allSatisfy((call) -> assertThat(call.headers("grpc-encoding")).containsExactly("gzip"));
		assertThatIllegalArgumentException().isThrownBy(() -> client.pollActivityBuffer("x".repeat(100)));
	}

	private static SchedulerCallListener listener(String name, List<String> seen) {
		return new SchedulerCallListener() {

			@Override
			public void onStart(SchedulerCall call) {
				seen.add(name);
			}

		};
	}

	@Test
	@SuppressWarnings("NullAway")
	void refusesNull() {
		List<Runnable> calls = List.of(() -> SchedulerClient.builder((Channel) null),
				() -> SchedulerClient.builder((String) null), () -> builder().target(null),
				() -> builder().deadline(null), () -> builder().deadline(null, Duration.ofSeconds(1)),
				() -> builder().deadline(SchedulerOperation.SUBMIT_TASK, null), () -> builder().metadata(null, ""),
				() -> builder().metadata("x-tenant", null), () -> builder().correlationIds(null),
				() -> builder().intercept(null), () -> builder().compression(null),
				() -> builder().payloadConverter(null), () -> builder().exceptionTranslator(null),
				() -> builder().remedies(null), () -> builder().repeatUnauthenticated(null),
				() -> builder().listener(null), () -> builder().callOption(null, ""),
				() -> builder().callOption(CallOptions.Key.create("key"), null),
				() -> builder().deadline(SchedulerOperation.SUBMIT_TASK, Duration.ofSeconds(1), null));
		assertThat(calls).allSatisfy((call) -> assertThatIllegalArgumentException().isThrownBy(call::run)
			.withMessageEndingWith(" must not be null"));
	}

	private SchedulerClientBuilder builder() {
		return SchedulerClient.builder(this.scheduler.channel());
	}

	private void assertThatCallHadDeadline(Duration deadline) {
		assertThat(this.scheduler.onlyCall().timeRemaining()).isBetween(deadline.minusSeconds(8), deadline);
	}

	private static ClientInterceptor observing(String name, List<String> seen) {
		return new HeadersInterceptor((headers) -> seen.add("%s %s %s".formatted(name,
				headers.get(Metadata.Key.of("x-correlation-id", Metadata.ASCII_STRING_MARSHALLER)),
				headers.get(Metadata.Key.of("x-tenant", Metadata.ASCII_STRING_MARSHALLER)))));
	}

	/**
	 * Hands the headers of each call to a consumer.
	 */
	private record HeadersInterceptor(Consumer<Metadata> consumer) implements ClientInterceptor {

		@Override
		public <Q, S> ClientCall<Q, S> interceptCall(MethodDescriptor<Q, S> method, CallOptions options, Channel next) {
			return new SimpleForwardingClientCall<>(next.newCall(method, options)) {

				@Override
				public void start(Listener<S> responseListener, Metadata headers) {
					HeadersInterceptor.this.consumer.accept(headers);
					super.start(responseListener, headers);
				}

			};
		}

	}

}
