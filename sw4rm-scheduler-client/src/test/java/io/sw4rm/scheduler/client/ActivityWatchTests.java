package io.sw4rm.scheduler.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.IntStream;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import org.jspecify.annotations.Nullable;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import io.sw4rm.scheduler.client.ActivityWatch.State;
import io.sw4rm.scheduler.client.TestScheduler.ReceivedCall;
import io.sw4rm.scheduler.proto.PollActivityBufferRequest;
import io.sw4rm.scheduler.proto.PollActivityBufferResponse;
import io.sw4rm.scheduler.proto.PurgeActivityResponse;

import static io.sw4rm.scheduler.client.ActivityBuffer.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link ActivityWatch}.
 */
@Timeout(60)
class ActivityWatchTests {

	private static final WatchOptions OPTIONS = WatchOptions.defaults()
		.withInterval(Duration.ofMillis(2))
		.withMaxBackoff(Duration.ofMillis(5));

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	private static final Duration LONG = Duration.ofDays(1);

	@RegisterExtension
	final TestScheduler scheduler = new TestScheduler();

	private final ActivityBuffer buffer = new ActivityBuffer();

	private final RecordingActivityListener listener = new RecordingActivityListener();

	private final List<ActivityWatch> watches = new ArrayList<>();

	@BeforeEach
	void serveBuffer() {
		this.scheduler.answers(this.buffer);
	}

	@AfterEach
	void closeWatches() {
		this.watches.forEach(ActivityWatch::close);
	}

	@ParameterizedTest
	@EnumSource
	void deliversEachEntryOnce(ClientStyle style) {
		this.buffer.add("task-1", "task-2");
		closeLater(style.build(SchedulerClient.builder(this.scheduler.channel()))
			.watchActivity("worker-1", OPTIONS, this.listener));
		awaitEvents("task-1", "task-2");
		this.buffer.add("task-3");
		awaitEvents("task-1", "task-2", "task-3");
		awaitPolls(3);
		assertThat(this.listener.events).containsExactly("task-1", "task-2", "task-3");
	}

	@ParameterizedTest
	@EnumSource
	void usesOptionsOfClient(ClientStyle style) {
		this.buffer.add("task-1");
		SchedulerClientBuilder builder = SchedulerClient.builder(this.scheduler.channel())
			.watchOptions(OPTIONS.withPurge(true));
		closeLater(style.build(builder.copy()).watchActivity("worker-1", this.listener));
		await().untilAsserted(() -> assertThat(this.buffer.purges()).isNotEmpty());
	}

	@Test
	void deliversEqualEntriesAsOftenAsTheyAreInTheBuffer() {
		this.buffer.add("task-1", "task-2", "task-1");
		watch();
		awaitEvents("task-1", "task-2", "task-1");
		this.buffer.add("task-1");
		awaitEvents("task-1", "task-2", "task-1", "task-1");
		this.buffer.entries().remove(0);
		awaitPolls(3);
		assertThat(this.listener.events).hasSize(4);
	}

	@Test
	void entryThatReturnsIsNew() {
		this.buffer.add("task-1");
		watch();
		awaitEvents("task-1");
		this.buffer.entries().clear();
		awaitPolls(2);
		this.buffer.add("task-1");
		awaitEvents("task-1", "task-1");
	}

	@Test
	void skipsExistingEntries() {
		this.buffer.add("task-1");
		watch(OPTIONS.withExistingEntries(false));
		awaitPolls(2);
		this.buffer.add("task-2");
		awaitEvents("task-2");
		this.buffer.add("task-1");
		awaitEvents("task-2", "task-1");
	}

	@Test
	void deliversEntriesAfterAnEmptyStartWithoutExistingEntries() {
		watch(OPTIONS.withExistingEntries(false));
		awaitPolls(2);
		this.buffer.add("task-1");
		awaitEvents("task-1");
	}

	@Test
	void pollsOfTheWatchedAgent() {
		watch();
		awaitPolls(1);
		assertThat(this.scheduler.calls().get(0).request())
			.isEqualTo(PollActivityBufferRequest.newBuilder().setAgentId("worker-1").build());
	}

	@Test
	void usesDeadlineAndMetadataOfDerivedClient() {
		closeLater(client().withDeadline(Duration.ofSeconds(3))
			.withMetadata("x-tenant", "acme")
			.watchActivity("worker-1", OPTIONS, this.listener));
		awaitPolls(3);
		ReceivedCall call = this.scheduler.calls().get(2);
		assertThat(call.headers("x-tenant")).containsExactly("acme");
		assertThat(call.timeRemaining()).isLessThanOrEqualTo(Duration.ofSeconds(3));
	}

