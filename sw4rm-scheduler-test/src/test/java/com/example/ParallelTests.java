package com.example;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

import org.springframework.beans.factory.annotation.Autowired;

import io.sw4rm.scheduler.client.SchedulerClient;
import io.sw4rm.scheduler.client.TaskSubmission;
import io.sw4rm.scheduler.embedded.EmbeddedScheduler;
import io.sw4rm.scheduler.test.SchedulerTest;

import static io.sw4rm.scheduler.test.SchedulerAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that tests with one context run one after the other if JUnit runs tests in
 * parallel, and those with different contexts at the same time. The subjects run in a
 * launcher of their own.
 */
class ParallelTests {

	private static final AtomicInteger inSharedContext = new AtomicInteger();

	private static final CountDownLatch bothContexts = new CountDownLatch(2);

	@Test
	void onlyTestsWithDifferentContextsRunAtTheSameTime() {
		LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
			.selectors(Stream.of(First.class, Second.class, OtherContext.class)
				.map(DiscoverySelectors::selectClass)
				.toList())
			.configurationParameters(Map.of("junit.jupiter.execution.parallel.enabled", "true",
					"junit.jupiter.execution.parallel.mode.default", "concurrent",
					"junit.jupiter.execution.parallel.mode.classes.default", "concurrent",
					"junit.jupiter.execution.parallel.config.strategy", "fixed",
					"junit.jupiter.execution.parallel.config.fixed.parallelism", "4"))
			.build();
		List<Throwable> failures = new CopyOnWriteArrayList<>();
		AtomicInteger tests = new AtomicInteger();
		LauncherFactory.create().execute(request, new TestExecutionListener() {

			@Override
			public void executionFinished(TestIdentifier identifier, TestExecutionResult result) {
				result.getThrowable().ifPresent(failures::add);
				tests.addAndGet(identifier.isTest() ? 1 : 0);
			}

		});
		assertThat(failures).isEmpty();
		assertThat(tests).hasValue(7);
	}

	private static void useSharedContext(EmbeddedScheduler scheduler, SchedulerClient client) {
		assertThat(inSharedContext.incrementAndGet()).isOne();
		assertThat(scheduler).hasReceivedNothing();
		for (int i = 0; i < 100; i++) {
			client.submitTask(TaskSubmission.forAgent("worker-1").taskId("task-" + i).build()).orElseThrow();
		}
		assertThat(scheduler).hasAcceptedTask().times(100);
		assertThat(inSharedContext.decrementAndGet()).isZero();
	}

	private static void awaitOtherContext() throws InterruptedException {
		bothContexts.countDown();
		assertThat(bothContexts.await(30, TimeUnit.SECONDS)).isTrue();
	}

	@SchedulerTest
	static class First {

		@RepeatedTest(3)
		void usesSharedContext(@Autowired EmbeddedScheduler scheduler, @Autowired SchedulerClient client)
				throws Exception {
			useSharedContext(scheduler, client);
			awaitOtherContext();
		}

	}

	@SchedulerTest
	static class Second {

		@RepeatedTest(3)
		void usesSharedContext(@Autowired EmbeddedScheduler scheduler, @Autowired SchedulerClient client)
				throws Exception {
			useSharedContext(scheduler, client);
			awaitOtherContext();
		}

	}

	@SchedulerTest(properties = "context=other")
	static class OtherContext {

		@Test
		void runsWhileOthersRun() throws Exception {
			awaitOtherContext();
		}

	}

}
