package io.sw4rm.scheduler.test;

import java.io.File;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.grpc.Status;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

import io.sw4rm.scheduler.client.AsyncSchedulerClient;
import io.sw4rm.scheduler.client.ReactiveSchedulerClient;
import io.sw4rm.scheduler.client.SchedulerClient;
import io.sw4rm.scheduler.client.SchedulerUnavailableException;
import io.sw4rm.scheduler.client.TaskSubmission;
import io.sw4rm.scheduler.embedded.EmbeddedScheduler;
import io.sw4rm.scheduler.embedded.Rpc;

import static io.sw4rm.scheduler.test.SchedulerAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link EmbeddedSchedulerExtension}, whose subjects run in a launcher of their
 * own.
 */
class EmbeddedSchedulerExtensionTests {

	private static final TaskSubmission TASK = TaskSubmission.forAgent("worker-1").taskId("task-123").build();

	private static final Map<String, String> PARALLEL = Map.of("junit.jupiter.execution.parallel.enabled", "true",
			"junit.jupiter.execution.parallel.mode.default", "concurrent",
			"junit.jupiter.execution.parallel.config.strategy", "fixed",
			"junit.jupiter.execution.parallel.config.fixed.parallelism", "2");

	private static final List<EmbeddedScheduler> seen = new CopyOnWriteArrayList<>();

	@BeforeEach
	void forget() {
		seen.clear();
	}

	@Test
	void injectsSchedulerAndClientsAndResetsBeforeEachTest() {
		assertThat(failures(Declarative.class)).isEmpty();
		assertThat(seen).hasSize(4);
		assertThat(seen.stream().distinct()).hasSize(1);
	}

	@Test
	void stopsWithItsTestClass() {
		assertThat(failures(Declarative.class)).isEmpty();
		try (SchedulerClient client = SchedulerClient.create("http://" + seen.get(0).address())) {
			assertThatExceptionOfType(SchedulerUnavailableException.class).isThrownBy(() -> client.submitTask(TASK));
		}
	}

	@Test
	void eachTestClassHasItsOwnScheduler() {
		assertThat(failures(Declarative.class, Programmatic.class)).isEmpty();
		assertThat(seen.stream().distinct()).hasSize(2);
	}

	@Test
	void fieldThatIsNotStaticHasOneSchedulerForEachTest() {
		assertThat(failures(InstanceField.class)).isEmpty();
		assertThat(seen.stream().distinct()).hasSize(2);
	}

	@Test
	void sharedSchedulerIsTheSameInAllTestClasses() {
		assertThat(failures(FirstShared.class, SecondShared.class)).isEmpty();
		assertThat(seen).hasSize(2);
		assertThat(seen.stream().distinct()).hasSize(1);
		assertThat(failures(FirstShared.class)).isEmpty();
		assertThat(seen.stream().distinct()).hasSize(2);
	}

	@Test
	void fieldThatConcurrentTestClassesInheritRefusesToChooseAScheduler() {
		assertThat(failures(PARALLEL, FirstSubclass.class, SecondSubclass.class)).hasSize(2)
			.allSatisfy((failure) -> assertThat(failure).isInstanceOf(IllegalStateException.class)
				.hasMessageContaining("parameters"));
		assertThat(seen.stream().distinct()).hasSize(2);
	}

	@Test
	void returnsNoSchedulerThatWasStopped() {
		assertThat(failures(Programmatic.class)).isEmpty();
		assertThatIllegalStateException().isThrownBy(Programmatic.extension::scheduler);
	}

	@Test
	void testsThatUseOneSchedulerAtTheSameTimeFail() {
		List<Throwable> failures = failures(PARALLEL, Concurrent.class);
		assertThat(failures).singleElement()
			.isInstanceOfSatisfying(IllegalStateException.class,
					(ex) -> assertThat(ex).hasMessageContaining("uses the same embedded scheduler at the same time")
						.hasMessageContaining("@Execution(SAME_THREAD)"));
	}

	@Test
	void explainsFieldWithoutAnnotation() {
		assertThatIllegalStateException().isThrownBy(() -> new EmbeddedSchedulerExtension().scheduler())
			.withMessageContaining("@RegisterExtension");
	}