	@Test
	void eachPollHasItsOwnCorrelationId() {
		watch();
		awaitPolls(3);
		assertThat(this.scheduler.calls().stream().limit(3).map((call) -> call.headers("x-correlation-id")))
			.doesNotHaveDuplicates();
	}

	@Test
	void neverPollsTwiceAtATime() {
		AtomicInteger inFlight = new AtomicInteger();
		AtomicInteger most = new AtomicInteger();
		ActivityWatch watch = watch(listening(new SchedulerCallListener() {

			@Override
			public void onStart(SchedulerCall call) {
				most.accumulateAndGet(inFlight.incrementAndGet(), Math::max);
			}

			@Override
			public void onEnd(SchedulerCall call) {
				inFlight.decrementAndGet();
			}

		}), OPTIONS.withInterval(Duration.ofNanos(1)).withPurge(true), this.listener);
		while (this.buffer.polls() < 200) {
			watch.pause();
			watch.resume();
		}
		assertThat(most).hasValue(1);
	}

	@Test
	void doesNotPollWhileListenerIsBusy() throws InterruptedException {
		CountDownLatch release = new CountDownLatch(1);
		this.buffer.add("task-1");
		watch(client(), OPTIONS, (entry) -> {
			this.listener.onActivity(entry);
			release.await();
		});
		awaitEvents("task-1");
		RecordingActivityListener other = new RecordingActivityListener();
		closeLater(client().watchActivity("worker-2", OPTIONS, other));
		await().untilAsserted(() -> assertThat(other.events).containsExactly("task-1"));
		awaitPolls(5);
		assertThat(pollsOf("worker-1")).isEqualTo(1);
		this.buffer.add("task-2");
		await().untilAsserted(() -> assertThat(other.events).containsExactly("task-1", "task-2"));
		assertThat(this.listener.events).containsExactly("task-1");
		release.countDown();
		awaitEvents("task-1", "task-2");
	}

	@Test
	void blockedInterceptorDelaysItsOwnWatchOnly() {
		CountDownLatch release = new CountDownLatch(1);
		List<Thread> blocked = new CopyOnWriteArrayList<>();
		SchedulerClient client = SchedulerClient.builder(this.scheduler.channel()).intercept(new ClientInterceptor() {

			@Override
			public <Q, S> ClientCall<Q, S> interceptCall(MethodDescriptor<Q, S> method, CallOptions options,
					Channel next) {
				blocked.add(Thread.currentThread());
				awaitUninterruptibly(release);
				return next.newCall(method, options);
			}

		}).build();
		int watches = 4 * Runtime.getRuntime().availableProcessors();
		List<ActivityWatch> blockedWatches = IntStream.range(0, watches)
			.mapToObj((i) -> watch(client, OPTIONS, new RecordingActivityListener()))
			.toList();
		await().untilAsserted(() -> assertThat(blocked).hasSize(watches));
		this.buffer.add("task-1");
		watch();
		awaitEvents("task-1");
		blockedWatches.forEach(ActivityWatch::close);
		release.countDown();
	}

	@ParameterizedTest
	@EnumSource(names = { "UNAVAILABLE", "DEADLINE_EXCEEDED", "RESOURCE_EXHAUSTED", "ABORTED", "CANCELLED" })
	void retriesDuringOutage(Status.Code code) {
		this.buffer.add("task-1");
		this.buffer.pollFailure = code.toStatus();
		ActivityWatch watch = watch();
		awaitPolls(5);
		awaitEvents("outage");
		this.buffer.pollFailure = null;
		awaitEvents("outage", "recovery", "task-1");
		this.buffer.pollFailure = code.toStatus();
		awaitEvents("outage", "recovery", "task-1", "outage");
		this.buffer.pollFailure = null;
		awaitEvents("outage", "recovery", "task-1", "outage", "recovery");
		awaitPolls(3);
		assertThat(this.listener.events).hasSize(5);
		assertThat(watch.state()).isEqualTo(State.RUNNING);
	}

	@Test
	void retriesIfSchedulerStopsDuringCall() throws Exception {
		this.scheduler.hangs();
		ActivityWatch watch = watch();
		this.scheduler.awaitHangingCall();
		this.scheduler.stop();
		awaitEvents("outage");
		assertThat(watch.state()).isEqualTo(State.RUNNING);
	}

