package io.sw4rm.scheduler.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import com.google.common.util.concurrent.Uninterruptibles;
import com.google.protobuf.Message;
import io.grpc.Status;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.sw4rm.scheduler.proto.SubmitTaskRequest;
import io.sw4rm.scheduler.proto.SubmitTaskResponse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

/**
 * Tests for batches, for what holds for all styles of clients.
 */
@ParameterizedClass
@EnumSource(ClientStyle.class)
@Timeout(60)
class SubmitAllTests {

	@RegisterExtension
	final TestScheduler scheduler = new TestScheduler();

	private final List<TaskOutcome> told = new CopyOnWriteArrayList<>();

	private final List<BatchProgress> progress = new CopyOnWriteArrayList<>();

	private final BatchOptions options = BatchOptions.defaults().withListener((outcome, progress) -> {
		this.told.add(outcome);
		this.progress.add(progress);
	});

	private final ClientStyle style;

	SubmitAllTests(ClientStyle style) {
		this.style = style;
	}

	@Test
	void eachTaskHasOneOutcome() {
		answers((task) -> switch (task % 3) {
			case 0 -> accepted();
			case 1 -> SubmitTaskResponse.newBuilder().setReason("no " + task).build();
			default -> throw Status.UNAVAILABLE.withDescription("no " + task).asRuntimeException();
		});
		List<TaskSubmission> tasks = tasks(300);
		List<TaskOutcome> outcomes = submitAll(tasks, this.options);
		assertThat(outcomes).hasSize(300).containsExactlyInAnyOrderElementsOf(this.told);
		assertThat(this.scheduler.calls()).hasSize(300);
		for (TaskOutcome outcome : outcomes) {
			int task = (int) outcome.index();
			assertThat(outcome.submission()).isSameAs(tasks.get(task));
			assertThat(outcome.status()).isEqualTo(TaskOutcome.Status.values()[task % 3]);
			if (task % 3 == 2) {
				assertThat(outcome.failure()).isInstanceOf(SchedulerUnavailableException.class)
					.hasMessageContaining("no " + task);
			}
			else {
				assertThat(outcome.result()).isEqualTo(
						new SubmitTaskResult("task-" + task, task % 3 == 0, (task % 3 == 0) ? "" : "no " + task));
			}
		}
		assertThat(this.progress).last().isEqualTo(new BatchProgress(100, 100, 100, 0, 0));
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 1, 2, 63, 64, 65 })
	void submitsAnyNumberOfTasks(int count) {
		answers((task) -> accepted());
		assertThat(submitAll(tasks(count), this.options)).extracting(TaskOutcome::index)
			.containsExactlyInAnyOrderElementsOf(IntStream.range(0, count).mapToObj(Long::valueOf).toList());
		assertThat(this.scheduler.calls()).hasSize(count);
	}

	@Test
	void submitsTasksOfStream() {
		answers((task) -> accepted());
		List<TaskSubmission> tasks = tasks(100);
		assertThat(client(builder()).submitAll(tasks.stream(), this.options.inOrder()))
			.extracting(TaskOutcome::submission)
			.containsExactlyElementsOf(tasks);
	}

	@Test
	void progressAddsUp() {
		answers((task) -> accepted());
		submitAll(tasks(100), this.options.withMaxInFlight(7));
		assertThat(this.progress).hasSize(100);
		for (int i = 0; i < 100; i++) {
			BatchProgress progress = this.progress.get(i);
			assertThat(progress.outcomes()).isEqualTo(i + 1);
			assertThat(progress.accepted()).isEqualTo(i + 1);
			assertThat(progress.inFlight()).isBetween(0, 7);
		}
	}

	@Test
	void outcomesComeAsTheyCome() {
		CountDownLatch answered = new CountDownLatch(3);
		answers((task) -> {
			if (task == 0) {
				Uninterruptibles.awaitUninterruptibly(answered);
			}
			return accepted();
		});
		List<TaskOutcome> outcomes = submitAll(tasks(8),
				BatchOptions.defaults().withListener((outcome, progress) -> answered.countDown()).withMaxInFlight(4));
		assertThat(outcomes).hasSize(8);
		assertThat(outcomes.subList(0, 3)).extracting(TaskOutcome::index).doesNotContain(0L);
	}

	@Test
	void outcomesComeInOrderIfAskedTo() {
		CountDownLatch answered = new CountDownLatch(3);
		answers((task) -> {
			if (task == 0) {
				Uninterruptibles.awaitUninterruptibly(answered);
			}
			return accepted();
		});
		List<TaskOutcome> outcomes = submitAll(tasks(8),
				this.options.withListener((outcome, progress) -> answered.countDown()).withMaxInFlight(4).inOrder());
		assertThat(outcomes).extracting(TaskOutcome::index).containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L);
	}

	@Test
	void outcomeThatWaitsForItsTurnIsInFlight() {
		CountDownLatch answered = new CountDownLatch(3);
		answers((task) -> {
			if (task == 0) {
				Uninterruptibles.awaitUninterruptibly(answered);
				assertThat(this.scheduler.calls()).hasSize(4);
			}
			return accepted();
		});
		List<TaskOutcome> outcomes = submitAll(tasks(100),
				this.options.withListener((outcome, progress) -> answered.countDown()).withMaxInFlight(4).inOrder());
		assertThat(outcomes).hasSize(100)
			.allSatisfy((outcome) -> assertThat(outcome.status()).isEqualTo(TaskOutcome.Status.ACCEPTED));
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void sendsAsManyTasksAtTheSameTimeAsAllowed(boolean ordered) {
		CyclicBarrier three = new CyclicBarrier(3);
		AtomicInteger inFlight = new AtomicInteger();
		answers((task) -> {
			assertThat(inFlight.incrementAndGet()).isLessThanOrEqualTo(3);
			awaitAll(three);
			inFlight.decrementAndGet();
			return accepted();
		});
		BatchOptions options = ordered ? this.options.inOrder() : this.options;
		assertThat(submitAll(tasks(30), options.withMaxInFlight(3))).hasSize(30)
			.allSatisfy((outcome) -> assertThat(outcome.status()).isEqualTo(TaskOutcome.Status.ACCEPTED));
	}

	@Test
	void sendsOneTaskAfterTheOther() {
		answers((task) -> accepted());
		submitAll(tasks(50), this.options.withMaxInFlight(1));
		assertThat(this.scheduler.calls()).extracting((call) -> ((SubmitTaskRequest) call.request()).getTaskId())
			.containsExactlyElementsOf(tasks(50).stream().map(TaskSubmission::taskId).toList());
	}

	@Test
	void stopsAtFirstRefusal() {
		answers((task) -> (task == 5) ? SubmitTaskResponse.getDefaultInstance() : accepted());
		assertThatStopsAt(5, TaskOutcome.Status.REFUSED, this.options.stopOnRefusalOrFailure());
	}

	@Test
	void stopsAtFirstFailure() {
		answers((task) -> {
			if (task == 5) {
				throw Status.INTERNAL.asRuntimeException();
			}
			return (task == 2) ? SubmitTaskResponse.getDefaultInstance() : accepted();
		});
		assertThatStopsAt(5, TaskOutcome.Status.FAILED, this.options.stopOnFailure());
	}

	@Test
	void stopsAtFailureIfItStopsAtRefusals() {
		answers((task) -> {
			throw Status.INTERNAL.asRuntimeException();
		});
		assertThatStopsAt(0, TaskOutcome.Status.FAILED, this.options.stopOnRefusalOrFailure());
	}

	@Test
	void stopsIfStopConditionThrows() {
		answers((task) -> accepted());
		assertThatStopsAt(5, TaskOutcome.Status.ACCEPTED, this.options.stopWhen((outcome) -> {
			if (outcome.index() == 5) {
				throw new AssertionError("broken condition");
			}
			return false;
		}));
	}

	private void assertThatStopsAt(int index, TaskOutcome.Status status, BatchOptions options) {
		List<TaskOutcome> outcomes = submitAll(tasks(100), options.withMaxInFlight(1).inOrder());
		assertThat(outcomes).hasSize(100).containsExactlyElementsOf(this.told);
		assertThat(outcomes.get(index).status()).isEqualTo(status);
		assertThat(outcomes).extracting(TaskOutcome::index).isSorted();
		assertThat(outcomes.subList(0, index))
			.noneSatisfy((outcome) -> assertThat(outcome.status()).isEqualTo(TaskOutcome.Status.NOT_SENT));
		assertThat(outcomes.subList(index + 1, 100))
			.allSatisfy((outcome) -> assertThat(outcome.status()).isEqualTo(TaskOutcome.Status.NOT_SENT));
		assertThat(this.scheduler.calls()).hasSize(index + 1);
		assertThat(this.progress).last()
			.satisfies((progress) -> assertThat(progress.notSent()).isEqualTo(100 - index - 1));
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void callsInFlightAreAnsweredAfterTheStop(boolean ordered) {
		CountDownLatch stopped = new CountDownLatch(1);
		CyclicBarrier four = new CyclicBarrier(4);
		answers((task) -> {
			awaitAll(four);
			if (task == 2) {
				throw Status.INTERNAL.asRuntimeException();
			}
			Uninterruptibles.awaitUninterruptibly(stopped);
			return accepted();
		});
		BatchOptions options = this.options.withMaxInFlight(4).stopWhen((outcome) -> {
			stopped.countDown();
			return true;
		});
		List<TaskOutcome> outcomes = submitAll(tasks(20), ordered ? options.inOrder() : options);
		assertThat(outcomes).hasSize(20);
		assertThat(this.progress).last().isEqualTo(new BatchProgress(3, 0, 1, 16, 0));
		assertThat(this.scheduler.calls()).hasSize(4);
	}

	@Test
	void failureOfListenerHasNoEffect() {
		answers((task) -> accepted());
		List<TaskOutcome> outcomes = submitAll(tasks(100), this.options.withListener((outcome, progress) -> {
			throw new AssertionError("broken listener");
		}));
		assertThat(outcomes).hasSize(100)
			.allSatisfy((outcome) -> assertThat(outcome.status()).isEqualTo(TaskOutcome.Status.ACCEPTED));
	}

	@Test
	void taskThatCannotBeConvertedFailsAlone() {
		answers((task) -> accepted());
		List<TaskSubmission> tasks = tasks(100);
		tasks.set(50, TaskSubmission.forAgent("worker-1").params(42).build());
		assertThatOnlyTaskFails(submitAll(tasks, this.options.inOrder()),
				"params of type java.lang.Integer can't be sent");
	}

	@Test
	void tooLargeTaskFailsAlone() {
		answers((task) -> accepted());
		List<TaskSubmission> tasks = tasks(100);
		tasks.set(50, TaskSubmission.forAgent("worker-1").params(new byte[1000]).build());
		assertThatOnlyTaskFails(
				client(builder().maxOutboundMessageSize(900)).submitAll(tasks, this.options.inOrder()).toList(),
				"SubmitTaskRequest must not be larger than 900 bytes");
	}

	private void assertThatOnlyTaskFails(List<TaskOutcome> outcomes, String message) {
		TaskOutcome failed = outcomes.get(50);
		assertThat(failed.status()).isEqualTo(TaskOutcome.Status.FAILED);
		assertThat(failed.failure()).isInstanceOf(IllegalArgumentException.class).hasMessageStartingWith(message);
		assertThat(this.progress).last().isEqualTo(new BatchProgress(99, 0, 1, 0, 0));
		assertThat(this.scheduler.calls()).hasSize(99);
	}

	@Test
	void manyTasksThatCannotBeSentFail() {
		List<TaskSubmission> tasks = Collections.nCopies(20_000,
				TaskSubmission.forAgent("worker-1").params(42).build());
		assertThat(submitAll(tasks, this.options.withListener((outcome, progress) -> {
		}))).hasSize(20_000).allSatisfy((outcome) -> assertThat(outcome.status()).isEqualTo(TaskOutcome.Status.FAILED));
		assertThat(this.scheduler.calls()).isEmpty();
	}

	@Test
	void failureOfSourceComesAfterTheOutcomes() {
		answers((task) -> accepted());
		IllegalStateException failure = new IllegalStateException("broken source");
		Iterable<TaskSubmission> tasks = () -> Stream.concat(tasks(10).stream(), Stream.of(1).map((task) -> {
			throw failure;
		})).map(TaskSubmission.class::cast).iterator();
		assertThat(catchThrowable(() -> submitAll(tasks, this.options))).isSameAs(failure);
		assertThat(this.progress).last().isEqualTo(new BatchProgress(10, 0, 0, 0, 0));
	}

	@Test
	void failureToOpenSourceEndsBatch() {
		IllegalStateException failure = new IllegalStateException("broken source");
		Iterable<TaskSubmission> tasks = () -> {
			throw failure;
		};
		assertThat(catchThrowable(() -> submitAll(tasks, this.options))).isSameAs(failure);
	}

	@Test
	@SuppressWarnings("NullAway")
	void refusesMissingArguments() {
		SchedulerClient client = client(builder());
		assertThatIllegalArgumentException().isThrownBy(() -> client.submitAll(tasks(1), null).toList())
			.withMessage("options must not be null");
		assertThat(this.scheduler.calls()).isEmpty();
	}

	@Test
	void translatesExceptions() {
		this.scheduler.fails(Status.NOT_FOUND);
		UnsupportedOperationException translated = new UnsupportedOperationException();
		assertThat(client(builder().exceptionTranslator((exception) -> translated)).submitAll(tasks(3), this.options))
			.hasSize(3)
			.allSatisfy((outcome) -> assertThat(outcome.failure()).isSameAs(translated));
	}

	@Test
	void usesSettingsOfDerivedClient() {
		client(builder()).withDeadline(Duration.ofHours(1))
			.withMetadata("x-tenant", "acme")
			.submitAll(tasks(3), this.options)
			.toList();
		assertThat(this.scheduler.calls()).hasSize(3).allSatisfy((call) -> {
			assertThat(call.headers("x-tenant")).containsExactly("acme");
			assertThat(call.timeRemaining()).isGreaterThan(Duration.ofMinutes(50));
		});
	}

	@Test
	void eachTaskHasItsOwnDeadline() {
		DeadlineRecorder recorder = new DeadlineRecorder();
		client(builder().intercept(recorder)).withDeadline(Duration.ofMinutes(1))
			.submitAll(tasks(2), this.options.withMaxInFlight(1))
			.toList();
		recorder.assertThatSecondIsLater();
	}

	@Test
	void tellsAttempts() {
		AtomicInteger attempts = new AtomicInteger();
		answers((task) -> {
			if (attempts.incrementAndGet() < 3) {
				throw Status.UNAVAILABLE.asRuntimeException();
			}
			return accepted();
		});
		try (RetryingChannel channel = new RetryingChannel(this.scheduler.address())) {
			List<TaskOutcome> outcomes = client(SchedulerClient.builder(channel.get()))
				.submitAll(tasks(1), this.options)
				.toList();
			assertThat(outcomes).singleElement()
				.satisfies((outcome) -> assertThat(outcome.result())
					.isEqualTo(new SubmitTaskResult("task-0", true, "", 3)));
		}
	}

	@Test
	void waitsForPermitsThatOthersHold() throws Exception {
		CountDownLatch others = new CountDownLatch(1);
		this.scheduler.answers((request) -> {
			if (request instanceof SubmitTaskRequest) {
				return accepted();
			}
			Uninterruptibles.awaitUninterruptibly(others);
			throw Status.NOT_FOUND.asRuntimeException();
		});
		List<SchedulerCall> calls = new CopyOnWriteArrayList<>();
		SchedulerClientBuilder builder = builder().maxInFlight(2);
		AsyncSchedulerClient other = builder.copy().buildAsync();
		CompletableFuture<?> first = other.shutdownAgent("worker-1");
		CompletableFuture<?> second = other.shutdownAgent("worker-1");
		SchedulerClient client = client(builder.listener(recording(calls)));
		CompletableFuture<List<TaskOutcome>> outcomes = CompletableFuture
			.supplyAsync(() -> client.submitAll(tasks(20), this.options).toList(), (task) -> new Thread(task).start());
		await().until(() -> this.scheduler.calls().size() == 2);
		assertThat(outcomes).isNotDone();
		assertThat(calls).isEmpty();
		others.countDown();
		assertThat(outcomes.get(10, TimeUnit.SECONDS)).hasSize(20)
			.allSatisfy((outcome) -> assertThat(outcome.status()).isEqualTo(TaskOutcome.Status.ACCEPTED));
		assertThat(calls).hasSize(20);
		assertThat(first).failsWithin(Duration.ofSeconds(10));
		assertThat(second).failsWithin(Duration.ofSeconds(10));
		assertThatPermitsAreFree(builder, 2);
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void usesFreePermitWhileOutcomeIsAwaited(boolean ordered) {
		CountDownLatch others = new CountDownLatch(3);
		answers((task) -> {
			if (task == 0) {
				Uninterruptibles.awaitUninterruptibly(others);
			}
			others.countDown();
			return accepted();
		});
		BatchOptions options = this.options.withMaxInFlight(4);
		List<TaskOutcome> outcomes = client(builder().maxInFlight(2))
			.submitAll(tasks(4), ordered ? options.inOrder() : options)
			.toList();
		assertThat(outcomes).hasSize(4)
			.allSatisfy((outcome) -> assertThat(outcome.status()).isEqualTo(TaskOutcome.Status.ACCEPTED));
	}

	@Test
	void emptyBatchNeedsNoPermit() throws Exception {
		this.scheduler.hangs();
		SchedulerClientBuilder builder = builder().maxInFlight(1);
		CompletableFuture<?> other = builder.buildAsync().shutdownAgent("worker-1");
		CompletableFuture<List<TaskOutcome>> outcomes = CompletableFuture
			.supplyAsync(() -> client(builder).submitAll(List.<TaskSubmission>of(), this.options).toList());
		assertThat(outcomes.get(10, TimeUnit.SECONDS)).isEmpty();
		assertThat(other).isNotDone();
		other.cancel(true);
		assertThatPermitsAreFree(builder, 1);
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 3 })
	void batchesShareTheLimit(int limit) {
		AtomicInteger inFlight = new AtomicInteger();
		answers((task) -> {
			assertThat(inFlight.incrementAndGet()).isLessThanOrEqualTo(limit);
			inFlight.decrementAndGet();
			return accepted();
		});
		SchedulerClientBuilder builder = builder().maxInFlight(limit);
		List<CompletableFuture<List<TaskOutcome>>> batches = Stream.generate(() -> client(builder))
			.limit(3)
			.map((client) -> CompletableFuture.supplyAsync(
					() -> client.submitAll(tasks(200), BatchOptions.defaults()).toList(),
					(task) -> new Thread(task).start()))
			.toList();
		assertThat(batches).allSatisfy((batch) -> assertThat(batch.get(30, TimeUnit.SECONDS)).hasSize(200)
			.allSatisfy((outcome) -> assertThat(outcome.status()).isEqualTo(TaskOutcome.Status.ACCEPTED)));
		assertThatPermitsAreFree(builder, limit);
	}

	@Test
	void stoppedBatchNeedsNoFurtherPermits() {
		answers((task) -> SubmitTaskResponse.getDefaultInstance());
		SchedulerClientBuilder builder = builder().maxInFlight(2);
		assertThat(client(builder).submitAll(tasks(100), this.options.stopOnRefusalOrFailure())).hasSize(100);
		assertThatPermitsAreFree(builder, 2);
	}

	@Test
	void failedTasksReleaseTheirPermits() {
		List<TaskSubmission> tasks = new ArrayList<>(
				Collections.nCopies(20, TaskSubmission.forAgent("worker-1").params(42).build()));
		tasks.addAll(tasks(20));
		this.scheduler.fails(Status.INTERNAL);
		SchedulerClientBuilder builder = builder().maxInFlight(2);
		assertThat(client(builder).submitAll(tasks, this.options)).hasSize(40);
		assertThatPermitsAreFree(builder, 2);
	}

	/**
	 * Batches have released each permit once, neither never nor twice.
	 */
	private void assertThatPermitsAreFree(SchedulerClientBuilder builder, int permits) {
		this.scheduler.hangs();
		AsyncSchedulerClient client = builder.buildAsync();
		List<CompletableFuture<?>> calls = new ArrayList<>();
		for (int i = 0; i < permits; i++) {
			calls.add(client.shutdownAgent("worker-1"));
		}
		assertThat(calls).allSatisfy((call) -> assertThat(call).isNotDone());
		assertThat(client.shutdownAgent("worker-1")).failsWithin(Duration.ZERO)
			.withThrowableThat()
			.withCauseInstanceOf(SchedulerCallLimitException.class);
		calls.forEach((call) -> call.cancel(true));
	}

	private static SchedulerCallListener recording(List<SchedulerCall> calls) {
		return new SchedulerCallListener() {

			@Override
			public void onStart(SchedulerCall call) {
				calls.add(call);
			}

		};
	}

	private List<TaskOutcome> submitAll(Iterable<TaskSubmission> tasks, BatchOptions options) {
		return client(builder()).submitAll(tasks, options).toList();
	}

	private void answers(Function<Integer, Message> responses) {
		this.scheduler.answers((request) -> responses
			.apply(Integer.valueOf(((SubmitTaskRequest) request).getTaskId().substring("task-".length()))));
	}

	private SchedulerClient client(SchedulerClientBuilder builder) {
		return this.style.build(builder);
	}

	private SchedulerClientBuilder builder() {
		return SchedulerClient.builder(this.scheduler.channel());
	}

	static SubmitTaskResponse accepted() {
		return SubmitTaskResponse.newBuilder().setAccepted(true).build();
	}

	static List<TaskSubmission> tasks(int count) {
		return new ArrayList<>(IntStream.range(0, count).mapToObj(SubmitAllTests::task).toList());
	}

	static TaskSubmission task(int index) {
		return TaskSubmission.forAgent("worker-1").taskId("task-" + index).build();
	}

	private static void awaitAll(CyclicBarrier barrier) {
		try {
			barrier.await(10, TimeUnit.SECONDS);
		}
		catch (Exception ex) {
			throw new AssertionError(ex);
		}
	}

}
