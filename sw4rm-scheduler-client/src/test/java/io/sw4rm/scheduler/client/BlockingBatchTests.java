package io.sw4rm.scheduler.client;

import java.time.Duration;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import com.google.common.util.concurrent.Uninterruptibles;
import io.grpc.Context;
import io.grpc.Status;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.sw4rm.scheduler.proto.SubmitTaskRequest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link BlockingBatch}, for what {@link SubmitAllTests} doesn't cover.
 */
@Timeout(60)
class BlockingBatchTests {

	@RegisterExtension
	final TestScheduler scheduler = new TestScheduler();

	private final List<TaskOutcome> told = new CopyOnWriteArrayList<>();

	private final BatchOptions options = BatchOptions.defaults()
		.withListener((outcome, progress) -> this.told.add(outcome));

	private final AtomicInteger read = new AtomicInteger();

	@Test
	void sendsNothingBeforeTerminalOperation() {
		Stream<TaskOutcome> outcomes = client().submitAll(this::countingTasks, this.options).filter((outcome) -> true);
		assertThat(this.read).hasValue(0);
		assertThat(this.scheduler.calls()).isEmpty();
		assertThat(outcomes.limit(1)).hasSize(1);
	}

	@Test
	@SuppressWarnings("NullAway")
	void refusesMissingTasks() {
		assertThatIllegalArgumentException().isThrownBy(() -> client().submitAll((Iterable<TaskSubmission>) null))
			.withMessage("tasks must not be null");
		assertThatIllegalArgumentException().isThrownBy(() -> client().submitAll((Stream<TaskSubmission>) null))
			.withMessage("tasks must not be null");
	}

	@Test
	@SuppressWarnings("NullAway")
	void missingTaskFailsAlone() {
		List<TaskOutcome> outcomes = client()
			.submitAll(Arrays.asList(SubmitAllTests.task(0), null, SubmitAllTests.task(2)), this.options.inOrder())
			.toList();
		assertThat(outcomes).extracting(TaskOutcome::status)
			.containsExactly(TaskOutcome.Status.REFUSED, TaskOutcome.Status.FAILED, TaskOutcome.Status.REFUSED);
		assertThat(outcomes.get(1).submission()).isNull();
		assertThat(outcomes.get(1).failure()).isInstanceOf(IllegalArgumentException.class)
			.hasMessage("tasks[1] must not be null");
	}

	@Test
	void submitsWithDefaultOptions() {
		assertThat(client().submitAll(SubmitAllTests.tasks(100))).hasSize(100);
		assertThat(client().submitAll(SubmitAllTests.tasks(100).stream())).hasSize(100);
		assertThat(this.scheduler.calls()).hasSize(200);
	}

