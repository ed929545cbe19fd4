package io.sw4rm.scheduler.client;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.StreamObserver;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.Disposable;

import io.sw4rm.scheduler.proto.PollActivityBufferRequest;
import io.sw4rm.scheduler.proto.PollActivityBufferResponse;
import io.sw4rm.scheduler.proto.SchedulerServiceGrpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests for the order of the events of {@link SchedulerCallListener}, and for the threads
 * that they come on.
 */
@Timeout(60)
class CallScopeTests {

	@RegisterExtension
	final TestScheduler scheduler = new TestScheduler();

	private final Thread caller = Thread.currentThread();

	private final List<String> events = new CopyOnWriteArrayList<>();

	private final List<Thread> threads = new CopyOnWriteArrayList<>();

	@Test
	void scopeOfBlockingCallStaysOpenUntilItsEnd() {
		builder().build().pollActivityBuffer("worker-1");
		assertThat(this.events).containsExactly("start", "opened", "end OK", "closed OK");
		assertThat(this.threads).containsOnly(this.caller);
	}

	@Test
	void scopeOfFailedBlockingCallStaysOpenUntilItsEnd() {
		this.scheduler.fails(Status.NOT_FOUND);
		assertThatException().isThrownBy(() -> builder().build().pollActivityBuffer("worker-1"));
		assertThat(this.events).containsExactly("start", "opened", "end NOT_FOUND", "closed NOT_FOUND");
		assertThat(this.threads).containsOnly(this.caller);
	}

	@Test
	void asyncCallHasTwoScopes() throws Exception {
		CountDownLatch started = new CountDownLatch(1);
		CompletableFuture<Void> dependent;
		this.scheduler.answers((request) -> {
			awaitUninterruptibly(started);
			return PollActivityBufferResponse.getDefaultInstance();
		});
		dependent = builder().buildAsync().pollActivityBuffer("worker-1").thenAccept((entries) -> record("dependent"));
		assertThat(this.events).containsExactly("start", "opened", "closed");
		assertThat(this.threads).containsOnly(this.caller);
		started.countDown();
		dependent.get(10, TimeUnit.SECONDS);
		awaitEvents(7);
		assertThat(this.events).containsExactly("start", "opened", "closed", "opened OK", "end OK", "dependent",
				"closed OK");
		assertThat(this.threads.subList(3, 7)).containsOnly(this.threads.get(3)).doesNotContain(this.caller);
	}

	@Test
	void reactiveCallHasTwoScopes() {
		CountDownLatch started = new CountDownLatch(1);
		this.scheduler.answers((request) -> {
			awaitUninterruptibly(started);
			return PollActivityBufferResponse.getDefaultInstance();
		});
		builder().buildReactive()
			.purgeActivity("worker-1", List.of())
			.then(builder().buildReactive().pollActivityBuffer("worker-1").then())
			.subscribe(null, null, () -> record("dependent"));
		assertThat(this.events).containsExactly("start", "opened", "closed");
		assertThat(this.threads).containsOnly(this.caller);
		started.countDown();
		awaitEvents(7);
		assertThat(this.events).containsExactly("start", "opened", "closed", "opened OK", "end OK", "dependent",
				"closed OK");
		assertThat(this.threads.subList(3, 7)).containsOnly(this.threads.get(3)).doesNotContain(this.caller);
	}

	@Test
	void answerOnTheStartingThreadComesInTheFirstScope() throws IOException {
		String name = InProcessServerBuilder.generateName();
		Server server = InProcessServerBuilder.forName(name)
			.directExecutor()
			.addService(new SchedulerServiceGrpc.SchedulerServiceImplBase() {

				@Override
				public void pollActivityBuffer(PollActivityBufferRequest request,
						StreamObserver<PollActivityBufferResponse> responseObserver) {
					record("server");
					responseObserver.onNext(PollActivityBufferResponse.getDefaultInstance());
					responseObserver.onCompleted();
				}

			})
			.build()
			.start();
		ManagedChannel channel = InProcessChannelBuilder.forName(name).directExecutor().build();
		try {
			CompletableFuture<?> future = SchedulerClient.builder(channel)
				.listener(new ScopeListener(""))
				.buildAsync()
				.pollActivityBuffer("worker-1");
			assertThat(future).isCompleted();
		}
		finally {
			channel.shutdownNow();
			server.shutdownNow();
		}
		assertThat(this.events).containsExactly("start", "opened", "server", "end OK", "closed OK");
		assertThat(this.threads).containsOnly(this.caller);
	}

