package io.sw4rm.scheduler.client;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import com.google.common.util.concurrent.Uninterruptibles;
import io.grpc.CallCredentials;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.Deadline;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.Disposable;

import io.sw4rm.scheduler.client.TestScheduler.ReceivedCall;
import io.sw4rm.scheduler.proto.SubmitTaskResponse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link SchedulerClientBuilder#repeatUnauthenticated}.
 */
@Timeout(60)
class RepeatUnauthenticatedTests {

	@RegisterExtension
	final TestScheduler scheduler = new TestScheduler();

	private final List<String> events = new CopyOnWriteArrayList<>();

	private final List<SchedulerCall> asked = new CopyOnWriteArrayList<>();

	@ParameterizedTest
	@EnumSource
	void repeatsRefusedCall(ClientStyle style) {
		refusesBefore(2);
		SubmitTaskResult result = style.build(repeating())
			.submitTask(TaskSubmission.forAgent("worker-1").taskId("task-1").build());
		assertThat(result).isEqualTo(new SubmitTaskResult("task-1", true, "", 1));
		assertThat(this.scheduler.calls()).hasSize(2);
		assertThat(this.scheduler.calls()).map(ReceivedCall::request)
			.containsOnly(this.scheduler.calls().get(0).request());
		assertThat(this.scheduler.calls()).map((call) -> call.headers("x-tenant")).containsOnly(List.of("acme"));
		assertThat(this.scheduler.calls()).map((call) -> call.headers("x-correlation-id"))
			.containsOnly(List.of(this.asked.get(0).correlationId()));
	}

	@ParameterizedTest
	@EnumSource
	void listenersSeeOneCall(ClientStyle style) {
		refusesBefore(2);
		style.build(repeating()).submitTask(TaskSubmission.forAgent("worker-1").build());
		assertThat(this.events).containsExactly("start", "end OK 1");
	}

	@ParameterizedTest
	@EnumSource
	void repeatsOnlyOnce(ClientStyle style) {
		refusesBefore(3);
		SchedulerClient client = style.build(repeating());
		assertThatExceptionOfType(SchedulerPermissionDeniedException.class)
			.isThrownBy(() -> client.submitTask(TaskSubmission.forAgent("worker-1").build()))
			.withMessageContaining("UNAUTHENTICATED: refusal 2");
		assertThat(this.scheduler.calls()).hasSize(2);
		assertThat(this.asked).hasSize(1);
		assertThat(this.events).containsExactly("start", "end UNAUTHENTICATED 1");
	}

	@ParameterizedTest
	@EnumSource
	void deadlineStaysTheSame(ClientStyle style) {
		refusesBefore(2);
		List<Deadline> deadlines = new CopyOnWriteArrayList<>();
		style.build(repeating().intercept(new ClientInterceptor() {

			@Override
			public <Q, S> ClientCall<Q, S> interceptCall(MethodDescriptor<Q, S> method, CallOptions options,
					Channel next) {
				deadlines.add(options.getDeadline());
				return next.newCall(method, options);
			}

		})).submitTask(TaskSubmission.forAgent("worker-1").build());
		assertThat(deadlines).hasSize(2).doesNotContainNull().containsOnly(deadlines.get(0));
	}

	@ParameterizedTest
	@EnumSource
	void endsWithFirstRefusalWhenSecondCallCannotBeSent(ClientStyle style) {
		refusesBefore(3);
		SchedulerClient client = style.build(repeating().intercept(new FailingCredentials(2)));
		assertThatExceptionOfType(SchedulerPermissionDeniedException.class)
			.isThrownBy(() -> client.submitTask(TaskSubmission.forAgent("worker-1").build()))
			.withMessageContaining("UNAUTHENTICATED: refusal 1");
		assertThat(this.scheduler.calls()).hasSize(1);
		assertThat(this.events).containsExactly("start", "end UNAUTHENTICATED 0");
	}