	@Test
	void staysSequential() {
		assertThat(client().submitAll(SubmitAllTests.tasks(1000).parallelStream(), this.options).parallel().toList())
			.hasSize(1000);
		assertThat(this.scheduler.calls()).hasSize(1000);
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void earlyEndLosesNoOutcome(boolean ordered) {
		BatchOptions options = ordered ? this.options.inOrder() : this.options;
		assertThat(client().submitAll(this::countingTasks, options).skip(10).findFirst()).isPresent();
		await().untilAsserted(() -> assertThat(this.told).hasSize(this.read.get()));
		assertThat(this.read.get()).isBetween(11, 11 + 63);
		assertThat(this.scheduler.calls()).hasSize(this.read.get());
	}

	@Test
	void earlyEndLeavesNoPermitBehind() {
		SchedulerClientBuilder builder = builder().maxInFlight(2);
		for (int i = 0; i < 50; i++) {
			assertThat(builder.build().submitAll(this::countingTasks, this.options).findFirst()).isPresent();
		}
		await().untilAsserted(() -> assertThat(this.told).hasSize(this.read.get()));
		assertThatPermitsAreFree(builder, 2);
	}

	@Test
	void readsNoFurtherThanAllowed() {
		Iterator<TaskOutcome> outcomes = client().submitAll(this::countingTasks, this.options.withMaxInFlight(5))
			.iterator();
		for (int i = 1; i < 50; i++) {
			outcomes.next();
			assertThat(this.read.get()).isBetween(i, i + 5);
		}
	}

	@Test
	void closeWaitsForCallsInFlight() {
		CountDownLatch held = new CountDownLatch(1);
		this.scheduler.answers((request) -> {
			if (!((SubmitTaskRequest) request).getTaskId().equals("task-0")) {
				Uninterruptibles.awaitUninterruptibly(held);
			}
			return SubmitAllTests.accepted();
		});
		Stream<TaskOutcome> outcomes = client().submitAll(this::countingTasks, this.options.withMaxInFlight(5));
		assertThat(outcomes.iterator().next().index()).isZero();
		CompletableFuture<Void> closed = CompletableFuture.runAsync(outcomes::close,
				(task) -> new Thread(task).start());
		await().until(() -> this.scheduler.calls().size() == 5);
		assertThat(closed).isNotDone();
		held.countDown();
		assertThat(closed).succeedsWithin(Duration.ofSeconds(10));
		assertThat(this.told).hasSize(5)
			.allSatisfy((outcome) -> assertThat(outcome.status()).isEqualTo(TaskOutcome.Status.ACCEPTED));
		assertThat(this.read).hasValue(5);
	}

	@Test
	void closeWaitsNoLongerThanTheDeadline() {
		this.scheduler.hangs();
		Stream<TaskOutcome> outcomes = client().withDeadline(Duration.ofMillis(500))
			.submitAll(this::countingTasks, this.options.withMaxInFlight(5));
		assertThat(outcomes.iterator().next().failure()).isInstanceOf(SchedulerDeadlineExceededException.class);
		outcomes.close();
		assertThat(this.told).hasSize(this.read.get());
	}

	@Test
	void canBeClosedAgain() {
		Stream<TaskOutcome> outcomes = client().submitAll(this::countingTasks, this.options);
		outcomes.iterator().next();
		outcomes.close();
		int read = this.read.get();
		outcomes.close();
		assertThat(this.told).hasSize(read);
		assertThat(this.read).hasValue(read);
	}

	@Test
	void canBeClosedUnused() {
		client().submitAll(this::countingTasks, this.options).close();
		assertThat(this.read).hasValue(0);
		assertThat(this.scheduler.calls()).isEmpty();
	}

	@Test
	void closesSource() {
		AtomicInteger closed = new AtomicInteger();
		Stream<TaskSubmission> tasks = SubmitAllTests.tasks(3).stream().onClose(closed::incrementAndGet);
		try (Stream<TaskOutcome> outcomes = client().submitAll(tasks, this.options)) {
			assertThat(outcomes.toList()).hasSize(3);
			assertThat(closed).hasValue(0);
		}
		assertThat(closed).hasValue(1);
	}

	@Test
	void consumerMayCloseStream() {
		Stream<TaskOutcome> outcomes = client().submitAll(this::countingTasks, this.options);
		AtomicInteger consumed = new AtomicInteger();
		outcomes.forEach((outcome) -> {
			consumed.incrementAndGet();
			outcomes.close();
		});
		assertThat(consumed).hasValue(1);
		assertThat(this.told).hasSize(this.read.get());
	}

	@Test
	void listenerMayCloseStream() {
		AtomicReference<Stream<TaskOutcome>> outcomes = new AtomicReference<>();
		outcomes.set(client().submitAll(this::countingTasks, this.options.withListener((outcome, progress) -> {
			this.told.add(outcome);
			outcomes.get().close();
		})));
		outcomes.get().forEach((outcome) -> {
		});
		await().untilAsserted(() -> assertThat(this.told).hasSize(this.read.get()));
	}

	@Test
	void stopConditionMayCloseStream() {
		AtomicReference<Stream<TaskOutcome>> outcomes = new AtomicReference<>();
		outcomes.set(client().submitAll(this::countingTasks, this.options.stopWhen((outcome) -> {
			outcomes.get().close();
			return true;
		})));
		CompletableFuture<List<TaskOutcome>> consumed = CompletableFuture.supplyAsync(() -> outcomes.get().toList(),
				(task) -> new Thread(task).start());
		assertThat(consumed).succeedsWithin(Duration.ofSeconds(10));
		await().untilAsserted(() -> assertThat(this.told).hasSize(this.read.get()));
	}

	@Test
	void otherThreadMayCloseStreamThatWaits() throws Exception {
		this.scheduler.hangs();
		SchedulerClientBuilder builder = builder().maxInFlight(1);
		CompletableFuture<?> other = builder.buildAsync().shutdownAgent("worker-1");
		Stream<TaskOutcome> outcomes = builder.build().submitAll(this::countingTasks, this.options);
		CompletableFuture<Long> count = CompletableFuture.supplyAsync(outcomes::count,
				(task) -> new Thread(task).start());
		await().until(() -> this.read.get() == 1);
		assertThat(CompletableFuture.runAsync(outcomes::close)).succeedsWithin(Duration.ofSeconds(10));
		assertThat(other).isNotDone();
		assertThat(count.get(10, TimeUnit.SECONDS)).isZero();
		assertThat(this.told).singleElement()
			.satisfies((outcome) -> assertThat(outcome.status()).isEqualTo(TaskOutcome.Status.NOT_SENT));
		other.cancel(true);
		assertThatPermitsAreFree(builder, 1);
	}

	@Test
	void failureOfConsumerLosesNoOutcome() {
		IllegalStateException failure = new IllegalStateException("broken consumer");
		Throwable thrown = catchThrowable(() -> {
			try (Stream<TaskOutcome> outcomes = client().submitAll(this::countingTasks, this.options)) {
				outcomes.forEach((outcome) -> {
					throw failure;
				});
			}
		});
		assertThat(thrown).isSameAs(failure);
		assertThat(this.told).hasSize(this.read.get());
	}

	@Test
	void interruptionCancelsCallsInFlight() throws InterruptedException {
		this.scheduler.hangs();
		Interruptible batch = new Interruptible(builder().maxInFlight(10), SubmitAllTests.tasks(20),
				this.options.withMaxInFlight(4).inOrder());
		for (int i = 0; i < 4; i++) {
			this.scheduler.awaitHangingCall();
		}
		batch.interrupt();
		for (int i = 0; i < 4; i++) {
			this.scheduler.awaitCancelledCall();
		}
		assertThat(batch.outcomes.subList(0, 4)).allSatisfy((outcome) -> assertThat(outcome.failure())
			.isInstanceOf(SchedulerException.class)
			.hasMessageContaining("The calling thread was interrupted")
			.satisfies((ex) -> assertThat(((SchedulerException) ex).getStatusCode()).isEqualTo(Status.Code.CANCELLED)));
		assertThat(batch.outcomes.subList(4, 20))
			.allSatisfy((outcome) -> assertThat(outcome.status()).isEqualTo(TaskOutcome.Status.NOT_SENT));
		assertThat(this.told).hasSize(20);
		assertThat(this.scheduler.calls()).hasSize(4);
		assertThat(batch.flag).isTrue();
		assertThatPermitsAreFree(batch.builder, 10);
	}

	@Test
	void interruptionEndsTheWaitForPermit() throws InterruptedException {
		this.scheduler.hangs();
		SchedulerClientBuilder builder = builder().maxInFlight(1);
		CompletableFuture<?> other = builder.buildAsync().shutdownAgent("worker-1");
		Interruptible batch = new Interruptible(builder, this::fewCountingTasks, this.options);
		await().until(() -> this.read.get() == 1);
		batch.interrupt();
		assertThat(batch.outcomes).hasSize(5)
			.allSatisfy((outcome) -> assertThat(outcome.status()).isEqualTo(TaskOutcome.Status.NOT_SENT));
		assertThat(batch.flag).isTrue();
		other.cancel(true);
		assertThatPermitsAreFree(builder, 1);
	}

	@Test
	void interruptedThreadSendsNothing() {
		List<TaskOutcome> outcomes;
		Thread.currentThread().interrupt();
		try {
			outcomes = client().submitAll(SubmitAllTests.tasks(100), this.options).toList();
		}
		finally {
			assertThat(Thread.interrupted()).isTrue();
		}
		assertThat(outcomes).hasSize(100)
			.allSatisfy((outcome) -> assertThat(outcome.status()).isEqualTo(TaskOutcome.Status.NOT_SENT));
		assertThat(this.scheduler.calls()).isEmpty();
	}

	@Test
	void interruptionWhileClosingCancelsCallsInFlight() throws InterruptedException {
		CountDownLatch end = new CountDownLatch(1);
		AtomicBoolean interrupted = new AtomicBoolean();
		this.scheduler.answers((request) -> {
			if (!((SubmitTaskRequest) request).getTaskId().equals("task-0")) {
				Uninterruptibles.awaitUninterruptibly(end);
			}
			return SubmitAllTests.accepted();
		});
		Thread thread = new Thread(() -> {
			try (Stream<TaskOutcome> outcomes = client().submitAll(this::countingTasks,
					this.options.withMaxInFlight(3))) {
				outcomes.findFirst();
			}
			interrupted.set(Thread.currentThread().isInterrupted());
		});
		thread.start();
		await().until(() -> this.told.size() == 1 && this.scheduler.calls().size() == 3
				&& thread.getState() == Thread.State.WAITING);
		thread.interrupt();
		thread.join(TimeUnit.SECONDS.toMillis(10));
		end.countDown();
		assertThat(thread.isAlive()).isFalse();
		assertThat(interrupted).isTrue();
		assertThat(this.told).extracting(TaskOutcome::status)
			.containsExactly(TaskOutcome.Status.ACCEPTED, TaskOutcome.Status.FAILED, TaskOutcome.Status.FAILED);
	}

	@Test
	void sourceThatBlocksDoesNotDelayListener() throws InterruptedException {
		CountDownLatch third = new CountDownLatch(1);
		Iterable<TaskSubmission> tasks = () -> IntStream.range(0, 3).peek((task) -> {
			if (task == 2) {
				Uninterruptibles.awaitUninterruptibly(third);
			}
		}).mapToObj(SubmitAllTests::task).iterator();
		Interruptible batch = new Interruptible(builder(), tasks, this.options);
		await().until(() -> this.told.size() == 2);
		third.countDown();
		batch.thread.join();
		assertThat(batch.outcomes).hasSize(3);
	}

	@Test
	void deadlineOfGrpcContextApplies() {
		Context.CancellableContext context = Context.current().withCancellation();
		this.scheduler.hangs();
		CompletableFuture<List<TaskOutcome>> outcomes = CompletableFuture.supplyAsync(
				() -> client().submitAll(SubmitAllTests.tasks(2), this.options).toList(),
				(task) -> new Thread(context.wrap(task)).start());
		this.scheduler.awaitHangingCall();
		context.cancel(null);
		assertThat(outcomes).succeedsWithin(Duration.ofSeconds(10))
			.satisfies((list) -> assertThat(list)
				.allSatisfy((outcome) -> assertThat(outcome.status()).isEqualTo(TaskOutcome.Status.FAILED)));
	}

	@Test
	void outcomesComeOutsideOfTheScopesOfCalls() {
		ThreadLocal<Integer> scopes = ThreadLocal.withInitial(() -> 0);
		SchedulerClient client = builder().listener(new SchedulerCallListener() {

			@Override
			public void onScopeOpened(SchedulerCall call) {
				scopes.set(scopes.get() + 1);
			}

			@Override
			public void onScopeClosed(SchedulerCall call) {
				scopes.set(scopes.get() - 1);
			}

		}).build();
		List<Integer> seen = new CopyOnWriteArrayList<>();
		client
			.submitAll(SubmitAllTests.tasks(100),
					this.options.withListener((outcome, progress) -> seen.add(scopes.get())))
			.toList();
		assertThat(seen).hasSize(100).containsOnly(0);
	}

	private void assertThatPermitsAreFree(SchedulerClientBuilder builder, int permits) {
		this.scheduler.hangs();
		AsyncSchedulerClient client = builder.buildAsync();
		List<CompletableFuture<ShutdownResult>> calls = Stream.generate(() -> client.shutdownAgent("worker-1"))
			.limit(permits)
			.toList();
		assertThat(calls).allSatisfy((call) -> assertThat(call).isNotDone());
		assertThat(client.shutdownAgent("worker-1")).isCompletedExceptionally();
		calls.forEach((call) -> call.cancel(true));
	}

	private Iterator<TaskSubmission> countingTasks() {
		return Stream.generate(this.read::getAndIncrement).map(SubmitAllTests::task).iterator();
	}

	private Iterator<TaskSubmission> fewCountingTasks() {
		return Stream.generate(this.read::getAndIncrement).limit(5).map(SubmitAllTests::task).iterator();
	}

	private SchedulerClient client() {
		return builder().build();
	}

	private SchedulerClientBuilder builder() {
		return SchedulerClient.builder(this.scheduler.channel());
	}

	/**
	 * A batch on a thread of its own.
	 */
	private static final class Interruptible {

		private final SchedulerClientBuilder builder;

		private final List<TaskOutcome> outcomes = new CopyOnWriteArrayList<>();

		private final Thread thread;

		private boolean flag;

		Interruptible(SchedulerClientBuilder builder, Iterable<TaskSubmission> tasks, BatchOptions options) {
			this.builder = builder;
			this.thread = new Thread(() -> {
				builder.build().submitAll(tasks, options).forEach(this.outcomes::add);
				this.flag = Thread.currentThread().isInterrupted();
			});
			this.thread.start();
		}

		void interrupt() throws InterruptedException {
			this.thread.interrupt();
			this.thread.join(TimeUnit.SECONDS.toMillis(10));
			assertThat(this.thread.isAlive()).isFalse();
		}

	}

}
