package io.sw4rm.scheduler.client;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;

import io.grpc.Status;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.Disposable;

import static io.sw4rm.scheduler.client.ActivityBuffer.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * Tests for {@link ActivityAwaiter}.
 */
@Timeout(60)
class ActivityAwaiterTests {

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	private static final Predicate<ActivityEntry> DONE = (entry) -> entry.description().equals("done");

	@RegisterExtension
	final TestScheduler scheduler = new TestScheduler();

	private final ActivityBuffer buffer = new ActivityBuffer();

	@BeforeEach
	void serveBuffer() {
		this.scheduler.answers(this.buffer);
	}

	@ParameterizedTest
	@EnumSource
	void returnsExistingEntry(ClientStyle style) {
		this.buffer.add(entry("task-1", "started"));
		this.buffer.add(entry("task-2", "done"));
		this.buffer.add(entry("task-1", "done"));
		assertThat(style.build(builder()).awaitActivity("worker-1", "task-1", DONE, PATIENCE))
			.isEqualTo(entry("task-1", "done"));
		assertThat(this.buffer.polls()).isEqualTo(1);
	}

	@ParameterizedTest
	@EnumSource
	void waitsForEntry(ClientStyle style) {
		this.buffer.add(entry("task-1", "started"));
		SchedulerClient client = style.build(builder());
		CompletableFuture<ActivityEntry> result = CompletableFuture
			.supplyAsync(() -> client.awaitActivity("worker-1", "task-1", DONE, PATIENCE));
		awaitPolls(3);
		assertThat(result).isNotDone();
		this.buffer.add(entry("task-1", "done"));
		assertThat(result).succeedsWithin(PATIENCE).isEqualTo(entry("task-1", "done"));
	}

	@ParameterizedTest
	@EnumSource
	void waitsDuringOutage(ClientStyle style) {
		this.buffer.add(entry("task-1", "done"));
		this.buffer.pollFailure = Status.UNAVAILABLE;
		SchedulerClient client = style.build(builder());
		CompletableFuture<ActivityEntry> result = CompletableFuture
			.supplyAsync(() -> client.awaitActivity("worker-1", "task-1", DONE, PATIENCE));
		awaitPolls(3);
		this.buffer.pollFailure = null;
		assertThat(result).succeedsWithin(PATIENCE);
	}

	@ParameterizedTest
	@EnumSource
	void otherFailuresEndWait(ClientStyle style) {
		this.buffer.pollFailure = Status.PERMISSION_DENIED;
		assertThatExceptionOfType(SchedulerPermissionDeniedException.class)
			.isThrownBy(() -> style.build(builder()).awaitActivity("worker-1", "task-1", DONE, PATIENCE));
	}

	@ParameterizedTest
	@EnumSource
	void exceptionOfConditionEndsWait(ClientStyle style) {
		this.buffer.add("task-1");
		IllegalStateException failure = new IllegalStateException("broken");
		SchedulerClient client = style.build(builder());
		assertThat(catchThrowable(() -> client.awaitActivity("worker-1", "task-1", (entry) -> {
			throw failure;
		}, PATIENCE))).isSameAs(failure);
	}

	@ParameterizedTest
	@EnumSource
	void neverPurges(ClientStyle style) {
		this.buffer.add(entry("task-1", "started"));
		WatchOptions purging = options().withPurge(true).withExistingEntries(false);
		SchedulerClient client = style.build(builder().watchOptions(purging));
		CompletableFuture<ActivityEntry> result = CompletableFuture
			.supplyAsync(() -> client.awaitActivity("worker-1", "task-1", DONE, PATIENCE));
		awaitPolls(3);
		this.buffer.add(entry("task-1", "done"));
		assertThat(result).succeedsWithin(PATIENCE);
		assertThat(client.awaitActivity("worker-1", "task-1", DONE, PATIENCE, purging))
			.isEqualTo(entry("task-1", "done"));
		assertThat(this.buffer.purges()).isEmpty();
	}