	@Test
	void retriesAfterLimitOfCallsInFlight() {
		this.buffer.add("task-1");
		SchedulerClientBuilder builder = SchedulerClient.builder(this.scheduler.channel()).maxInFlight(1);
		this.scheduler.hangs();
		CompletableFuture<?> other = builder.buildAsync().pollActivityBuffer("worker-2");
		this.scheduler.awaitHangingCall();
		this.scheduler.answers(this.buffer);
		watch(builder.build(), OPTIONS, this.listener);
		awaitEvents("outage");
		assertThat(this.listener.failures).hasOnlyElementsOfType(SchedulerCallLimitException.class);
		other.cancel(true);
		awaitEvents("outage", "recovery", "task-1");
	}

	@Test
	void translatedExceptionsAreRetried() {
		IllegalStateException translated = new IllegalStateException("no scheduler");
		this.buffer.add("task-1");
		this.buffer.pollFailure = Status.UNAVAILABLE;
		watch(SchedulerClient.builder(this.scheduler.channel()).exceptionTranslator((exception) -> translated).build(),
				OPTIONS, this.listener);
		awaitPolls(3);
		this.buffer.pollFailure = null;
		awaitEvents("outage", "recovery", "task-1");
		assertThat(this.listener.failures).containsExactly(translated);
	}

	@Test
	void doublesIntervalDuringOutage() {
		Duration interval = Duration.ofMillis(20);
		List<Long> times = new CopyOnWriteArrayList<>();
		this.scheduler.answers((request) -> {
			times.add(System.nanoTime());
			throw Status.UNAVAILABLE.asRuntimeException();
		});
		watch(OPTIONS.withInterval(interval).withJitter(0).withMaxBackoff(LONG));
		await().untilAsserted(() -> assertThat(times).hasSizeGreaterThanOrEqualTo(5));
		for (int i = 1; i < 5; i++) {
			assertThat(times.get(i) - times.get(i - 1)).isGreaterThanOrEqualTo(interval.toNanos() << (i - 1));
		}
	}

	@Test
	void intervalDoesNotExceedMaxBackoff() {
		this.buffer.pollFailure = Status.UNAVAILABLE;
		watch(OPTIONS.withInterval(Duration.ofMillis(2)).withMaxBackoff(Duration.ofMillis(4)));
		// Without the maximum, this would take longer than a day
		awaitPolls(30);
	}

	@Test
	void backoffIsNotShorterThanInterval() {
		List<Long> times = new CopyOnWriteArrayList<>();
		this.scheduler.answers((request) -> {
			times.add(System.nanoTime());
			throw Status.UNAVAILABLE.asRuntimeException();
		});
		watch(OPTIONS.withInterval(Duration.ofMillis(50)).withJitter(0).withMaxBackoff(Duration.ofMillis(1)));
		await().untilAsserted(() -> assertThat(times).hasSizeGreaterThanOrEqualTo(2));
		assertThat(times.get(1) - times.get(0)).isGreaterThanOrEqualTo(Duration.ofMillis(50).toNanos());
	}

	@Test
	void backoffStartsAgainAfterRecovery() {
		Duration interval = Duration.ofMillis(2);
		this.buffer.pollFailure = Status.UNAVAILABLE;
		watch(OPTIONS.withInterval(interval).withMaxBackoff(LONG));
		await().until(() -> this.buffer.polls() >= 7);
		for (int i = 1; i <= 30; i++) {
			this.buffer.pollFailure = null;
			int recoveries = i;
			await().untilAsserted(
					() -> assertThat(this.listener.events).filteredOn("recovery"::equals).hasSize(recoveries));
			this.buffer.pollFailure = Status.UNAVAILABLE;
			// The first one may have been answered before
			awaitPolls(2);
		}
	}

	@Test
	void intervalVaries() {
		List<Long> times = new CopyOnWriteArrayList<>();
		this.scheduler.answers((request) -> {
			times.add(System.nanoTime());
			return PollActivityBufferResponse.getDefaultInstance();
		});
		Duration interval = Duration.ofMillis(200);
		watch(OPTIONS.withInterval(interval).withJitter(1));
		await().untilAsserted(() -> assertThat(IntStream.range(1, times.size())
			.mapToLong((i) -> times.get(i) - times.get(i - 1))
			.anyMatch((gap) -> gap < interval.toNanos())).isTrue());
	}

