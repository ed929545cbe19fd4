package io.sw4rm.scheduler.integration;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.stream.IntStream;

import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.parallel.Isolated;

import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.task.VirtualThreadTaskExecutor;

import io.sw4rm.scheduler.client.AsyncSchedulerClient;
import io.sw4rm.scheduler.client.SchedulerClient;
import io.sw4rm.scheduler.client.SubmitTaskResult;
import io.sw4rm.scheduler.client.TaskSubmission;
import io.sw4rm.scheduler.embedded.EmbeddedScheduler;
import io.sw4rm.scheduler.embedded.Rpc;
import io.sw4rm.scheduler.embedded.ScheduledTask;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for many calls at once.
 */
@Timeout(60)
@Isolated("counts the threads of the JVM")
class OverloadTests {

	private static final int CALLS = 10_000;

	private static final int AGENTS = 100;

	/** Far from a thread for each call; those of the scheduler are among them. */
	private static final int MORE_THREADS = CALLS / 4;

	@AutoClose
	private final EmbeddedScheduler scheduler = EmbeddedScheduler.builder().maxTasks(CALLS).start();

	private final ApplicationContextRunner contextRunner = SchedulerApplication.at(this.scheduler.address());

	private final AtomicInteger completions = new AtomicInteger();

	private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();

	@Test
	void asyncClientEndsEachOfManyCallsOnce() {
		this.contextRunner.run((context) -> {
			AsyncSchedulerClient client = context.getBean(AsyncSchedulerClient.class);
			submitAll(client::submitTask);
		});
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_21)
	void blockingClientEndsEachOfManyCallsOnVirtualThreads() {
		this.contextRunner.run((context) -> {
			SchedulerClient client = context.getBean(SchedulerClient.class);
			Executor virtualThreads = new VirtualThreadTaskExecutor();
			submitAll(
					(submission) -> CompletableFuture.supplyAsync(() -> client.submitTask(submission), virtualThreads));
		});
	}

	/**
	 * A pinned thread would keep its carrier thread while it waits.
	 */
	@Test
	@EnabledForJreRange(min = JRE.JAVA_25)
	void callsDoNotPinVirtualThreads() {
		this.contextRunner
			.withPropertyValues("sw4rm.scheduler.auth.token=token", "sw4rm.scheduler.max-in-flight=" + CALLS)
			.run((context) -> {
				SchedulerClient client = context.getBean(SchedulerClient.class);
				Executor virtualThreads = new VirtualThreadTaskExecutor();
				// Class initializers of the first call pin
				CompletableFuture.runAsync(() -> client.pollActivityBuffer("worker-1"), virtualThreads).join();
				assertThat(pinned(() -> submitAll((submission) -> CompletableFuture
					.supplyAsync(() -> client.submitTask(submission), virtualThreads)))).isEmpty();
			});
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_25)
	void recordingNoticesPinnedVirtualThreads() throws IOException {
		assertThat(
				pinned(() -> CompletableFuture.runAsync(ClassThatWaits::use, new VirtualThreadTaskExecutor()).join()))
			.isNotEmpty();
	}

	/**
	 * Run the action and return where virtual threads were pinned.
	 */
	private static List<String> pinned(Runnable action) throws IOException {
		Path file = Files.createTempFile("pinned", ".jfr");
		try (Recording recording = new Recording()) {
			recording.enable("jdk.VirtualThreadPinned").withoutThreshold().withStackTrace();
			recording.start();
			action.run();
			recording.stop();
			recording.dump(file);
			return RecordingFile.readAllEvents(file).stream().map(RecordedEvent::toString).toList();
		}
		finally {
			Files.delete(file);
		}
	}

	private void submitAll(Function<TaskSubmission, CompletableFuture<SubmitTaskResult>> client) {
		this.threads.resetPeakThreadCount();
		int before = this.threads.getThreadCount();
		List<CompletableFuture<SubmitTaskResult>> results = IntStream.range(0, CALLS)
			.mapToObj(OverloadTests::submission)
			.map(client)
			.map((result) -> result.whenComplete((value, failure) -> this.completions.incrementAndGet()))
			.toList();
		assertThat(results).allSatisfy((result) -> assertThat(result.join().accepted()).isTrue());
		assertThat(this.completions).hasValue(CALLS);
		assertThat(this.scheduler.faults().calls(Rpc.SUBMIT_TASK)).isEqualTo(CALLS);
		assertThat(this.scheduler.queued()).extracting(ScheduledTask::taskId).doesNotHaveDuplicates().hasSize(CALLS);
		assertThat(this.threads.getPeakThreadCount()).isLessThan(before + MORE_THREADS);
	}

	private static TaskSubmission submission(int number) {
		return TaskSubmission.forAgent("worker-" + number % AGENTS).taskId("task-" + number).build();
	}

	/**
	 * Waits while it is initialized.
	 */
	private static final class ClassThatWaits {

		static {
			LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
		}

		static void use() {
		}

	}

}
