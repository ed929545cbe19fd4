package io.sw4rm.scheduler.client;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import io.grpc.CallCredentials;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import io.sw4rm.scheduler.proto.PollActivityBufferResponse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

/**
 * Tests for the end of calls: however a call ends, it ends once, for its listeners, for
 * the limit of calls in flight and for the scheduler.
 */
@Timeout(60)
class CallEndTests {

	@RegisterExtension
	final TestScheduler scheduler = new TestScheduler();

	private final AtomicInteger started = new AtomicInteger();

	private final AtomicInteger ended = new AtomicInteger();

	@ParameterizedTest
	@EnumSource
	void successEndsCallOnce(ClientStyle style) {
		SchedulerClientBuilder builder = limited();
		style.build(builder).pollActivityBuffer("worker-1");
		assertThatOnlyCallHasEnded(builder);
	}

	@ParameterizedTest
	@EnumSource
	void failureEndsCallOnce(ClientStyle style) {
		this.scheduler.fails(Status.INTERNAL);
		assertThatFailedCallEndsOnce(style, limited());
	}

	@ParameterizedTest
	@EnumSource
	void missingResponseEndsCallOnce(ClientStyle style) {
		this.scheduler.closesWithoutResponse();
		assertThatFailedCallEndsOnce(style, limited());
	}

	@ParameterizedTest
	@EnumSource
	void secondResponseEndsCallOnce(ClientStyle style) {
		this.scheduler.answersTwice(PollActivityBufferResponse.getDefaultInstance());
		assertThatFailedCallEndsOnce(style, limited());
	}

	@ParameterizedTest
	@EnumSource
	void deadlineEndsCallOnce(ClientStyle style) {
		this.scheduler.hangs();
		assertThatFailedCallEndsOnce(style, limited().deadline(Duration.ofMillis(50)));
	}

	@ParameterizedTest
	@EnumSource
	void missingConnectionEndsCallOnce(ClientStyle style) throws InterruptedException {
		this.scheduler.stop();
		SchedulerClientBuilder builder = limited();
		assertThatExceptionOfType(SchedulerUnavailableException.class)
			.isThrownBy(() -> style.build(builder).pollActivityBuffer("worker-1"));
		assertThat(this.started).hasValue(1);
		assertThat(this.ended).hasValue(1);
	}

	@ParameterizedTest
	@EnumSource
	void limitEndsCallOnce(ClientStyle style) {
		this.scheduler.hangs();
		SchedulerClientBuilder builder = limited();
		CompletableFuture<?> first = builder.buildAsync().pollActivityBuffer("worker-1");
		for (int i = 0; i < 3; i++) {
			assertThatExceptionOfType(SchedulerCallLimitException.class)
				.isThrownBy(() -> style.build(builder).pollActivityBuffer("worker-1"));
		}
		assertThat(this.started).hasValue(4);
		assertThat(this.ended).hasValue(3);
		first.cancel(true);
		assertThat(this.ended).hasValue(4);
		assertThatLimitIsOne(builder);
	}

	@ParameterizedTest
	@CsvSource(textBlock = """
			BLOCKING, NEW_CALL,     false
			BLOCKING, START,        true
			BLOCKING, STARTED,      true
			BLOCKING, SEND_MESSAGE, true
			BLOCKING, HALF_CLOSE,   true
			ASYNC,    NEW_CALL,     false
			ASYNC,    START,        true
			ASYNC,    STARTED,      true
			ASYNC,    SEND_MESSAGE, true
			ASYNC,    HALF_CLOSE,   true
			REACTIVE, NEW_CALL,     false
			REACTIVE, START,        true
			REACTIVE, STARTED,      true
			REACTIVE, SEND_MESSAGE, true
			REACTIVE, HALF_CLOSE,   true
			""")
	void failureOfInterceptorEndsCallOnce(ClientStyle style, Point point, boolean cancelled) {
		IllegalStateException failure = new IllegalStateException("broken interceptor");
		SchedulerClientBuilder builder = limited();
		FailingInterceptor interceptor = new FailingInterceptor(point, failure);
		SchedulerClient client = style.build(builder.copy().intercept(interceptor));
		assertThat(catchThrowable(() -> client.pollActivityBuffer("worker-1"))).isSameAs(failure);
		assertThat(interceptor.cancellations().get() > 0).isEqualTo(cancelled);
		assertThatOnlyCallHasEnded(builder);
	}

	@ParameterizedTest
	@EnumSource
	void failureOfInterceptorsListenerEndsCallOnce(ClientStyle style) {
		assertThatFailedCallEndsOnce(style, limited()
			.intercept(new FailingInterceptor(Point.ON_MESSAGE, new IllegalStateException("broken interceptor"))));
	}