	@ParameterizedTest
	@EnumSource(names = { "PERMISSION_DENIED", "UNIMPLEMENTED", "INVALID_ARGUMENT", "INTERNAL" })
	void otherFailuresEndWatch(Status.Code code) {
		this.buffer.pollFailure = code.toStatus();
		ActivityWatch watch = watch();
		assertThat(watch.completion()).failsWithin(PATIENCE)
			.withThrowableThat()
			.withCauseInstanceOf(SchedulerException.class);
		assertThat(this.listener.events).containsExactly("error");
		assertThat(watch.state()).isEqualTo(State.CLOSED);
		assertThat(this.buffer.polls()).isEqualTo(1);
		watch.close();
		watch.resume();
		assertThat(watch.state()).isEqualTo(State.CLOSED);
		assertThat(this.listener.events).hasSize(1);
	}

	@Test
	void exceptionOfInterceptorEndsWatch() {
		IllegalStateException failure = new IllegalStateException("no token");
		ActivityWatch watch = watch(SchedulerClient.builder(this.scheduler.channel()).correlationIds(() -> {
			throw failure;
		}).build(), OPTIONS, this.listener);
		AtomicReference<Throwable> seen = new AtomicReference<>();
		watch.completion().whenComplete((nothing, ex) -> seen.set(ex));
		await().untilAsserted(() -> assertThat(seen).hasValue(failure));
		assertThat(this.listener.failures).containsExactly(failure);
	}

	@Test
	void shutDownChannelEndsWatch() {
		ActivityWatch watch = watch();
		awaitPolls(1);
		this.scheduler.channel().shutdown();
		assertThat(watch.completion()).failsWithin(PATIENCE)
			.withThrowableThat()
			.withCauseInstanceOf(SchedulerUnavailableException.class);
		assertThat(this.listener.events).containsExactly("error");
	}

	@Test
	void shutDownChannelEndsWatchWithCallInFlight() {
		this.scheduler.hangs();
		ActivityWatch watch = watch();
		this.scheduler.awaitHangingCall();
		this.scheduler.channel().shutdownNow();
		assertThat(watch.completion()).failsWithin(PATIENCE);
		assertThat(this.listener.events).endsWith("error");
	}

	@Test
	void closeCancelsCallInFlight() {
		this.scheduler.hangs();
		ActivityWatch watch = watch();
		this.scheduler.awaitHangingCall();
		watch.close();
		this.scheduler.awaitCancelledCall();
		assertThat(watch.completion()).isCompletedWithValue(null);
		assertThat(watch.state()).isEqualTo(State.CLOSED);
		assertThat(this.listener.events).isEmpty();
	}

	@Test
	void closeStopsPolling() {
		ActivityWatch watch = watch();
		awaitPolls(2);
		watch.close();
		watch.close();
		RecordingActivityListener other = new RecordingActivityListener();
		int polls = pollsOf("worker-1");
		this.buffer.add("task-1");
		closeLater(client().watchActivity("worker-2", OPTIONS, other));
		await().untilAsserted(() -> assertThat(pollsOf("worker-2")).isGreaterThan(10));
		// One may have been on its way when its call was cancelled
		assertThat(pollsOf("worker-1")).isBetween(polls, polls + 1);
		assertThat(this.listener.events).isEmpty();
	}

	@Test
	void closesWhileWaitingForTheNextPoll() {
		ActivityWatch watch = watch(OPTIONS.withInterval(LONG));
		awaitOnlyPoll();
		watch.close();
		assertThat(watch.completion()).isCompletedWithValue(null);
	}

	@Test
	void closesFromListener() {
		this.buffer.add("task-1", "task-2");
		CompletableFuture<ActivityWatch> watch = new CompletableFuture<>();
		AtomicBoolean completed = new AtomicBoolean();
		watch.complete(watch(client(), OPTIONS, (entry) -> {
			this.listener.onActivity(entry);
			watch.join().close();
			completed.set(watch.join().completion().isDone());
		}));
		assertThat(watch.join().completion()).succeedsWithin(PATIENCE);
		assertThat(completed).isFalse();
		assertThat(this.listener.events).containsExactly("task-1");
	}

	@Test
	void closeWaitsForListener() throws InterruptedException {
		CountDownLatch release = new CountDownLatch(1);
		this.buffer.add("task-1", "task-2");
		ActivityWatch watch = watch(client(), OPTIONS, (entry) -> {
			this.listener.onActivity(entry);
			release.await();
		});
		awaitEvents("task-1");
		Thread closing = new Thread(watch::close);
		closing.start();
		await().until(() -> closing.getState() == Thread.State.WAITING);
		assertThat(watch.closeAsync()).isNotDone();
		release.countDown();
		closing.join();
		assertThat(watch.completion()).isCompletedWithValue(null);
		assertThat(this.listener.events).containsExactly("task-1");
	}

