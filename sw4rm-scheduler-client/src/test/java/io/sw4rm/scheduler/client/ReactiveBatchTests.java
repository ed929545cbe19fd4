package io.sw4rm.scheduler.client;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

import com.google.common.util.concurrent.Uninterruptibles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link ReactiveBatch}, for what {@link SubmitAllTests} doesn't cover.
 */
@Timeout(60)
class ReactiveBatchTests {

	private static final Duration PATIENCE = Duration.ofSeconds(50);

	@RegisterExtension
	final TestScheduler scheduler = new TestScheduler();

	private final List<TaskOutcome> told = new CopyOnWriteArrayList<>();

	private final BatchOptions options = BatchOptions.defaults()
		.withListener((outcome, progress) -> this.told.add(outcome));

	private final AtomicInteger read = new AtomicInteger();

	@Test
	@SuppressWarnings("NullAway")
	void invalidArgumentIsSignalledAsError() {
		StepVerifier.create(client().submitAll((Publisher<TaskSubmission>) null))
			.verifyErrorMessage("tasks must not be null");
		StepVerifier.create(client().submitAll(Flux.just(SubmitAllTests.task(0)), null))
			.verifyErrorMessage("options must not be null");
		assertThat(this.scheduler.calls()).isEmpty();
	}

	@Test
	void sendsNothingWithoutSubscription() {
		Flux<TaskOutcome> outcomes = client().submitAll(countingTasks());
		assertThat(this.read).hasValue(0);
		assertThat(this.scheduler.calls()).isEmpty();
		assertThat(outcomes.take(1).collectList().block(PATIENCE)).hasSize(1);
	}

	@Test
	void eachSubscriptionSubmitsTheTasks() {
		Flux<TaskOutcome> outcomes = client().submitAll(Flux.fromIterable(SubmitAllTests.tasks(10)),
				this.options.inOrder());
		for (int i = 1; i <= 2; i++) {
			StepVerifier.create(outcomes.map(TaskOutcome::index))
				.expectNext(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L)
				.verifyComplete();
			assertThat(this.scheduler.calls()).hasSize(i * 10);
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void requestsNoFurtherThanAllowed(boolean ordered) {
		BatchOptions options = this.options.withMaxInFlight(5);
		AtomicLong requested = new AtomicLong();
		StepVerifier
			.create(client().submitAll(countingTasks().doOnRequest(requested::addAndGet),
					ordered ? options.inOrder() : options), 0)
			.then(() -> await().until(() -> this.told.size() == 5))
			.then(() -> assertThat(requested).hasValue(5))
			.thenRequest(10)
			.expectNextCount(10)
			.then(() -> await().until(() -> this.told.size() == 15))
			.then(() -> assertThat(requested).hasValue(15))
			.thenCancel()
			.verify();
		assertThat(this.scheduler.calls()).hasSize(15);
	}

	@Test
	void cancellationLosesNoOutcome() {
		CountDownLatch cancelled = new CountDownLatch(1);
		this.scheduler.answers((request) -> {
			Uninterruptibles.awaitUninterruptibly(cancelled);
			return SubmitAllTests.accepted();
		});
		StepVerifier.create(client().submitAll(countingTasks(), this.options.withMaxInFlight(5)))
			.then(() -> await().until(() -> this.scheduler.calls().size() == 5))
			.thenCancel()
			.verify();
		assertThat(this.told).isEmpty();
		cancelled.countDown();
		await().until(() -> this.told.size() == 5);
		assertThat(this.told)
			.allSatisfy((outcome) -> assertThat(outcome.status()).isEqualTo(TaskOutcome.Status.ACCEPTED));
		assertThat(this.read).hasValue(5);
	}

	@Test
	void cancellationEndsTheWaitForPermit() {
		this.scheduler.hangs();
		SchedulerClientBuilder builder = builder().maxInFlight(1);
		CompletableFuture<?> other = builder.buildAsync().shutdownAgent("worker-1");
		StepVerifier.create(builder.buildReactive().submitAll(countingTasks(), this.options.withMaxInFlight(5)))
			.then(() -> await().until(() -> this.read.get() == 5))
			.thenCancel()
			.verify();
		assertThat(this.told).hasSize(5)
			.allSatisfy((outcome) -> assertThat(outcome.status()).isEqualTo(TaskOutcome.Status.NOT_SENT));
		other.cancel(true);
		assertThatPermitIsFree(builder);
	}

	@Test
	void permitsOfCancelledBatchesAreFree() {
		SchedulerClientBuilder builder = builder().maxInFlight(1);
		for (int i = 0; i < 200; i++) {
			List<CompletableFuture<?>> batches = Stream
				.<CompletableFuture<?>>generate(
						() -> builder.buildReactive().submitAll(countingTasks(), this.options).then().toFuture())
				.limit(3)
				.toList();
			for (int spins = 0; spins < i * 50; spins++) {
				Thread.onSpinWait();
			}
			batches.forEach((batch) -> batch.cancel(true));
		}
		await().untilAsserted(() -> assertThat(this.told).hasSize(this.read.get()));
		assertThatPermitIsFree(builder);
	}

	@Test
	void tasksThatWaitForPermitAreNotSentAfterTheStop() {
		SchedulerClientBuilder builder = builder().maxInFlight(1);
		List<TaskOutcome> outcomes = builder.buildReactive()
			.submitAll(Flux.fromIterable(SubmitAllTests.tasks(100)), this.options.stopOnRefusalOrFailure())
			.collectList()
			.block(PATIENCE);
		assertThat(outcomes).hasSize(100);
		assertThat(this.told).filteredOn((outcome) -> outcome.status() == TaskOutcome.Status.NOT_SENT).hasSize(99);
		assertThat(this.scheduler.calls()).hasSize(1);
		assertThatPermitIsFree(builder);
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void errorOfPublisherComesAfterTheOutcomes(boolean ordered) {
		CountDownLatch failed = new CountDownLatch(1);
		this.scheduler.answers((request) -> {
			Uninterruptibles.awaitUninterruptibly(failed);
			return SubmitAllTests.accepted();
		});
		TestPublisher<TaskSubmission> tasks = TestPublisher.create();
		StepVerifier.create(client().submitAll(tasks, ordered ? this.options.inOrder() : this.options))
			.then(() -> tasks.next(SubmitAllTests.task(0), SubmitAllTests.task(1))
				.error(new IllegalStateException("broken publisher")))
			.then(failed::countDown)
			.expectNextCount(2)
			.verifyErrorMessage("broken publisher");
		assertThat(this.told).hasSize(2);
	}

	@Test
	void tasksMayComeFromAnotherThread() {
		assertThat(client()
			.submitAll(Flux.fromIterable(SubmitAllTests.tasks(5000)).publishOn(Schedulers.parallel()), this.options)
			.publishOn(Schedulers.single())
			.count()
			.block(PATIENCE)).isEqualTo(5000);
	}

	private void assertThatPermitIsFree(SchedulerClientBuilder builder) {
		this.scheduler.hangs();
		CompletableFuture<?> first = builder.buildAsync().shutdownAgent("worker-1");
		assertThat(first).isNotDone();
		assertThat(builder.buildAsync().shutdownAgent("worker-1")).isCompletedExceptionally();
		first.cancel(true);
	}

	private Flux<TaskSubmission> countingTasks() {
		return Flux.generate((sink) -> sink.next(SubmitAllTests.task(this.read.getAndIncrement())));
	}

	private ReactiveSchedulerClient client() {
		return builder().buildReactive();
	}

	private SchedulerClientBuilder builder() {
		return SchedulerClient.builder(this.scheduler.channel());
	}

}
