package io.sw4rm.scheduler.integration;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Isolated;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import io.sw4rm.scheduler.client.AsyncSchedulerClient;
import io.sw4rm.scheduler.client.SchedulerClient;
import io.sw4rm.scheduler.client.SchedulerException;
import io.sw4rm.scheduler.client.SchedulerUnavailableException;
import io.sw4rm.scheduler.client.SubmitTaskResult;
import io.sw4rm.scheduler.client.TaskSubmission;
import io.sw4rm.scheduler.embedded.EmbeddedScheduler;
import io.sw4rm.scheduler.embedded.Rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests for applications that end.
 */
@Timeout(60)
@Isolated("counts the threads of the JVM")
class ShutdownTests {

	private static final int RESTARTS = 50;

	private static final Duration LONG = Duration.ofSeconds(50);

	@AutoClose
	private final EmbeddedScheduler scheduler = EmbeddedScheduler.builder().shutdownGracePeriod(Duration.ZERO).start();

	private final ApplicationContextRunner contextRunner = SchedulerApplication.at(this.scheduler.address());

	@Test
	void leavesNoThreadsBehind() {
		// Makes what there is once for each JVM
		makeCallsInNewApplication();
		awaitEndOfSharedThreads();
		int before = clientThreads().size();
		for (int i = 0; i < RESTARTS; i++) {
			makeCallsInNewApplication();
		}
		awaitEndOfSharedThreads();
		assertThat(clientThreads()).hasSizeLessThanOrEqualTo(before);
	}

	@Test
	void letsCallInFlightEndWithinGracePeriod() {
		this.scheduler.faults().on(Rpc.SUBMIT_TASK).delay(Duration.ofSeconds(5));
		CompletableFuture<SubmitTaskResult> result = submitAndEnd(LONG);
		// The answer may still be on its way to the future when the application has ended
		assertThat(result).succeedsWithin(LONG).matches(SubmitTaskResult::accepted);
	}

	@Test
	void failsCallInFlightAfterGracePeriod() {
		this.scheduler.faults().on(Rpc.SUBMIT_TASK).hang();
		CompletableFuture<SubmitTaskResult> result = submitAndEnd(Duration.ofMillis(100));
		assertThat(result).failsWithin(LONG)
			.withThrowableThat()
			.withCauseInstanceOf(SchedulerUnavailableException.class);
	}

	@Test
	void failsCallsThatComeTooLate() {
		AtomicReference<SchedulerClient> client = new AtomicReference<>();
		AtomicReference<AsyncSchedulerClient> asyncClient = new AtomicReference<>();
		this.contextRunner.withPropertyValues("sw4rm.scheduler.wait-for-ready=true").run((context) -> {
			client.set(context.getBean(SchedulerClient.class));
			asyncClient.set(context.getBean(AsyncSchedulerClient.class));
		});
		assertThatExceptionOfType(SchedulerUnavailableException.class)
			.isThrownBy(() -> client.get().submitTask(submission()));
		assertThat(asyncClient.get().submitTask(submission())).failsWithin(LONG)
			.withThrowableThat()
			.withCauseInstanceOf(SchedulerUnavailableException.class);
	}

	@Test
	void doesNotWaitWhenNothingIsInFlight() {
		AtomicReference<Long> start = new AtomicReference<>();
		this.contextRunner.withPropertyValues("sw4rm.scheduler.shutdown-grace-period=" + LONG).run((context) -> {
			context.getBean(SchedulerClient.class).submitTask(submission());
			start.set(System.nanoTime());
		});
		assertThat(Duration.ofNanos(System.nanoTime() - start.get())).isLessThan(LONG.dividedBy(5));
	}

	/**
	 * Start an application, submit a task and end the application.
	 */
	private CompletableFuture<SubmitTaskResult> submitAndEnd(Duration gracePeriod) {
		AtomicReference<CompletableFuture<SubmitTaskResult>> result = new AtomicReference<>();
		this.contextRunner.withPropertyValues("sw4rm.scheduler.shutdown-grace-period=" + gracePeriod).run((context) -> {
			result.set(context.getBean(AsyncSchedulerClient.class).submitTask(submission()));
			await().until(() -> this.scheduler.faults().calls(Rpc.SUBMIT_TASK) == 1);
			assertThat(result.get()).isNotDone();
		});
		return result.get();
	}

	private void makeCallsInNewApplication() {
		this.contextRunner.run((context) -> {
			for (Call call : Call.values()) {
				assertThat(call.make(context)).isNotNull();
			}
		});
	}

	/**
	 * Threads that gRPC and Netty share, and let go a second after their last use.
	 */
	private static void awaitEndOfSharedThreads() {
		await().atMost(Duration.ofSeconds(20))
			.untilAsserted(() -> assertThat(clientThreads())
				.noneMatch((name) -> name.startsWith("grpc-") || name.startsWith("globalEventExecutor")));
	}

	/**
	 * Return the names of all threads but the scheduler's and the test's own.
	 */
	private static List<String> clientThreads() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.map(Thread::getName)
			.filter((name) -> !name.startsWith("sw4rm-embedded-scheduler") && !name.startsWith("awaitility"))
			.sorted()
			.toList();
	}

	private static TaskSubmission submission() {
		return TaskSubmission.forAgent("worker-1").build();
	}

}