	@Test
	void interruptEndsWaitForListener() {
		CountDownLatch release = new CountDownLatch(1);
		this.buffer.add("task-1");
		ActivityWatch watch = watch(client(), OPTIONS, (entry) -> {
			this.listener.onActivity(entry);
			release.await();
		});
		awaitEvents("task-1");
		Thread.currentThread().interrupt();
		watch.close();
		assertThat(Thread.interrupted()).isTrue();
		assertThat(watch.completion()).isNotDone();
		release.countDown();
		assertThat(watch.completion()).succeedsWithin(PATIENCE);
	}

	@Test
	void noListenerCallStartsAfterClose() {
		IntStream.range(0, 20).forEach((i) -> this.buffer.add("task-" + i));
		AtomicInteger late = new AtomicInteger();
		for (int round = 0; round < 50; round++) {
			AtomicBoolean closed = new AtomicBoolean();
			AtomicInteger delivered = new AtomicInteger();
			ActivityWatch watch = watch(client(), OPTIONS, (entry) -> {
				delivered.incrementAndGet();
				if (closed.get()) {
					late.incrementAndGet();
				}
			});
			int enough = round % 20;
			await().until(() -> delivered.get() >= enough);
			watch.close();
			closed.set(true);
		}
		assertThat(late).hasValue(0);
	}

	@Test
	void pauseStopsPolling() {
		ActivityWatch watch = watch();
		awaitPolls(2);
		watch.pause();
		watch.pause();
		assertThat(watch.state()).isEqualTo(State.PAUSED);
		int polls = pollsOf("worker-1");
		this.buffer.add("task-1");
		closeLater(client().watchActivity("worker-2", OPTIONS, new RecordingActivityListener()));
		await().untilAsserted(() -> assertThat(pollsOf("worker-2")).isGreaterThan(10));
		assertThat(pollsOf("worker-1")).isBetween(polls, polls + 1);
		assertThat(this.listener.events).isEmpty();
		watch.resume();
		watch.resume();
		assertThat(watch.state()).isEqualTo(State.RUNNING);
		awaitEvents("task-1");
	}

	@Test
	void entriesAfterPauseAreDeliveredWhenResumed() {
		this.buffer.add("task-1", "task-2", "task-3");
		CompletableFuture<ActivityWatch> watch = new CompletableFuture<>();
		watch.complete(watch(client(), OPTIONS.withPurge(true), (entry) -> {
			this.listener.onActivity(entry);
			if (entry.taskId().equals("task-2")) {
				watch.join().pause();
			}
		}));
		awaitEvents("task-1", "task-2");
		watch.join().resume();
		awaitEvents("task-1", "task-2", "task-3");
		await().untilAsserted(
				() -> assertThat(this.buffer.purges()).containsExactly(List.of("task-1", "task-2", "task-3")));
	}

	@Test
	void pauseLosesNoEntry() {
		List<String> tasks = IntStream.range(0, 200).mapToObj((i) -> "task-" + i).toList();
		tasks.forEach(this.buffer::add);
		CompletableFuture<ActivityWatch> watch = new CompletableFuture<>();
		watch.complete(watch(client(), OPTIONS.withInterval(Duration.ofNanos(1)).withPurge(true), (entry) -> {
			this.listener.onActivity(entry);
			watch.join().pause();
		}));
		while (!this.buffer.entries().isEmpty()) {
			watch.join().resume();
		}
		assertThat(this.listener.events).containsExactlyElementsOf(tasks);
	}

	@Test
	void resumeKeepsInterval() {
		ActivityWatch watch = watch(OPTIONS.withInterval(LONG));
		awaitOnlyPoll();
		closeLater(client().watchActivity("worker-2", OPTIONS, new RecordingActivityListener()));
		await().untilAsserted(() -> {
			watch.pause();
			watch.resume();
			assertThat(watch.state()).isEqualTo(State.RUNNING);
			assertThat(pollsOf("worker-2")).isGreaterThan(10);
		});
		assertThat(pollsOf("worker-1")).isEqualTo(1);
	}

	@Test
	void exceptionOfListenerDoesNotEndWatch() {
		this.buffer.add("task-1", "task-2");
		IllegalStateException failure = new IllegalStateException("broken");
		List<LogRecord> log = recordLog(() -> {
			ActivityListener broken = (entry) -> {
				this.listener.onActivity(entry);
				throw failure;
			};
			watch(client(), OPTIONS, broken);
			awaitEvents("task-1", "task-2");
			watch(client(), OPTIONS, broken);
			awaitEvents("task-1", "task-2", "task-1", "task-2");
			awaitPolls(2);
		});
		assertThat(log).singleElement().extracting(LogRecord::getThrown).isSameAs(failure);
		this.buffer.add("task-3");
		awaitEvents("task-1", "task-2", "task-1", "task-2", "task-3", "task-3");
	}

