package io.sw4rm.scheduler.client;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

import io.grpc.Status;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import reactor.core.Disposable;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

import io.sw4rm.scheduler.proto.PollActivityBufferRequest;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ActivityFlux}.
 */
@Timeout(60)
class ActivityFluxTests {

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	private static final WatchOptions OPTIONS = WatchOptions.defaults()
		.withInterval(Duration.ofMillis(2))
		.withMaxBackoff(Duration.ofMillis(5));

	@RegisterExtension
	final TestScheduler scheduler = new TestScheduler();

	private final ActivityBuffer buffer = new ActivityBuffer();

	@BeforeEach
	void serveBuffer() {
		this.scheduler.answers(this.buffer);
	}

	@Test
	void eachSubscriptionHasItsOwnWatch() {
		this.buffer.add("task-1", "task-2");
		Flux<String> tasks = watch(OPTIONS).map(ActivityEntry::taskId).take(2);
		assertThat(this.buffer.polls()).isZero();
		for (int i = 0; i < 2; i++) {
			StepVerifier.create(tasks).expectNext("task-1", "task-2").expectComplete().verify(PATIENCE);
		}
	}

	@Test
	void doesNotPollUntilAllEntriesAreRequested() {
		this.buffer.add("task-1", "task-2", "task-3");
		RecordingSubscriber subscriber = subscribe(OPTIONS);
		subscriber.request(2);
		await().untilAsserted(() -> assertThat(subscriber.tasks).containsExactly("task-1", "task-2"));
		this.buffer.add("task-4");
		awaitOtherPolls();
		assertThat(this.buffer.polls()).isEqualTo(1);
		assertThat(subscriber.tasks).hasSize(2);
		subscriber.request(1);
		await().until(() -> this.buffer.polls() == 2);
		subscriber.request(1);
		await()
			.untilAsserted(() -> assertThat(subscriber.tasks).containsExactly("task-1", "task-2", "task-3", "task-4"));
		subscriber.cancel();
	}

	@Test
	void pollsWhenLastEntryIsRequested() {
		this.buffer.add("task-1");
		RecordingSubscriber subscriber = subscribe(OPTIONS);
		subscriber.request(1);
		await().untilAsserted(() -> assertThat(subscriber.tasks).containsExactly("task-1"));
		this.buffer.add("task-2");
		subscriber.request(1);
		await().untilAsserted(() -> assertThat(subscriber.tasks).containsExactly("task-1", "task-2"));
		subscriber.cancel();
	}

	@Test
	void slowSubscriberLosesNoEntry() {
		List<String> tasks = new CopyOnWriteArrayList<>();
		Disposable subscription = watch(OPTIONS.withInterval(Duration.ofNanos(1))).map(ActivityEntry::taskId)
			.publishOn(Schedulers.boundedElastic(), 1)
			.subscribe(tasks::add);
		String[] expected = new String[300];
		for (int i = 0; i < expected.length; i++) {
			expected[i] = "task-" + i;
			this.buffer.add(expected[i]);
		}
		await().untilAsserted(() -> assertThat(tasks).containsExactly(expected));
		subscription.dispose();
	}

	@Test
	void cancellationCancelsCallInFlight() {
		this.scheduler.hangs();
		Disposable subscription = watch(OPTIONS).subscribe();
		this.scheduler.awaitHangingCall();
		subscription.dispose();
		this.scheduler.awaitCancelledCall();
	}

	@Test
	void cancellationStopsPolling() {
		Disposable subscription = watch(OPTIONS).subscribe();
		awaitPolls(2);
		subscription.dispose();
		int polls = this.scheduler.calls().size();
		awaitOtherPolls();
		// One may have been on its way when its call was cancelled
		assertThat(this.scheduler.calls().stream().filter((call) -> call.headers("x-other").isEmpty()).count())
			.isBetween((long) polls, polls + 1L);
	}

