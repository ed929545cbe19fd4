package io.sw4rm.scheduler.client;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link NonBlockingThreads}.
 */
@Timeout(60)
class NonBlockingThreadsTests {

	@RegisterExtension
	final TestScheduler scheduler = new TestScheduler();

	@ParameterizedTest
	@EnumSource
	void blockingClientDoesNotBlockThreadOfReactor(SchedulerOperation operation) {
		SchedulerClient client = SchedulerClient.create(this.scheduler.channel());
		StepVerifier.create(Mono.fromCallable(call(client, operation)).subscribeOn(Schedulers.parallel()))
			.expectErrorSatisfies((ex) -> assertThat(ex).isInstanceOf(IllegalStateException.class)
				.hasMessageStartingWith(operation.methodName() + " must not block the thread 'parallel-")
				.hasMessageContaining("use a ReactiveSchedulerClient"))
			.verify(Duration.ofSeconds(10));
		assertThat(this.scheduler.calls()).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "submitAll", "awaitActivity" })
	void blockingClientDoesNotWaitForManyCallsOnThreadOfReactor(String method) {
		SchedulerClient client = SchedulerClient.create(this.scheduler.channel());
		Callable<Object> call = method.equals("submitAll")
				? () -> client.submitAll(List.of(TaskSubmission.forAgent("worker-1").build())).count()
				: () -> client.awaitActivity("worker-1", "task-123", (entry) -> true, Duration.ofSeconds(1));
		StepVerifier.create(Mono.fromCallable(call).subscribeOn(Schedulers.parallel()))
			.expectErrorSatisfies((ex) -> assertThat(ex).isInstanceOf(IllegalStateException.class)
				.hasMessageStartingWith(method + " must not block the thread 'parallel-"))
			.verify(Duration.ofSeconds(10));
		assertThat(this.scheduler.calls()).isEmpty();
	}

	@Test
	void blockingClientWorksOnThreadForBlockingWork() {
		SchedulerClient client = SchedulerClient.create(this.scheduler.channel());
		StepVerifier
			.create(Mono.fromCallable(call(client, SchedulerOperation.SUBMIT_TASK))
				.subscribeOn(Schedulers.boundedElastic()))
			.expectNextCount(1)
			.expectComplete()
			.verify(Duration.ofSeconds(10));
	}

	@Test
	void otherClientsWorkOnThreadOfReactor() {
		ReactiveSchedulerClient reactive = ReactiveSchedulerClient.builder(this.scheduler.channel()).buildReactive();
		AsyncSchedulerClient async = AsyncSchedulerClient.builder(this.scheduler.channel()).buildAsync();
		StepVerifier
			.create(reactive.purgeAllActivity("worker-1")
				.then(Mono.fromFuture(() -> async.purgeAllActivity("worker-1")))
				.subscribeOn(Schedulers.parallel()))
			.expectNextCount(1)
			.expectComplete()
			.verify(Duration.ofSeconds(10));
	}

	private static Callable<Object> call(SchedulerClient client, SchedulerOperation operation) {
		return switch (operation) {
			case SUBMIT_TASK -> () -> client.submitTask(TaskSubmission.forAgent("worker-1").build());
			case REQUEST_PREEMPTION -> () -> client.requestPreemption("worker-1", "task-123");
			case SHUTDOWN_AGENT -> () -> client.shutdownAgent("worker-1");
			case POLL_ACTIVITY_BUFFER -> () -> client.pollActivityBuffer("worker-1");
			case PURGE_ACTIVITY -> () -> client.purgeActivity("worker-1", List.of("task-123"));
		};
	}

}