	@ParameterizedTest
	@EnumSource
	void refusesInvalidArguments(ClientStyle style) {
		SchedulerClient client = style.build(builder());
		assertThatIllegalArgumentException().isThrownBy(() -> client.awaitActivity(" ", "task-1", DONE, PATIENCE))
			.withMessage("agentId must not be blank, got ' '");
		assertThatIllegalArgumentException().isThrownBy(() -> client.awaitActivity("worker-1", " ", DONE, PATIENCE))
			.withMessage("taskId must not be blank, got ' '");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> client.awaitActivity("worker-1", "task-1", nothing(), PATIENCE))
			.withMessage("condition must not be null");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> client.awaitActivity("worker-1", "task-1", DONE, PATIENCE, nothing()))
			.withMessage("options must not be null");
		assertThat(this.buffer.polls()).isZero();
	}

	@Test
	void timeoutMustBePositive() {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> builder().build().awaitActivity("worker-1", "task-1", DONE, Duration.ZERO))
			.withMessage("timeout must be positive, got PT0S");
		assertThat(this.buffer.polls()).isZero();
	}

	@Test
	void veryLongTimeoutIsPossible() {
		this.buffer.add(entry("task-1", "done"));
		assertThat(builder().build()
			.awaitActivity("worker-1", "task-1", DONE, Duration.ofSeconds(Long.MAX_VALUE),
					options().withInterval(Duration.ofSeconds(Long.MAX_VALUE))))
			.isNotNull();
	}

	@Test
	void timeoutThrowsException() {
		this.buffer.add(entry("task-1", "started"));
		Duration timeout = Duration.ofMillis(50);
		assertThatExceptionOfType(ActivityTimeoutException.class)
			.isThrownBy(() -> builder().build().awaitActivity("worker-1", "task-1", DONE, timeout))
			.withMessage("No matching activity of task 'task-1' at agent 'worker-1' within PT0.05S: the entry does not "
					+ "exist yet, was purged, or was refused by a full buffer")
			.withNoCause()
			.satisfies((ex) -> {
				assertThat(ex.getAgentId()).isEqualTo("worker-1");
				assertThat(ex.getTaskId()).isEqualTo("task-1");
				assertThat(ex.getTimeout()).isEqualTo(timeout);
			});
	}

	@Test
	void timeoutDuringOutageNamesTheCause() {
		connect();
		this.buffer.pollFailure = Status.UNAVAILABLE;
		SchedulerClient client = builder().build();
		CompletableFuture<ActivityEntry> result = CompletableFuture
			.supplyAsync(() -> client.awaitActivity("worker-1", "task-1", DONE, Duration.ofSeconds(4)));
		awaitPolls(1);
		assertThat(result).failsWithin(PATIENCE)
			.withThrowableThat()
			.havingCause()
			.isInstanceOf(ActivityTimeoutException.class)
			.withMessageContaining("the activity buffer is not available: PollActivityBuffer at ")
			.withCauseInstanceOf(SchedulerUnavailableException.class);
	}

	@Test
	void timeoutAfterOutageDoesNotNameTheOutage() {
		connect();
		this.buffer.pollFailure = Status.UNAVAILABLE;
		SchedulerClient client = builder().build();
		CompletableFuture<ActivityEntry> result = CompletableFuture
			.supplyAsync(() -> client.awaitActivity("worker-1", "task-1", DONE, Duration.ofSeconds(4)));
		awaitPolls(1);
		this.buffer.pollFailure = null;
		assertThat(result).failsWithin(PATIENCE).withThrowableThat().havingCause().withNoCause();
	}

	@Test
	void timeoutStopsPolling() {
		connect();
		this.scheduler.hangs();
		assertThatExceptionOfType(ActivityTimeoutException.class)
			.isThrownBy(() -> builder().build().awaitActivity("worker-1", "task-1", DONE, Duration.ofSeconds(2)));
		this.scheduler.awaitHangingCall();
		this.scheduler.awaitCancelledCall();
	}

	@Test
	void timeoutNamesFailureWithoutMessage() {
		connect();
		this.scheduler.fails(Status.UNAVAILABLE);
		SchedulerClient client = builder().exceptionTranslator((exception) -> new UnsupportedOperationException())
			.build();
		assertThatExceptionOfType(ActivityTimeoutException.class)
			.isThrownBy(() -> client.awaitActivity("worker-1", "task-1", DONE, Duration.ofSeconds(2)))
			.withMessageEndingWith("the activity buffer is not available: java.lang.UnsupportedOperationException");
	}

	@Test
	void interruptEndsWait() {
		IllegalStateException translated = new IllegalStateException("translated");
		AtomicReference<SchedulerException> original = new AtomicReference<>();
		SchedulerClient client = builder().exceptionTranslator((exception) -> {
			original.set(exception);
			return translated;
		}).build();
		assertThat(failureOfInterruptedWait(client)).isSameAs(translated);
		assertThat(original.get().getStatusCode()).isEqualTo(Status.Code.CANCELLED);
		assertThat(original.get()).hasMessageStartingWith(
				"PollActivityBuffer at %s failed: ".formatted(this.scheduler.channel().authority()));
		this.scheduler.awaitCancelledCall();
	}

	@Test
	@SuppressWarnings("NullAway")
	void interruptIsKnownIfTranslatorReturnsNull() {
		SchedulerClient client = builder().exceptionTranslator((exception) -> null).build();
		assertThat(failureOfInterruptedWait(client)).hasMessage("The exception translator returned null")
			.extracting(Throwable::getSuppressed, InstanceOfAssertFactories.array(Throwable[].class))
			.hasOnlyElementsOfType(SchedulerException.class);
	}

	private Throwable failureOfInterruptedWait(SchedulerClient client) {
		this.scheduler.hangs();
		Thread waiting = Thread.currentThread();
		CompletableFuture<Void> interruption = CompletableFuture.runAsync(() -> {
			this.scheduler.awaitHangingCall();
			waiting.interrupt();
		});
		Throwable failure = catchThrowable(() -> client.awaitActivity("worker-1", "task-1", DONE, PATIENCE));
		assertThat(Thread.interrupted()).isTrue();
		assertThat(interruption).succeedsWithin(PATIENCE);
		return failure;
	}

	@Test
	void cancellationStopsPolling() {
		this.scheduler.hangs();
		CompletableFuture<ActivityEntry> result = builder().buildAsync().awaitActivity("worker-1", "task-1", DONE);
		this.scheduler.awaitHangingCall();
		result.cancel(true);
		this.scheduler.awaitCancelledCall();
	}

	@Test
	void cancelledSubscriptionStopsPolling() {
		this.scheduler.hangs();
		Disposable subscription = builder().buildReactive().awaitActivity("worker-1", "task-1", DONE).subscribe();
		this.scheduler.awaitHangingCall();
		subscription.dispose();
		this.scheduler.awaitCancelledCall();
	}

	@Test
	void resultStopsPolling() {
		this.buffer.add(entry("task-1", "done"));
		assertThat(builder().buildAsync().withMetadata("x-watch", "first").awaitActivity("worker-1", "task-1", DONE))
			.succeedsWithin(PATIENCE);
		this.buffer.add("task-2");
		CompletableFuture<ActivityEntry> other = builder().buildAsync()
			.awaitActivity("worker-1", "task-2", (entry) -> entry.description().equals("done"));
		awaitPolls(10);
		this.buffer.add(entry("task-2", "done"));
		assertThat(other).succeedsWithin(PATIENCE);
		assertThat(this.scheduler.calls().stream().filter((call) -> call.headers("x-watch").equals(List.of("first"))))
			.hasSize(1);
	}

	@Test
	void invalidArgumentEndsFuture() {
		CompletableFuture<ActivityEntry> result = builder().buildAsync().awaitActivity("worker-1", " ", DONE);
		assertThatExceptionOfType(CompletionException.class).isThrownBy(result::join)
			.withCauseInstanceOf(IllegalArgumentException.class);
	}

	private SchedulerClientBuilder builder() {
		return SchedulerClient.builder(this.scheduler.channel()).watchOptions(options());
	}

	private static WatchOptions options() {
		return WatchOptions.defaults().withInterval(Duration.ofMillis(2)).withMaxBackoff(Duration.ofMillis(5));
	}

	private static ConditionFactory await() {
		return Awaitility.await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(2)).atMost(PATIENCE);
	}

	private void connect() {
		builder().build().purgeAllActivity("worker-1");
	}

	private void awaitPolls(int polls) {
		int enough = this.buffer.polls() + polls;
		await().until(() -> this.buffer.polls() >= enough);
	}

	@SuppressWarnings({ "NullAway", "TypeParameterUnusedInFormals" })
	private static <T> T nothing() {
		return null;
	}

}