	@Test
	void runsWithoutSpringReactorAndJackson() throws Exception {
		String classPath = Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
			.filter((entry) -> Stream.of("springframework", "reactor", "jackson").noneMatch(entry::contains))
			.collect(Collectors.joining(File.pathSeparator));
		Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
				classPath, EmbeddedSchedulerExtensionTests.class.getName())
			.redirectErrorStream(true)
			.start();
		try (InputStream output = process.getInputStream()) {
			assertThat(new String(output.readAllBytes())).contains("schedulers: 1, failures: []");
		}
		finally {
			process.destroyForcibly();
		}
	}

	/**
	 * Runs a test class.
	 * @param arguments not used
	 */
	public static void main(String[] arguments) {
		List<Throwable> failures = failures(Programmatic.class);
		System.out.println("schedulers: " + seen.size() + ", failures: " + failures);
	}

	private static List<Throwable> failures(Class<?>... testClasses) {
		return failures(Map.of(), testClasses);
	}

	private static List<Throwable> failures(Map<String, String> parameters, Class<?>... testClasses) {
		LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
			.selectors(Stream.of(testClasses).map(DiscoverySelectors::selectClass).toList())
			.configurationParameters(parameters)
			.build();
		List<Throwable> failures = new CopyOnWriteArrayList<>();
		LauncherFactory.create().execute(request, new TestExecutionListener() {

			@Override
			public void executionFinished(TestIdentifier identifier, TestExecutionResult result) {
				result.getThrowable().ifPresent(failures::add);
			}

		});
		return failures;
	}

	@ExtendWith(EmbeddedSchedulerExtension.class)
	static class Declarative {

		private final EmbeddedScheduler scheduler;

		Declarative(EmbeddedScheduler scheduler) {
			this.scheduler = scheduler;
		}

		@BeforeAll
		static void submitBeforeAll(SchedulerClient client) {
			client.submitTask(TASK);
		}

		@BeforeEach
		void submitBeforeEach(SchedulerClient client) {
			assertThat(this.scheduler).hasReceivedNothing();
			client.submitTask(TaskSubmission.forAgent("worker-2").taskId("before").build());
		}

		@RepeatedTest(2)
		void usesBlockingClient(SchedulerClient client) {
			seen.add(this.scheduler);
			client.submitTask(TASK).orElseThrow();
			assertThat(this.scheduler).hasAccepted("task-123");
			assertThat(this.scheduler).hasAccepted("before");
			this.scheduler.faults().on(Rpc.SUBMIT_TASK).times(10).fail(Status.UNAVAILABLE);
		}

		@Test
		void convertsObjectsToJson(SchedulerClient client) {
			client.submitTask(TASK.toBuilder().params(Map.of("action", "process")).build());
			assertThat(this.scheduler).hasAccepted("task-123").withParams("{\"action\":\"process\"}");
		}

		@Test
		void usesAsynchronousClient(AsyncSchedulerClient client) {
			seen.add(this.scheduler);
			assertThat(client.submitTask(TASK).join().accepted()).isTrue();
		}

		@Nested
		class Inner {

			@Test
			void usesReactiveClientAndSchedulerOfOuterClass(ReactiveSchedulerClient client, EmbeddedScheduler inner) {
				seen.add(inner);
				client.submitTask(TASK).block();
				assertThat(inner).hasAccepted("task-123");
			}

		}

	}

	static class Programmatic {

		@RegisterExtension
		static final EmbeddedSchedulerExtension extension = new EmbeddedSchedulerExtension(
				(builder) -> builder.maxTasks(1));

		@Test
		void usesSettings() {
			seen.add(extension.scheduler());
			extension.client().submitTask(TASK).orElseThrow();
			extension.client().submitTask(TaskSubmission.forAgent("worker-1").taskId("task-124").build());
			assertThat(extension.scheduler()).hasRefused("task-124");
		}

	}

	static class InstanceField {

		@RegisterExtension
		final EmbeddedSchedulerExtension extension = new EmbeddedSchedulerExtension();

		@RepeatedTest(2)
		void submits() {
			seen.add(this.extension.scheduler());
			this.extension.client().submitTask(TASK).orElseThrow();
		}

	}

	abstract static class Inherited {

		@RegisterExtension
		static final EmbeddedSchedulerExtension extension = new EmbeddedSchedulerExtension();

		private static final CyclicBarrier bothTests = new CyclicBarrier(2);

		@Test
		void choosesScheduler(EmbeddedScheduler scheduler) throws Exception {
			seen.add(scheduler);
			bothTests.await(30, TimeUnit.SECONDS);
			try {
				assertThat(extension.scheduler()).isSameAs(scheduler);
			}
			finally {
				bothTests.await(30, TimeUnit.SECONDS);
			}
		}

	}

	static class FirstSubclass extends Inherited {

	}

	static class SecondSubclass extends Inherited {

	}

	static class FirstShared {

		@RegisterExtension
		static final EmbeddedSchedulerExtension extension = EmbeddedSchedulerExtension.shared();

		@Test
		void submits(SchedulerClient client) {
			seen.add(extension.scheduler());
			client.submitTask(TASK).orElseThrow();
		}

	}

	static class SecondShared {

		@RegisterExtension
		static final EmbeddedSchedulerExtension extension = EmbeddedSchedulerExtension.shared();

		@Test
		void findsNothing() {
			seen.add(extension.scheduler());
			assertThat(extension.scheduler()).hasReceivedNothing();
		}

	}

	@ExtendWith(EmbeddedSchedulerExtension.class)
	static class Concurrent {

		private static final CountDownLatch failed = new CountDownLatch(1);

		@RegisterExtension
		static final AfterEachCallback afterEach = (context) -> failed.countDown();

		@Test
		void first() throws Exception {
			assertThat(failed.await(30, TimeUnit.SECONDS)).isTrue();
		}

		@Test
		void second() throws Exception {
			assertThat(failed.await(30, TimeUnit.SECONDS)).isTrue();
		}

	}

}