	@ParameterizedTest
	@EnumSource
	void failureOfInterceptorThatIsItsOwnCauseEndsCallOnce(ClientStyle style) {
		assertThatCallEndsOnceWith(new FailingInterceptor(Point.SEND_MESSAGE, itsOwnCause()), style);
	}

	@ParameterizedTest
	@EnumSource
	void failureOfCredentialsThatIsItsOwnCauseEndsCallOnce(ClientStyle style) {
		assertThatCallEndsOnceWith(new ClientInterceptor() {

			@Override
			public <Q, S> ClientCall<Q, S> interceptCall(MethodDescriptor<Q, S> method, CallOptions options,
					Channel next) {
				return next.newCall(method, options.withCallCredentials(new CallCredentials() {

					@Override
					public void applyRequestMetadata(RequestInfo requestInfo, Executor appExecutor,
							MetadataApplier applier) {
						applier.fail(Status.UNAVAILABLE.withCause(itsOwnCause()));
					}

				}));
			}

		}, style);
	}

	private void assertThatCallEndsOnceWith(ClientInterceptor interceptor, ClientStyle style) {
		SchedulerClientBuilder builder = limited();
		SchedulerClient client = style.build(builder.copy().intercept(interceptor));
		assertThat(catchThrowable(() -> client.pollActivityBuffer("worker-1"))).isNotNull();
		assertThatOnlyCallHasEnded(builder);
	}

	private static RuntimeException itsOwnCause() {
		IllegalStateException cause = new IllegalStateException("cause");
		IllegalStateException failure = new IllegalStateException("failure", cause);
		cause.initCause(failure);
		return failure;
	}

	@ParameterizedTest
	@EnumSource
	void failureOfTranslatorEndsCallOnce(ClientStyle style) {
		this.scheduler.fails(Status.INTERNAL);
		IllegalStateException failure = new IllegalStateException("broken translator");
		SchedulerClientBuilder builder = limited();
		SchedulerClient client = style.build(builder.copy().exceptionTranslator((exception) -> {
			throw failure;
		}));
		assertThat(catchThrowable(() -> client.pollActivityBuffer("worker-1"))).isSameAs(failure);
		assertThatOnlyCallHasEnded(builder);
	}

	@ParameterizedTest
	@EnumSource
	void failureOfRemediesEndsCallOnce(ClientStyle style) {
		this.scheduler.fails(Status.UNAUTHENTICATED);
		IllegalStateException failure = new IllegalStateException("broken remedies");
		SchedulerClientBuilder builder = limited();
		SchedulerClient client = style.build(builder.copy().remedies((problem) -> {
			throw failure;
		}));
		assertThat(catchThrowable(() -> client.pollActivityBuffer("worker-1"))).isSameAs(failure);
		assertThatOnlyCallHasEnded(builder);
	}

	@ParameterizedTest
	@MethodSource
	void endOfFutureEndsCallOnce(Consumer<CompletableFuture<List<ActivityEntry>>> end) {
		this.scheduler.hangs();
		SchedulerClientBuilder builder = limited();
		CompletableFuture<List<ActivityEntry>> future = builder.buildAsync().pollActivityBuffer("worker-1");
		this.scheduler.awaitHangingCall();
		end.accept(future);
		assertThat(future).satisfiesAnyOf((done) -> assertThat(done).succeedsWithin(10, TimeUnit.SECONDS),
				(done) -> assertThat(done).failsWithin(10, TimeUnit.SECONDS));
		this.scheduler.awaitCancelledCall();
		assertThatOnlyCallHasEnded(builder);
	}

	static List<Named<Consumer<CompletableFuture<List<ActivityEntry>>>>> endOfFutureEndsCallOnce() {
		return List.of(Named.of("cancel(true)", (future) -> future.cancel(true)),
				Named.of("cancel(false)", (future) -> future.cancel(false)),
				Named.of("complete", (future) -> future.complete(List.of())),
				Named.of("completeExceptionally",
						(future) -> future.completeExceptionally(new CancellationException("not needed any more"))),
				Named.of("orTimeout", (future) -> future.orTimeout(1, TimeUnit.MILLISECONDS)),
				Named.of("completeOnTimeout",
						(future) -> future.completeOnTimeout(List.of(), 1, TimeUnit.MILLISECONDS)));
	}

	@Test
	void endOfDependentStageDoesNotEndCall() {
		this.scheduler.hangs();
		CompletableFuture<List<ActivityEntry>> future = limited().buildAsync().pollActivityBuffer("worker-1");
		future.thenApply(List::size).cancel(true);
		this.scheduler.awaitHangingCall();
		assertThat(this.ended).hasValue(0);
		assertThat(future).isNotDone();
		future.cancel(true);
	}