	@Test
	void exceptionOfListenerIsPassedToListener() {
		this.buffer.add("task-1", "task-2");
		IllegalStateException failure = new IllegalStateException("broken");
		AssertionError second = new AssertionError("broken, too");
		List<LogRecord> log = recordLog(() -> {
			watch(client(), OPTIONS, new RecordingActivityListener() {

				@Override
				public void onActivity(ActivityEntry entry) {
					throw failure;
				}

				@Override
				public void onActivityFailure(ActivityEntry entry, Throwable failure) {
					ActivityWatchTests.this.listener.onActivityFailure(entry, failure);
					throw second;
				}

			});
			awaitEvents("failure of task-1", "failure of task-2");
		});
		assertThat(this.listener.failures).containsOnly(failure);
		assertThat(log).singleElement().extracting(LogRecord::getThrown).isSameAs(second);
		this.buffer.add("task-3");
		awaitEvents("failure of task-1", "failure of task-2", "failure of task-3");
	}

	@Test
	void defaultMethodsOfListenerLog() {
		this.buffer.pollFailure = Status.UNAVAILABLE;
		List<LogRecord> log = recordLog(() -> {
			ActivityWatch watch = watch(client(), OPTIONS, this.listener::onActivity);
			awaitPolls(3);
			this.buffer.pollFailure = null;
			this.buffer.add("task-1");
			awaitEvents("task-1");
			this.buffer.pollFailure = Status.PERMISSION_DENIED;
			assertThat(watch.completion()).failsWithin(PATIENCE);
		});
		assertThat(log).extracting(LogRecord::getMessage)
			.satisfiesExactly(
					(message) -> assertThat(message).startsWith("Activity is not available, trying again: "
							+ SchedulerUnavailableException.class.getName() + ": PollActivityBuffer at"),
					(message) -> assertThat(message).isEqualTo("Activity is available again"),
					(message) -> assertThat(message).startsWith("Activity is no longer watched: "));
	}

	@Test
	void purgesTasksOfDeliveredEntries() {
		this.buffer.add("task-1", "task-2", "task-1");
		watch(OPTIONS.withPurge(true));
		await().untilAsserted(() -> assertThat(this.buffer.entries()).isEmpty());
		assertThat(this.listener.events).containsExactly("task-1", "task-2", "task-1");
		assertThat(this.buffer.purges()).containsExactly(List.of("task-1", "task-2"));
		awaitPolls(2);
		this.buffer.add("task-1");
		awaitEvents("task-1", "task-2", "task-1", "task-1");
	}

	@Test
	void equalEntryAfterPurgeIsNew() {
		this.buffer.add("task-1");
		AtomicBoolean added = new AtomicBoolean();
		this.scheduler.answers((request) -> {
			var response = this.buffer.apply(request);
			if (response instanceof PurgeActivityResponse && added.compareAndSet(false, true)) {
				this.buffer.add("task-1");
			}
			return response;
		});
		watch(OPTIONS.withPurge(true));
		awaitEvents("task-1", "task-1");
	}

	@Test
	void doesNotPurgeByDefault() {
		this.buffer.add("task-1");
		watch();
		awaitEvents("task-1");
		awaitPolls(2);
		assertThat(this.buffer.purges()).isEmpty();
	}

	@Test
	void repeatsFailedPurgeWithoutSecondDelivery() {
		this.buffer.add("task-1");
		this.buffer.purgeFailure = Status.UNAVAILABLE;
		watch(OPTIONS.withPurge(true));
		await().untilAsserted(() -> assertThat(this.buffer.purges()).hasSizeGreaterThan(3));
		this.buffer.add("task-2");
		awaitEvents("task-1", "outage", "task-2");
		this.buffer.purgeFailure = null;
		awaitEvents("task-1", "outage", "task-2", "recovery");
		assertThat(this.buffer.entries()).isEmpty();
		assertThat(this.listener.failures).singleElement()
			.extracting("operation")
			.isEqualTo(SchedulerOperation.PURGE_ACTIVITY);
	}

	@Test
	void outageOfPurgeEndsWhenThereIsNothingToPurge() {
		this.buffer.add("task-1");
		this.buffer.purgeFailure = Status.UNAVAILABLE;
		watch(OPTIONS.withPurge(true));
		awaitEvents("task-1", "outage");
		this.buffer.entries().clear();
		awaitEvents("task-1", "outage", "recovery");
	}