	@ParameterizedTest
	@EnumSource
	void endsWithTheFailureOfSecondCall(ClientStyle style) {
		this.scheduler.answers((request) -> {
			throw (this.scheduler.calls().size() < 2) ? Status.UNAUTHENTICATED.asRuntimeException()
					: Status.NOT_FOUND.asRuntimeException();
		});
		SchedulerClient client = style.build(repeating());
		assertThat(catchThrowableOfType(SchedulerException.class, () -> client.pollActivityBuffer("worker-1"))
			.getStatusCode()).isEqualTo(Status.Code.NOT_FOUND);
	}

	@ParameterizedTest
	@EnumSource
	void doesNotRepeatCallThatCouldNotBeSent(ClientStyle style) {
		SchedulerClient client = style.build(repeating().intercept(new FailingCredentials(1)));
		assertThatExceptionOfType(SchedulerPermissionDeniedException.class)
			.isThrownBy(() -> client.pollActivityBuffer("worker-1"))
			.withMessageContaining("no token");
		assertThat(this.asked).isEmpty();
		assertThat(this.scheduler.calls()).isEmpty();
	}

	@ParameterizedTest
	@EnumSource
	void doesNotRepeatOtherFailures(ClientStyle style) {
		this.scheduler.fails(Status.PERMISSION_DENIED);
		SchedulerClient client = style.build(repeating());
		assertThatException().isThrownBy(() -> client.pollActivityBuffer("worker-1"));
		assertThat(this.asked).isEmpty();
		assertThat(this.scheduler.calls()).hasSize(1);
	}

	@ParameterizedTest
	@EnumSource
	void doesNotRepeatWithoutConsent(ClientStyle style) {
		this.scheduler.fails(Status.UNAUTHENTICATED);
		SchedulerClient refusing = style.build(repeating().repeatUnauthenticated((call) -> false));
		assertThatException().isThrownBy(() -> refusing.pollActivityBuffer("worker-1"));
		SchedulerClient byDefault = style.build(SchedulerClient.builder(this.scheduler.channel()));
		assertThatException().isThrownBy(() -> byDefault.pollActivityBuffer("worker-1"));
		assertThat(this.scheduler.calls()).hasSize(2);
	}

	@ParameterizedTest
	@EnumSource
	void failureOfPredicateEndsCall(ClientStyle style) {
		this.scheduler.fails(Status.UNAUTHENTICATED);
		AssertionError failure = new AssertionError("broken predicate");
		SchedulerClient client = style.build(repeating().repeatUnauthenticated((call) -> {
			throw failure;
		}));
		assertThat(catchThrowable(() -> client.pollActivityBuffer("worker-1")))
			.satisfiesAnyOf((ex) -> assertThat(ex).isSameAs(failure), (ex) -> assertThat(ex).hasCause(failure));
		assertThat(this.events).containsExactly("start", "end UNKNOWN 1");
	}

	@ParameterizedTest
	@EnumSource
	void repeatedCallCountsOnceAgainstTheLimit(ClientStyle style) {
		refusesBefore(2);
		SchedulerClient client = style.build(repeating().maxInFlight(1));
		client.submitTask(TaskSubmission.forAgent("worker-1").build());
		client.submitTask(TaskSubmission.forAgent("worker-1").build());
		assertThat(this.scheduler.calls()).hasSize(4);
	}

	@ParameterizedTest
	@EnumSource
	void attemptsOfRepeatedCallAreThoseThatWereNotRefused(ClientStyle style) {
		AtomicInteger attempts = new AtomicInteger();
		this.scheduler.answers((request) -> switch (attempts.incrementAndGet()) {
			case 1, 3 -> throw Status.UNAVAILABLE.asRuntimeException();
			case 2 -> throw Status.UNAUTHENTICATED.asRuntimeException();
			default -> SubmitTaskResponse.getDefaultInstance();
		});
		try (RetryingChannel channel = new RetryingChannel(this.scheduler.address())) {
			SchedulerClient client = style
				.build(SchedulerClient.builder(channel.get()).repeatUnauthenticated((call) -> true));
			assertThat(client.submitTask(TaskSubmission.forAgent("worker-1").build()).attempts()).isEqualTo(3);
		}
		assertThat(this.scheduler.calls()).hasSize(4);
	}

