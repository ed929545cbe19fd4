package io.sw4rm.scheduler.client;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import com.google.common.util.concurrent.Uninterruptibles;
import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.StreamObserver;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import io.sw4rm.scheduler.proto.SchedulerServiceGrpc;
import io.sw4rm.scheduler.proto.SubmitTaskRequest;
import io.sw4rm.scheduler.proto.SubmitTaskResponse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link AsyncBatch}, for what {@link SubmitAllTests} doesn't cover.
 */
@Timeout(60)
class AsyncBatchTests {

	private static final Duration PATIENCE = Duration.ofSeconds(50);

	@RegisterExtension
	final TestScheduler scheduler = new TestScheduler();

	private final List<TaskOutcome> told = new CopyOnWriteArrayList<>();

	private final List<TaskOutcome> outcomes = new CopyOnWriteArrayList<>();

	private final BatchOptions options = BatchOptions.defaults()
		.withListener((outcome, progress) -> this.told.add(outcome));

	private final AtomicInteger read = new AtomicInteger();

	@Test
	@SuppressWarnings("NullAway")
	void invalidArgumentEndsBatch() {
		AsyncSchedulerClient client = client();
		List<TaskBatch> batches = List.of(
				client.submitAll((Iterable<TaskSubmission>) null, this.options, this.outcomes::add),
				client.submitAll((Stream<TaskSubmission>) null, this.options, this.outcomes::add),
				client.submitAll(SubmitAllTests.tasks(1), null, this.outcomes::add),
				client.submitAll(SubmitAllTests.tasks(1), this.options, null));
		assertThat(batches).allSatisfy((batch) -> {
			assertThat(batch.completion()).failsWithin(Duration.ZERO)
				.withThrowableThat()
				.withCauseInstanceOf(IllegalArgumentException.class)
				.withMessageContaining("must not be null");
			batch.cancel();
		});
		assertThat(this.scheduler.calls()).isEmpty();
	}

	@Test
	@SuppressWarnings("NullAway")
	void missingTaskFailsAlone() {
		TaskBatch batch = client().submitAll(Arrays.asList(SubmitAllTests.task(0), null, SubmitAllTests.task(2)),
				this.options.inOrder(), this.outcomes::add);
		assertThat(batch.completion()).succeedsWithin(PATIENCE).isEqualTo(new BatchProgress(0, 2, 1, 0, 0));
		assertThat(this.outcomes.get(1).submission()).isNull();
		assertThat(this.outcomes.get(1).failure()).isInstanceOf(IllegalArgumentException.class)
			.hasMessage("tasks[1] must not be null");
	}

	@Test
	void callingThreadDoesNotReadTasks() {
		CountDownLatch open = new CountDownLatch(1);
		TaskBatch batch = client().submitAll(() -> {
			Uninterruptibles.awaitUninterruptibly(open);
			return SubmitAllTests.tasks(3).iterator();
		}, this.options, this.outcomes::add);
		assertThat(batch.completion()).isNotDone();
		open.countDown();
		assertThat(batch.completion()).succeedsWithin(PATIENCE).isEqualTo(new BatchProgress(0, 3, 0, 0, 0));
	}

	@Test
	void sourceThatBlocksDoesNotDelayOutcomes() {
		CountDownLatch third = new CountDownLatch(1);
		Stream<TaskSubmission> tasks = IntStream.range(0, 3).peek((task) -> {
			if (task == 2) {
				Uninterruptibles.awaitUninterruptibly(third);
			}
		}).mapToObj(SubmitAllTests::task);
		TaskBatch batch = client().submitAll(tasks, this.options, this.outcomes::add);
		await().until(() -> this.outcomes.size() == 2);
		third.countDown();
		assertThat(batch.completion()).succeedsWithin(PATIENCE).isEqualTo(new BatchProgress(0, 3, 0, 0, 0));
	}

	@Test
	void consumerThatBlocksLimitsTasksThatAreRead() {
		CountDownLatch end = new CountDownLatch(1);
		TaskBatch batch = client().submitAll(this::countingTasks, this.options.withMaxInFlight(5), (outcome) -> {
			if (outcome.index() >= 10) {
				Uninterruptibles.awaitUninterruptibly(end);
			}
		});
		await().until(() -> this.read.get() >= 11);
		assertThat(this.read.get()).isLessThanOrEqualTo(15);
		batch.cancel();
		end.countDown();
		assertThat(batch.completion()).succeedsWithin(PATIENCE)
			.satisfies((progress) -> assertThat(progress.outcomes()).isEqualTo(this.read.get()));
		assertThat(this.told).hasSize(this.read.get());
		assertThat(this.read.get()).isLessThanOrEqualTo(15);
	}