	@ParameterizedTest
	@EnumSource
	void callOverTheLimitHasOneScope(ClientStyle style) {
		this.scheduler.hangs();
		SchedulerClientBuilder limited = SchedulerClient.builder(this.scheduler.channel()).maxInFlight(1);
		CompletableFuture<?> inFlight = limited.buildAsync().purgeAllActivity("worker-1");
		SchedulerClient client = style.build(limited.copy().listener(new ScopeListener("")));
		assertThatExceptionOfType(SchedulerCallLimitException.class)
			.isThrownBy(() -> client.pollActivityBuffer("worker-1"));
		assertThat(this.events).containsExactly("start", "opened", "end RESOURCE_EXHAUSTED",
				"closed RESOURCE_EXHAUSTED");
		assertThat(this.threads).containsOnly(this.caller);
		inFlight.cancel(true);
	}

	@ParameterizedTest
	@EnumSource
	void callThatCannotBeStartedHasOneScope(ClientStyle style) {
		SchedulerClient client = style.build(builder().intercept(new ClientInterceptor() {

			@Override
			public <Q, S> ClientCall<Q, S> interceptCall(MethodDescriptor<Q, S> method, CallOptions options,
					Channel next) {
				throw new UnsupportedOperationException();
			}

		}));
		assertThatExceptionOfType(UnsupportedOperationException.class)
			.isThrownBy(() -> client.pollActivityBuffer("worker-1"));
		assertThat(this.events).containsExactly("start", "opened", "end UNKNOWN", "closed UNKNOWN");
		assertThat(this.threads).containsOnly(this.caller);
	}

	@Test
	void cancellationEndsAsyncCallOnTheThreadThatCancels() {
		this.scheduler.hangs();
		CompletableFuture<?> future = builder().buildAsync().pollActivityBuffer("worker-1");
		this.scheduler.awaitHangingCall();
		future.cancel(true);
		assertThat(this.events).containsExactly("start", "opened", "closed", "opened CANCELLED", "end CANCELLED",
				"closed CANCELLED");
		assertThat(this.threads).containsOnly(this.caller);
	}

	@Test
	void disposalEndsReactiveCallOnTheThreadThatDisposes() {
		this.scheduler.hangs();
		Disposable subscription = builder().buildReactive().shutdownAgent("worker-1").subscribe();
		this.scheduler.awaitHangingCall();
		subscription.dispose();
		assertThat(this.events).containsExactly("start", "opened", "closed", "opened CANCELLED", "end CANCELLED",
				"closed CANCELLED");
		assertThat(this.threads).containsOnly(this.caller);
	}

	@ParameterizedTest
	@EnumSource
	void scopesAreClosedInReverseOrder(ClientStyle style) {
		style
			.build(SchedulerClient.builder(this.scheduler.channel())
				.listener(new ScopeListener("first "))
				.listener(new ScopeListener("second ")))
			.withDeadline(Duration.ofMinutes(1))
			.pollActivityBuffer("worker-1");
		await().until(() -> this.events.stream().filter((event) -> event.contains("end")).count() == 2);
		assertThat(this.events).containsSubsequence("first start", "second start", "first opened", "second opened");
		assertThat(this.events).filteredOn((event) -> event.contains("end"))
			.containsExactly("first end OK", "second end OK");
		// Another thread may close the scope of the end at the same time
		List<String> closed = IntStream.range(0, this.threads.size())
			.filter((i) -> this.threads.get(i) == this.caller && this.events.get(i).contains("closed"))
			.mapToObj(this.events::get)
			.toList();
		assertThat(closed.get(0)).startsWith("second ");
		assertThat(closed.get(1)).startsWith("first ");
	}

	private SchedulerClientBuilder builder() {
		return SchedulerClient.builder(this.scheduler.channel()).listener(new ScopeListener(""));
	}

	private synchronized void record(String event) {
		this.events.add(event);
		this.threads.add(Thread.currentThread());
	}

	private void awaitEvents(int number) {
		await().untilAsserted(() -> assertThat(this.threads).hasSizeGreaterThanOrEqualTo(number));
	}

	private static void awaitUninterruptibly(CountDownLatch latch) {
		try {
			assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
		}
		catch (InterruptedException ex) {
			throw new AssertionError(ex);
		}
	}

	private final class ScopeListener implements SchedulerCallListener {

		private final String name;

		private ScopeListener(String name) {
			this.name = name;
		}

		@Override
		public void onStart(SchedulerCall call) {
			record(this.name + "start");
		}

		@Override
		public void onEnd(SchedulerCall call) {
			record(this.name + "end " + call.status());
		}

		@Override
		public void onScopeOpened(SchedulerCall call) {
			Status.@Nullable Code status = call.status();
			record(this.name + "opened"
					+ (CallScopeTests.this.events.contains(this.name + "opened") ? " " + status : ""));
		}

		@Override
		public void onScopeClosed(SchedulerCall call) {
			recordScope("closed", call);
		}

		private void recordScope(String event, SchedulerCall call) {
			Status.@Nullable Code status = call.status();
			record(this.name + event + ((status != null) ? " " + status : ""));
		}

	}

}