	@Test
	void interruptionDuringSecondCallCancelsIt() throws InterruptedException {
		SchedulerClient client = repeatingIntoHang().build();
		CompletableFuture<Throwable> failure = new CompletableFuture<>();
		Thread caller = new Thread(() -> failure.complete(catchThrowable(() -> client.pollActivityBuffer("worker-1"))));
		caller.start();
		this.scheduler.awaitHangingCall();
		caller.interrupt();
		this.scheduler.awaitCancelledCall();
		caller.join();
		assertThat(failure.join()).isInstanceOfSatisfying(SchedulerException.class,
				(ex) -> assertThat(ex.getStatusCode()).isEqualTo(Status.Code.CANCELLED));
		assertThat(this.events).containsExactly("start", "end CANCELLED 1");
	}

	@Test
	void cancellationOfFutureDuringSecondCallCancelsIt() {
		CompletableFuture<?> future = repeatingIntoHang().buildAsync().pollActivityBuffer("worker-1");
		this.scheduler.awaitHangingCall();
		future.cancel(true);
		this.scheduler.awaitCancelledCall();
		assertThat(this.events).containsExactly("start", "end CANCELLED 1");
	}

	@Test
	void disposalOfSubscriptionDuringSecondCallCancelsIt() {
		Disposable subscription = repeatingIntoHang().buildReactive().shutdownAgent("worker-1").subscribe();
		this.scheduler.awaitHangingCall();
		subscription.dispose();
		this.scheduler.awaitCancelledCall();
		assertThat(this.events).containsExactly("start", "end CANCELLED 1");
	}

	@Test
	void cancellationWhileSecondCallStartsCancelsIt() {
		this.scheduler.fails(Status.UNAUTHENTICATED);
		CompletableFuture<CompletableFuture<?>> future = new CompletableFuture<>();
		AtomicInteger calls = new AtomicInteger();
		List<String> cancellations = new CopyOnWriteArrayList<>();
		AtomicReference<@Nullable Status> end = new AtomicReference<>();
		AsyncSchedulerClient client = repeating().repeatUnauthenticated((call) -> {
			this.scheduler.hangs();
			return true;
		}).intercept(new ClientInterceptor() {

			@Override
			public <Q, S> ClientCall<Q, S> interceptCall(MethodDescriptor<Q, S> method, CallOptions options,
					Channel next) {
				boolean second = calls.incrementAndGet() == 2;
				return new SimpleForwardingClientCall<>(next.newCall(method, options)) {

					@Override
					public void start(Listener<S> responseListener, Metadata headers) {
						if (second) {
							future.join().cancel(true);
						}
						super.start(new Listener<S>() {

							@Override
							public void onMessage(S message) {
								responseListener.onMessage(message);
							}

							@Override
							public void onClose(Status status, Metadata trailers) {
								responseListener.onClose(status, trailers);
								if (second) {
									end.set(status);
								}
							}

						}, headers);
					}

					@Override
					public void cancel(@Nullable String message, @Nullable Throwable cause) {
						cancellations.add(second ? "second" : "first");
						super.cancel(message, cause);
					}

				};
			}

		}).buildAsync();
		future.complete(client.pollActivityBuffer("worker-1"));
		await().untilAsserted(() -> assertThat(end.get()).isNotNull()
			.satisfies((status) -> assertThat(status.getCode()).isEqualTo(Status.Code.CANCELLED)));
		assertThat(cancellations).contains("second");
		assertThat(this.events).first().isEqualTo("start");
		assertThat(this.events).hasSize(2).last().asString().startsWith("end CANCELLED");
	}

	@Test
	void cancellationCancelsSecondCallThatWasSentBeforeTheFirstWasComplete() {
		AtomicInteger calls = new AtomicInteger();
		AsyncSchedulerClient client = repeatingIntoHang().deadline(Duration.ofMinutes(1))
			.intercept(new ClientInterceptor() {

				@Override
				public <Q, S> ClientCall<Q, S> interceptCall(MethodDescriptor<Q, S> method, CallOptions options,
						Channel next) {
					boolean first = calls.incrementAndGet() == 1;
					return new SimpleForwardingClientCall<>(next.newCall(method, options)) {

						@Override
						public void halfClose() {
							super.halfClose();
							if (first) {
								RepeatUnauthenticatedTests.this.scheduler.awaitHangingCall();
							}
						}

					};
				}

			})
			.buildAsync();
		client.pollActivityBuffer("worker-1").cancel(true);
		this.scheduler.awaitCancelledCall();
	}

