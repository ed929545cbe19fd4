package io.sw4rm.scheduler.client;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

import io.grpc.Channel;
import io.grpc.Status;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.reactivestreams.Publisher;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

import io.sw4rm.scheduler.proto.PollActivityBufferResponse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link GrpcReactiveSchedulerClient}, for what {@link SchedulerClientTests}
 * doesn't cover.
 */
@Timeout(60)
class GrpcReactiveSchedulerClientTests {

	private static final Duration PATIENCE = Duration.ofSeconds(10);

	@RegisterExtension
	final TestScheduler scheduler = new TestScheduler();

	@Test
	void makesOneCallForEachSubscription() {
		AtomicInteger started = new AtomicInteger();
		ReactiveSchedulerClient client = ReactiveSchedulerClient.builder(this.scheduler.channel())
			.correlationIds(() -> {
				started.incrementAndGet();
				return null;
			})
			.buildReactive();
		List<Publisher<?>> operations = List.of(client.submitTask(TaskSubmission.forAgent("worker-1").build()),
				client.requestPreemption("worker-1", "task-123"), client.shutdownAgent("worker-1"),
				client.shutdownAgent("worker-1", Duration.ofSeconds(30)), client.pollActivityBuffer("worker-1"),
				client.purgeActivity("worker-1", List.of("task-123")), client.purgeAllActivity("worker-1"));
		assertThat(started).hasValue(0);
		Flux.concat(operations).blockLast(PATIENCE);
		assertThat(started).hasValue(operations.size());
		Flux.concat(operations).blockLast(PATIENCE);
		assertThat(started).hasValue(2 * operations.size());
		assertThat(this.scheduler.calls()).hasSize(2 * operations.size());
	}

	@Test
	void repeatedSubmissionKeepsItsTaskId() {
		Mono<SubmitTaskResult> mono = client().submitTask(TaskSubmission.forAgent("worker-1").build());
		mono.block(PATIENCE);
		mono.block(PATIENCE);
		assertThat(this.scheduler.calls()).hasSize(2);
		assertThat(this.scheduler.calls().get(0).request()).isEqualTo(this.scheduler.calls().get(1).request());
	}

	@Test
	void cancelsCallWhenSubscriptionIsDisposed() {
		this.scheduler.hangs();
		Disposable subscription = client().shutdownAgent("worker-1").subscribe();
		this.scheduler.awaitHangingCall();
		subscription.dispose();
		this.scheduler.awaitCancelledCall();
	}

	@Test
	void cancelsCallWhenSubscriptionToEntriesIsDisposed() {
		this.scheduler.hangs();
		Disposable subscription = client().pollActivityBuffer("worker-1").subscribe();
		this.scheduler.awaitHangingCall();
		subscription.dispose();
		this.scheduler.awaitCancelledCall();
	}

	@Test
	void cancelsCallWhenItTimesOut() {
		this.scheduler.hangs();
		Mono<?> arrival = Mono.fromCallable(this.scheduler::awaitHangingCall).subscribeOn(Schedulers.boundedElastic());
		StepVerifier.create(client().shutdownAgent("worker-1").timeout(arrival))
			.expectError(TimeoutException.class)
			.verify(PATIENCE);
		this.scheduler.awaitCancelledCall();
	}

	@Test
	void signalsFailure() {
		this.scheduler.fails(Status.PERMISSION_DENIED);
		StepVerifier.create(client().pollActivityBuffer("worker-1"))
			.expectError(SchedulerPermissionDeniedException.class)
			.verify(PATIENCE);
	}

	@Test
	void signalsBadArgument() {
		Mono<Long> mono = client().purgeAllActivity(" ");
		StepVerifier.create(mono)
			.expectErrorSatisfies((ex) -> assertThat(ex).isInstanceOf(IllegalArgumentException.class)
				.hasMessage("agentId must not be blank, got ' '"))
			.verify(PATIENCE);
	}

	@Test
	void honoursDemandForEntries() {
		this.scheduler.answers(PollActivityBufferResponse.newBuilder()
			.addEntries(io.sw4rm.scheduler.proto.ActivityEntry.newBuilder().setTaskId("task-1"))
			.addEntries(io.sw4rm.scheduler.proto.ActivityEntry.newBuilder().setTaskId("task-2"))
			.build());
		StepVerifier.create(client().pollActivityBuffer("worker-1").map(ActivityEntry::taskId), 1)
			.expectNext("task-1")
			.thenRequest(1)
			.expectNext("task-2")
			.expectComplete()
			.verify(PATIENCE);
	}

	@Test
	@SuppressWarnings("NullAway")
	void needsChannel() {
		assertThatIllegalArgumentException().isThrownBy(() -> ReactiveSchedulerClient.create((Channel) null))
			.withMessage("channel must not be null");
	}

	private ReactiveSchedulerClient client() {
		return SchedulerClient.builder(this.scheduler.channel()).buildReactive();
	}

}