	@Test
	void pauseDoesNotEndOutageOfPurge() {
		this.buffer.add("task-1");
		this.buffer.purgeFailure = Status.UNAVAILABLE;
		ActivityWatch watch = watch(client(), OPTIONS.withPurge(true), new RecordingActivityListener() {

			@Override
			public void onActivity(ActivityEntry entry) {
				ActivityWatchTests.this.listener.onActivity(entry);
				if (entry.taskId().equals("task-2")) {
					ActivityWatchTests.this.watches.get(0).pause();
				}
			}

			@Override
			public void onOutage(Throwable failure) {
				ActivityWatchTests.this.listener.onOutage(failure);
			}

			@Override
			public void onRecovery() {
				ActivityWatchTests.this.listener.onRecovery();
			}

		});
		awaitEvents("task-1", "outage");
		this.buffer.add("task-2");
		await().until(() -> watch.state() == ActivityWatch.State.PAUSED);
		watch.resume();
		int purges = this.buffer.purges().size();
		await().until(() -> this.buffer.purges().size() > purges + 1);
		assertThat(this.listener.events).containsExactly("task-1", "outage", "task-2");
	}

	@Test
	void purgeThatIsNotPermittedEndsWatch() {
		this.buffer.add("task-1");
		this.buffer.purgeFailure = Status.PERMISSION_DENIED;
		ActivityWatch watch = watch(OPTIONS.withPurge(true));
		assertThat(watch.completion()).failsWithin(PATIENCE);
		assertThat(this.listener.events).containsExactly("task-1", "error");
	}

	@Test
	void reportsEntriesThatPurgeRemovedUnseen() {
		this.buffer.add("task-1", "task-2");
		watch(client(), OPTIONS.withPurge(true), new RecordingActivityListener() {

			@Override
			public void onActivity(ActivityEntry entry) {
				ActivityWatchTests.this.listener.onActivity(entry);
				ActivityWatchTests.this.buffer.add(entry("task-1", "unseen"));
			}

			@Override
			public void onEntriesLost(long entries) {
				ActivityWatchTests.this.listener.onEntriesLost(entries);
			}

		});
		awaitEvents("task-1", "task-2", "lost 2");
	}

	@Test
	void doesNotReportLossIfOthersPurged() {
		this.buffer.add("task-1", "task-2");
		watch(client(), OPTIONS.withPurge(true), new RecordingActivityListener() {

			@Override
			public void onActivity(ActivityEntry entry) {
				ActivityWatchTests.this.listener.onActivity(entry);
				ActivityWatchTests.this.buffer.entries().clear();
			}

			@Override
			public void onEntriesLost(long entries) {
				ActivityWatchTests.this.listener.onEntriesLost(entries);
			}

		});
		await().untilAsserted(() -> assertThat(this.buffer.purges()).hasSize(1));
		awaitPolls(2);
		assertThat(this.listener.events).containsExactly("task-1", "task-2");
	}

	@Test
	void doesNotPurgeTasksWhoseListenerFailed() {
		this.buffer.add("task-1", "task-2");
		this.buffer.add(entry("task-1", "second"));
		watch(client(), OPTIONS.withPurge(true), (entry) -> {
			this.listener.onActivity(entry);
			if (entry.equals(entry("task-1"))) {
				throw new IllegalStateException("broken");
			}
		});
		awaitEvents("task-1", "task-2", "task-1");
		awaitPolls(3);
		assertThat(this.buffer.purges()).containsExactly(List.of("task-2"));
		assertThat(this.buffer.entries()).extracting(ActivityEntry::taskId).containsExactly("task-1", "task-1");
		this.buffer.entries().clear();
		awaitPolls(2);
		this.buffer.add(entry("task-1", "third"));
		await().untilAsserted(
				() -> assertThat(this.buffer.purges()).containsExactly(List.of("task-2"), List.of("task-1")));
	}

	@Test
	void doesNotPurgeSkippedEntries() {
		this.buffer.add("task-1");
		watch(OPTIONS.withPurge(true).withExistingEntries(false));
		awaitPolls(2);
		this.buffer.add("task-2");
		await().untilAsserted(() -> assertThat(this.buffer.purges()).containsExactly(List.of("task-2")));
	}

	@Test
	void doesNotPurgeEntriesWithoutTask() {
		this.buffer.add("", " ");
		watch(OPTIONS.withPurge(true));
		awaitEvents("", " ");
		awaitPolls(2);
		assertThat(this.buffer.purges()).isEmpty();
	}