	@Test
	void interruptionBeforeSecondCallCancelsIt() {
		// With a connection, the first callback of the call is its end
		SchedulerClient.create(this.scheduler.channel()).pollActivityBuffer("worker-1");
		CountDownLatch cancelled = new CountDownLatch(1);
		AtomicInteger calls = new AtomicInteger();
		CompletableFuture<Throwable> failure = new CompletableFuture<>();
		AtomicReference<SchedulerClient> client = new AtomicReference<>();
		Thread caller = new Thread(
				() -> failure.complete(catchThrowable(() -> client.get().pollActivityBuffer("worker-1"))));
		client.set(repeatingIntoHang().deadline(Duration.ofMinutes(1)).intercept(new ClientInterceptor() {

			@Override
			public <Q, S> ClientCall<Q, S> interceptCall(MethodDescriptor<Q, S> method, CallOptions options,
					Channel next) {
				if (calls.getAndIncrement() > 0) {
					return next.newCall(method, options);
				}
				Executor executor = Objects.requireNonNull(options.getExecutor());
				return new SimpleForwardingClientCall<>(next.newCall(method, options.withExecutor((refusal) -> {
					caller.interrupt();
					Uninterruptibles.awaitUninterruptibly(cancelled);
					executor.execute(refusal);
				}))) {

					@Override
					public void cancel(@Nullable String message, @Nullable Throwable cause) {
						super.cancel(message, cause);
						cancelled.countDown();
					}

				};
			}

		}).build());
		caller.start();
		assertThat(failure).succeedsWithin(Duration.ofSeconds(10))
			.isInstanceOfSatisfying(SchedulerException.class,
					(ex) -> assertThat(ex.getStatusCode()).isEqualTo(Status.Code.CANCELLED));
	}

	private SchedulerClientBuilder repeatingIntoHang() {
		this.scheduler.fails(Status.UNAUTHENTICATED);
		return repeating().repeatUnauthenticated((call) -> {
			this.scheduler.hangs();
			return true;
		});
	}

	private SchedulerClientBuilder repeating() {
		return SchedulerClient.builder(this.scheduler.channel()).listener(new SchedulerCallListener() {

			@Override
			public void onStart(SchedulerCall call) {
				RepeatUnauthenticatedTests.this.events.add("start");
				call.setMetadata("x-tenant", "acme");
			}

			@Override
			public void onRetry(SchedulerCall call) {
				RepeatUnauthenticatedTests.this.events.add("retry");
			}

			@Override
			public void onEnd(SchedulerCall call) {
				RepeatUnauthenticatedTests.this.events.add("end " + call.status() + " " + call.attempts());
			}

		}).repeatUnauthenticated((call) -> {
			this.asked.add(call);
			return call.status() == null;
		});
	}

	private void refusesBefore(int call) {
		this.scheduler.answers((request) -> {
			int number = this.scheduler.calls().size();
			if (number % call != 0) {
				throw Status.UNAUTHENTICATED.withDescription("refusal " + number).asRuntimeException();
			}
			return SubmitTaskResponse.newBuilder().setAccepted(true).build();
		});
	}

	/**
	 * Has credentials for all calls but one.
	 */
	private static final class FailingCredentials extends CallCredentials implements ClientInterceptor {

		private final AtomicInteger calls = new AtomicInteger();

		private final int failing;

		private FailingCredentials(int failing) {
			this.failing = failing;
		}

		@Override
		public void applyRequestMetadata(RequestInfo requestInfo, Executor appExecutor, MetadataApplier applier) {
			if (this.calls.incrementAndGet() == this.failing) {
				applier.fail(Status.UNAUTHENTICATED.withDescription("no token")
					.withCause(new IllegalStateException("the token is not readable")));
			}
			else {
				applier.apply(new Metadata());
			}
		}

		@Override
		public <Q, S> ClientCall<Q, S> interceptCall(MethodDescriptor<Q, S> method, CallOptions options, Channel next) {
			return next.newCall(method, options.withCallCredentials(this));
		}

	}

}