	@Test
	void cancellationBySubscriberEndsDelivery() {
		this.buffer.add("task-1", "task-2");
		StepVerifier.create(watch(OPTIONS).take(1)).expectNextCount(1).expectComplete().verify(PATIENCE);
	}

	@Test
	void continuesAfterOutage() {
		this.buffer.add("task-1");
		this.buffer.pollFailure = Status.UNAVAILABLE;
		RecordingSubscriber subscriber = subscribe(OPTIONS);
		subscriber.request(Long.MAX_VALUE);
		awaitPolls(3);
		this.buffer.pollFailure = null;
		await().untilAsserted(() -> assertThat(subscriber.tasks).containsExactly("task-1"));
		subscriber.cancel();
	}

	@Test
	void otherFailuresAreSignalled() {
		this.buffer.pollFailure = Status.PERMISSION_DENIED;
		StepVerifier.create(watch(OPTIONS)).expectError(SchedulerPermissionDeniedException.class).verify(PATIENCE);
	}

	@Test
	void invalidArgumentsAreSignalled() {
		ReactiveSchedulerClient client = SchedulerClient.builder(this.scheduler.channel()).buildReactive();
		StepVerifier.create(client.watchActivity(" "))
			.expectErrorMessage("agentId must not be blank, got ' '")
			.verify(PATIENCE);
	}

	@Test
	void purgesWhenAllEntriesWereRequested() {
		this.buffer.add("task-1", "task-2");
		RecordingSubscriber subscriber = subscribe(OPTIONS.withPurge(true));
		subscriber.request(1);
		await().untilAsserted(() -> assertThat(subscriber.tasks).containsExactly("task-1"));
		awaitOtherPolls();
		assertThat(this.buffer.purges()).isEmpty();
		subscriber.request(Long.MAX_VALUE);
		await().untilAsserted(() -> assertThat(this.buffer.purges()).containsExactly(List.of("task-1", "task-2")));
		this.buffer.add("task-3");
		await().untilAsserted(() -> assertThat(this.buffer.entries()).isEmpty());
		assertThat(subscriber.tasks).containsExactly("task-1", "task-2", "task-3");
		subscriber.cancel();
	}

	private Flux<ActivityEntry> watch(WatchOptions options) {
		return SchedulerClient.builder(this.scheduler.channel()).buildReactive().watchActivity("worker-1", options);
	}

	private RecordingSubscriber subscribe(WatchOptions options) {
		RecordingSubscriber subscriber = new RecordingSubscriber();
		watch(options).subscribe(subscriber);
		return subscriber;
	}

	private static ConditionFactory await() {
		return Awaitility.await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(2)).atMost(PATIENCE);
	}

	private void awaitPolls(int polls) {
		int enough = this.buffer.polls() + polls;
		await().until(() -> this.buffer.polls() >= enough);
	}

	/**
	 * Wait until another watch has polled another buffer several times.
	 */
	private void awaitOtherPolls() {
		CountDownLatch entries = new CountDownLatch(10);
		ActivityBuffer other = new ActivityBuffer();
		this.scheduler.answers((request) -> {
			if (request instanceof PollActivityBufferRequest poll && poll.getAgentId().equals("worker-2")) {
				other.add("task-" + other.polls());
				return other.apply(request);
			}
			return this.buffer.apply(request);
		});
		ActivityWatch watch = SchedulerClient.create(this.scheduler.channel())
			.withMetadata("x-other", "true")
			.watchActivity("worker-2", OPTIONS, (entry) -> entries.countDown());
		await().until(() -> entries.getCount() == 0);
		watch.close();
	}

	private static final class RecordingSubscriber extends BaseSubscriber<ActivityEntry> {

		final List<String> tasks = new CopyOnWriteArrayList<>();

		@Override
		protected void hookOnSubscribe(org.reactivestreams.Subscription subscription) {
			// Requests nothing
		}

		@Override
		protected void hookOnNext(ActivityEntry entry) {
			this.tasks.add(entry.taskId());
		}

	}

}