	@Test
	void consumerIsCalledByOneThreadAtATime() {
		AtomicInteger calls = new AtomicInteger();
		TaskBatch batch = client().submitAll(SubmitAllTests.tasks(2000), this.options, (outcome) -> {
			assertThat(calls.incrementAndGet()).isOne();
			calls.decrementAndGet();
		});
		assertThat(batch.completion()).succeedsWithin(PATIENCE).isEqualTo(new BatchProgress(0, 2000, 0, 0, 0));
	}

	@Test
	void failureOfConsumerEndsBatchAfterCallsInFlight() {
		CountDownLatch failed = new CountDownLatch(1);
		this.scheduler.answers((request) -> {
			if (((SubmitTaskRequest) request).getTaskId().equals("task-0")) {
				await().until(() -> this.scheduler.calls().size() == 5);
			}
			else {
				Uninterruptibles.awaitUninterruptibly(failed);
			}
			return SubmitAllTests.accepted();
		});
		IllegalStateException failure = new IllegalStateException("broken consumer");
		TaskBatch batch = client().submitAll(this::countingTasks, this.options.withMaxInFlight(5), (outcome) -> {
			this.outcomes.add(outcome);
			throw failure;
		});
		await().until(() -> this.outcomes.size() == 1);
		assertThat(batch.completion()).isNotDone();
		failed.countDown();
		assertThat(batch.completion()).failsWithin(PATIENCE).withThrowableThat().withCause(failure);
		assertThat(this.outcomes).hasSize(1);
		assertThat(this.told).hasSize(5);
		assertThat(this.read).hasValue(5);
	}

	@Test
	void failureOfSourceEndsBatchAfterCallsInFlight() {
		CountDownLatch failed = new CountDownLatch(1);
		this.scheduler.answers((request) -> {
			Uninterruptibles.awaitUninterruptibly(failed);
			return SubmitAllTests.accepted();
		});
		IllegalStateException failure = new IllegalStateException("broken source");
		TaskBatch batch = client().submitAll(Stream.generate(() -> {
			if (this.read.get() == 5) {
				throw failure;
			}
			return SubmitAllTests.task(this.read.getAndIncrement());
		}), this.options, this.outcomes::add);
		await().until(() -> this.scheduler.calls().size() == 5);
		assertThat(batch.completion()).isNotDone();
		failed.countDown();
		assertThat(batch.completion()).failsWithin(PATIENCE).withThrowableThat().withCause(failure);
		assertThat(this.outcomes).hasSize(5);
	}

	@Test
	void cancellationLosesNoOutcome() {
		CountDownLatch cancelled = new CountDownLatch(1);
		this.scheduler.answers((request) -> {
			Uninterruptibles.awaitUninterruptibly(cancelled);
			return SubmitAllTests.accepted();
		});
		TaskBatch batch = client().submitAll(this::countingTasks, this.options.withMaxInFlight(5), this.outcomes::add);
		await().until(() -> this.scheduler.calls().size() == 5);
		batch.cancel();
		batch.cancel();
		assertThat(batch.completion()).isNotDone();
		cancelled.countDown();
		assertThat(batch.completion()).succeedsWithin(PATIENCE).isEqualTo(new BatchProgress(5, 0, 0, 0, 0));
		assertThat(this.outcomes).hasSize(5).containsExactlyElementsOf(this.told);
		assertThat(this.read).hasValue(5);
		batch.cancel();
	}

	@Test
	void cancellationEndsTheWaitForPermit() {
		this.scheduler.hangs();
		SchedulerClientBuilder builder = builder().maxInFlight(1);
		CompletableFuture<?> other = builder.buildAsync().shutdownAgent("worker-1");
		TaskBatch batch = builder.buildAsync().submitAll(this::countingTasks, this.options, this.outcomes::add);
		await().until(() -> this.read.get() == 1);
		batch.cancel();
		assertThat(batch.completion()).succeedsWithin(PATIENCE).isEqualTo(new BatchProgress(0, 0, 0, 1, 0));
		assertThat(this.outcomes).singleElement().isEqualTo(this.told.get(0));
		other.cancel(true);
		assertThatPermitIsFree(builder);
	}

	@Test
	void permitsOfCancelledBatchesAreFree() {
		SchedulerClientBuilder builder = builder().maxInFlight(1);
		for (int i = 0; i < 200; i++) {
			List<TaskBatch> batches = Stream
				.generate(() -> builder.buildAsync().submitAll(this::countingTasks, this.options, this.outcomes::add))
				.limit(3)
				.toList();
			for (int spins = 0; spins < i * 50; spins++) {
				Thread.onSpinWait();
			}
			batches.forEach(TaskBatch::cancel);
			assertThat(batches).allSatisfy((batch) -> assertThat(batch.completion()).succeedsWithin(PATIENCE));
		}
		assertThat(this.told).hasSize(this.read.get());
		assertThatPermitIsFree(builder);
	}