	@Test
	void interruptionEndsCallOnce() throws InterruptedException {
		this.scheduler.hangs();
		SchedulerClientBuilder builder = limited();
		Thread caller = new Thread(() -> catchThrowable(() -> builder.build().pollActivityBuffer("worker-1")));
		caller.start();
		this.scheduler.awaitHangingCall();
		caller.interrupt();
		caller.join();
		assertThatOnlyCallHasEnded(builder);
	}

	@Test
	void callsThatRaceWithTheirCancellationEndOnce() {
		AsyncSchedulerClient client = counting(SchedulerClient.builder(this.scheduler.channel())).buildAsync();
		for (int i = 0; i < 500; i++) {
			CompletableFuture<?> future = client.pollActivityBuffer("worker-1");
			for (int spins = 0; spins < i * 100; spins++) {
				Thread.onSpinWait();
			}
			future.cancel(true);
			assertThat(future).isDone();
		}
		await().untilAsserted(() -> assertThat(this.ended).hasValue(500));
		assertThat(this.started).hasValue(500);
	}

	private void assertThatFailedCallEndsOnce(ClientStyle style, SchedulerClientBuilder builder) {
		assertThat(catchThrowable(() -> style.build(builder).pollActivityBuffer("worker-1"))).isNotNull()
			.isNotInstanceOf(SchedulerCallLimitException.class);
		assertThatOnlyCallHasEnded(builder);
	}

	private void assertThatOnlyCallHasEnded(SchedulerClientBuilder builder) {
		assertThat(this.started).hasValue(1);
		assertThat(this.ended).hasValue(1);
		assertThatLimitIsOne(builder);
	}

	/**
	 * The call that has ended gave back one permit, neither none nor two.
	 */
	private void assertThatLimitIsOne(SchedulerClientBuilder builder) {
		this.scheduler.hangs();
		AsyncSchedulerClient client = builder.buildAsync().withDeadline(Duration.ofMinutes(1));
		CompletableFuture<?> first = client.shutdownAgent("worker-1");
		CompletableFuture<?> second = client.shutdownAgent("worker-1");
		assertThat(first).isNotDone();
		assertThat(second).failsWithin(Duration.ZERO)
			.withThrowableThat()
			.withCauseInstanceOf(SchedulerCallLimitException.class);
		first.cancel(true);
	}

	private SchedulerClientBuilder limited() {
		return counting(SchedulerClient.builder(this.scheduler.channel()).maxInFlight(1));
	}

	private SchedulerClientBuilder counting(SchedulerClientBuilder builder) {
		return builder.listener(new SchedulerCallListener() {

			@Override
			public void onStart(SchedulerCall call) {
				CallEndTests.this.started.incrementAndGet();
			}

			@Override
			public void onEnd(SchedulerCall call) {
				CallEndTests.this.ended.incrementAndGet();
			}

		});
	}

	private enum Point {

		NEW_CALL, START, STARTED, SEND_MESSAGE, HALF_CLOSE, ON_MESSAGE

	}

	private record FailingInterceptor(Point point, RuntimeException failure,
			AtomicInteger cancellations) implements ClientInterceptor {

		private FailingInterceptor(Point point, RuntimeException failure) {
			this(point, failure, new AtomicInteger());
		}

		@Override
		public <Q, S> ClientCall<Q, S> interceptCall(MethodDescriptor<Q, S> method, CallOptions options, Channel next) {
			failAt(Point.NEW_CALL);
			return new SimpleForwardingClientCall<>(next.newCall(method, options)) {

				@Override
				public void start(Listener<S> responseListener, Metadata headers) {
					failAt(Point.START);
					super.start(new SimpleForwardingClientCallListener<>(responseListener) {

						@Override
						public void onMessage(S message) {
							failAt(Point.ON_MESSAGE);
							super.onMessage(message);
						}

					}, headers);
					failAt(Point.STARTED);
				}

				@Override
				public void cancel(@Nullable String message, @Nullable Throwable cause) {
					FailingInterceptor.this.cancellations.incrementAndGet();
					super.cancel(message, cause);
				}

				@Override
				public void sendMessage(Q message) {
					failAt(Point.SEND_MESSAGE);
					super.sendMessage(message);
				}

				@Override
				public void halfClose() {
					failAt(Point.HALF_CLOSE);
					super.halfClose();
				}

			};
		}

		private void failAt(Point point) {
			if (point == this.point) {
				throw this.failure;
			}
		}

	}

}