	@Test
	void closeInListenerPreventsPurge() {
		this.buffer.add("task-1");
		CompletableFuture<ActivityWatch> watch = new CompletableFuture<>();
		watch.complete(watch(client(), OPTIONS.withPurge(true), (entry) -> watch.join().close()));
		assertThat(watch.join().completion()).succeedsWithin(PATIENCE);
		watch(OPTIONS.withPurge(true));
		awaitEvents("task-1");
		await().untilAsserted(() -> assertThat(this.buffer.purges()).hasSize(1));
	}

	@Test
	void manyWatchesNeedFewThreads() {
		int watches = 200;
		CountDownLatch delivered = new CountDownLatch(watches);
		this.buffer.add("task-1");
		for (int i = 0; i < watches; i++) {
			closeLater(client().watchActivity("worker-" + i, OPTIONS.withInterval(LONG),
					(entry) -> delivered.countDown()));
		}
		await().until(() -> delivered.getCount() == 0);
		await().untilAsserted(() -> assertThat(watchThreads()).isEmpty());
	}

	@Test
	void noThreadRemainsAfterClose() {
		ActivityWatch watch = watch();
		awaitPolls(3);
		watch.close();
		await().untilAsserted(() -> assertThat(watchThreads()).isEmpty());
	}

	@Test
	void refusesInvalidArguments() {
		SchedulerClient client = client();
		assertThatIllegalArgumentException().isThrownBy(() -> client.watchActivity(" ", this.listener))
			.withMessage("agentId must not be blank, got ' '");
		assertThatIllegalArgumentException().isThrownBy(() -> client.watchActivity("worker-1", nothing()))
			.withMessage("listener must not be null");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> client.watchActivity("worker-1", nothing(), this.listener))
			.withMessage("options must not be null");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> SchedulerClient.builder(this.scheduler.channel()).watchOptions(nothing()))
			.withMessage("watchOptions must not be null");
	}

	@SuppressWarnings({ "NullAway", "TypeParameterUnusedInFormals" })
	private static <T> T nothing() {
		return null;
	}

	private ActivityWatch watch() {
		return watch(OPTIONS);
	}

	private ActivityWatch watch(WatchOptions options) {
		return watch(client(), options, this.listener);
	}

	private ActivityWatch watch(SchedulerClient client, WatchOptions options, ActivityListener listener) {
		return closeLater(client.watchActivity("worker-1", options, listener));
	}

	private ActivityWatch closeLater(ActivityWatch watch) {
		this.watches.add(watch);
		return watch;
	}

	private SchedulerClient client() {
		return SchedulerClient.create(this.scheduler.channel());
	}

	private SchedulerClient listening(SchedulerCallListener listener) {
		return SchedulerClient.builder(this.scheduler.channel()).listener(listener).build();
	}

	private void awaitEvents(String... events) {
		await().untilAsserted(() -> assertThat(this.listener.events).containsExactly(events));
	}

	private static ConditionFactory await() {
		return Awaitility.await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(2)).atMost(PATIENCE);
	}

	/**
	 * Wait for further polls. The first one may have started before, and the watch may
	 * not have received the answer to the last one yet.
	 */
	private void awaitPolls(int polls) {
		int enough = this.buffer.polls() + polls;
		await().until(() -> this.buffer.polls() >= enough);
	}

	private void awaitOnlyPoll() {
		await().untilAsserted(() -> assertThat(this.buffer.polls()).isEqualTo(1));
	}

	private int pollsOf(String agentId) {
		return (int) this.scheduler.calls()
			.stream()
			.map(ReceivedCall::request)
			.filter((request) -> request instanceof PollActivityBufferRequest poll && poll.getAgentId().equals(agentId))
			.count();
	}

	private static List<String> watchThreads() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.map(Thread::getName)
			.filter((name) -> name.startsWith("sw4rm-scheduler-watch"))
			.toList();
	}

	private static void awaitUninterruptibly(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static List<LogRecord> recordLog(Runnable action) {
		List<LogRecord> records = new CopyOnWriteArrayList<>();
		Handler handler = new Handler() {

			@Override
			public void publish(LogRecord record) {
				records.add(record);
			}

			@Override
			public void flush() {
			}

			@Override
			public void close() {
			}

		};
		Logger logger = Logger.getLogger(ActivityWatch.class.getName());
		logger.addHandler(handler);
		logger.setUseParentHandlers(false);
		try {
			action.run();
		}
		finally {
			logger.setUseParentHandlers(true);
			logger.removeHandler(handler);
		}
		return records;
	}

}