	@Test
	void consumerMayCancelBatch() {
		CompletableFuture<TaskBatch> batch = new CompletableFuture<>();
		batch.complete(client().submitAll(this::countingTasks, this.options, (outcome) -> {
			this.outcomes.add(outcome);
			batch.join().cancel();
		}));
		assertThat(batch.join().completion()).succeedsWithin(PATIENCE);
		assertThat(this.outcomes).hasSize(this.read.get()).hasSizeLessThanOrEqualTo(64);
	}

	@Test
	void endlessSourceOfStoppedBatchEndsWithCancellation() {
		TaskBatch batch = client().submitAll(this::countingTasks, BatchOptions.defaults().stopOnRefusalOrFailure(),
				(outcome) -> {
				});
		await().until(() -> this.read.get() > 10_000);
		batch.cancel();
		assertThat(batch.completion()).succeedsWithin(PATIENCE)
			.satisfies((progress) -> assertThat(progress.outcomes()).isEqualTo(this.read.get()));
		assertThat(this.scheduler.calls()).hasSizeLessThanOrEqualTo(64);
	}

	@Test
	void endOfFutureDoesNotEndBatch() {
		CountDownLatch ended = new CountDownLatch(1);
		this.scheduler.answers((request) -> {
			Uninterruptibles.awaitUninterruptibly(ended);
			return SubmitAllTests.accepted();
		});
		TaskBatch batch = client().submitAll(SubmitAllTests.tasks(100), this.options, this.outcomes::add);
		batch.completion().cancel(true);
		ended.countDown();
		await().until(() -> this.outcomes.size() == 100);
	}

	@Test
	void closesSource() {
		AtomicInteger closed = new AtomicInteger();
		TaskBatch batch = client().submitAll(SubmitAllTests.tasks(3).stream().onClose(closed::incrementAndGet),
				this.options, this.outcomes::add);
		assertThat(batch.completion()).succeedsWithin(PATIENCE);
		assertThat(closed).hasValue(1);
	}

	@Test
	void failureToCloseSourceEndsBatch() {
		IllegalStateException failure = new IllegalStateException("broken source");
		TaskBatch batch = client().submitAll(SubmitAllTests.tasks(3).stream().onClose(() -> {
			throw failure;
		}), this.options, this.outcomes::add);
		assertThat(batch.completion()).failsWithin(PATIENCE).withThrowableThat().withCause(failure);
		assertThat(this.outcomes).hasSize(3);
	}

	@Test
	void usesGrpcContext() {
		Context.CancellableContext context = Context.current().withCancellation();
		this.scheduler.hangs();
		CompletableFuture<TaskBatch> batch = new CompletableFuture<>();
		context
			.run(() -> batch.complete(client().submitAll(SubmitAllTests.tasks(2), this.options, this.outcomes::add)));
		this.scheduler.awaitHangingCall();
		context.cancel(null);
		assertThat(batch.join().completion()).succeedsWithin(PATIENCE).isEqualTo(new BatchProgress(0, 0, 2, 0, 0));
	}

	/**
	 * All calls end on the thread that starts them.
	 */
	@ParameterizedTest
	@EnumSource
	void stackDoesNotGrowWithTheNumberOfTasks(ClientStyle style) throws IOException {
		String name = InProcessServerBuilder.generateName();
		Server server = InProcessServerBuilder.forName(name)
			.directExecutor()
			.addService(new SchedulerServiceGrpc.SchedulerServiceImplBase() {

				@Override
				public void submitTask(SubmitTaskRequest request, StreamObserver<SubmitTaskResponse> responseObserver) {
					responseObserver.onNext(SubmitAllTests.accepted());
					responseObserver.onCompleted();
				}

			})
			.build()
			.start();
		ManagedChannel channel = InProcessChannelBuilder.forName(name).directExecutor().build();
		try {
			SchedulerClient client = style.build(SchedulerClient.builder(channel).maxInFlight(2));
			Iterable<TaskSubmission> tasks = Collections.nCopies(20_000, SubmitAllTests.task(0));
			assertThat(client.submitAll(tasks, this.options.withMaxInFlight(3))
				.filter((outcome) -> outcome.status() == TaskOutcome.Status.ACCEPTED)).hasSize(20_000);
		}
		finally {
			channel.shutdownNow();
			server.shutdownNow();
		}
	}

	private void assertThatPermitIsFree(SchedulerClientBuilder builder) {
		this.scheduler.hangs();
		CompletableFuture<?> first = builder.buildAsync().shutdownAgent("worker-1");
		assertThat(first).isNotDone();
		assertThat(builder.buildAsync().shutdownAgent("worker-1")).failsWithin(1, TimeUnit.NANOSECONDS);
		first.cancel(true);
	}

	private Iterator<TaskSubmission> countingTasks() {
		return Stream.generate(this.read::getAndIncrement).map(SubmitAllTests::task).iterator();
	}

	private AsyncSchedulerClient client() {
		return builder().buildAsync();
	}

	private SchedulerClientBuilder builder() {
		return SchedulerClient.builder(this.scheduler.channel());
	}

}
