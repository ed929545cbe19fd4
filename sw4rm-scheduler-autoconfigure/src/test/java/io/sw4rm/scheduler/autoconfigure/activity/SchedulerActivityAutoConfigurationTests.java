package io.sw4rm.scheduler.autoconfigure.activity;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

import io.grpc.Status;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.context.LifecycleAutoConfiguration;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.grpc.client.autoconfigure.CompositeChannelFactoryAutoConfiguration;
import org.springframework.boot.grpc.client.autoconfigure.GrpcClientAutoConfiguration;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationContextAware;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import io.sw4rm.scheduler.autoconfigure.SchedulerAutoConfiguration;
import io.sw4rm.scheduler.autoconfigure.embedded.EmbeddedSchedulerAutoConfiguration;
import io.sw4rm.scheduler.autoconfigure.health.SchedulerHealthContributorAutoConfiguration;
import io.sw4rm.scheduler.autoconfigure.metrics.SchedulerMetricsAutoConfiguration;
import io.sw4rm.scheduler.client.ActivityEntry;
import io.sw4rm.scheduler.client.SchedulerClient;
import io.sw4rm.scheduler.embedded.EmbeddedScheduler;
import io.sw4rm.scheduler.embedded.RecordedActivity;
import io.sw4rm.scheduler.embedded.Rpc;

import static io.sw4rm.scheduler.autoconfigure.activity.ReceivedActivity.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link SchedulerActivityAutoConfiguration}: the life of listeners, and what
 * happens to their errors.
 */
@ExtendWith(OutputCaptureExtension.class)
@Timeout(120)
class SchedulerActivityAutoConfigurationTests {

	private static final String ID = "listener.onActivity";

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(LifecycleAutoConfiguration.class, SslAutoConfiguration.class,
				GrpcClientAutoConfiguration.class, CompositeChannelFactoryAutoConfiguration.class,
				SchedulerAutoConfiguration.class, EmbeddedSchedulerAutoConfiguration.class,
				SchedulerMetricsAutoConfiguration.class, SchedulerHealthContributorAutoConfiguration.class,
				SchedulerActivityAutoConfiguration.class))
		.withBean(ReceivedActivity.class)
		.withBean("listener", Listener.class)
		.withPropertyValues("sw4rm.scheduler.embedded.enabled=true", "sw4rm.scheduler.activity.interval=5ms",
				"sw4rm.scheduler.health.deadline=30s");

	@Test
	void backsOffIfDisabled() {
		this.contextRunner.withPropertyValues("sw4rm.scheduler.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(SchedulerActivityListenerRegistry.class));
	}

	@ParameterizedTest
	@ValueSource(strings = { "io.micrometer", "reactor" })
	void worksWithoutOptionalLibrary(String library) {
		this.contextRunner.withClassLoader(new FilteredClassLoader(library)).run((context) -> {
			record(context, "task-1");
			received(context).awaitExactly("task-1");
		});
	}

	@Test
	void startsIfSchedulerIsNotAvailable() {
		this.contextRunner
			.withPropertyValues("sw4rm.scheduler.embedded.enabled=false", "sw4rm.scheduler.address=localhost:1")
			.withBean(RecordingErrorHandler.class)
			.run((context) -> {
				received(context).awaitExactly("outage of worker-1: SchedulerUnavailableException");
				assertThat(registry(context).isRunning(ID)).isTrue();
			});
	}

	@Test
	void appliesPropertiesToWatches() {
		this.contextRunner.withPropertyValues("sw4rm.scheduler.activity.purge=true").run((context) -> {
			record(context, "task-1");
			received(context).awaitExactly("task-1");
			await().untilAsserted(() -> assertThat(scheduler(context).agent("worker-1").activity()).isEmpty());
		});
	}

	@Test
	void namedClientsInheritProperties() {
		try (EmbeddedScheduler billing = EmbeddedScheduler.start()) {
			this.contextRunner.withBean("billing", BillingListener.class)
				.withPropertyValues("sw4rm.scheduler.address=" + billing.address(),
						"sw4rm.scheduler.embedded.enabled=false", "sw4rm.scheduler.activity.purge=true",
						"sw4rm.scheduler.client.billing.address=" + billing.address(),
						"sw4rm.scheduler.client.billing.activity.purge=false")
				.run((context) -> {
					ReceivedActivity.record(billing, "worker-1", "task-1");
					ReceivedActivity.record(billing, "worker-2", "task-2");
					received(context).awaitExactly("task-1", "worker-2 task-2");
					await().untilAsserted(() -> assertThat(billing.agent("worker-1").activity()).isEmpty());
					assertThat(billing.agent("worker-2").activity()).hasSize(1);
				});
		}
	}

	@Test
	void pausesAndResumesListener() {
		this.contextRunner.run((context) -> {
			record(context, "task-1");
			received(context).awaitExactly("task-1");
			registry(context).pause(ID);
			assertThat(registry(context).isPaused(ID)).isTrue();
			assertThat(registry(context).isRunning(ID)).isTrue();
			assertNoPolls(context);
			record(context, "task-2");
			registry(context).start(ID);
			assertNoPolls(context);
			registry(context).resume(ID);
			assertThat(registry(context).isPaused(ID)).isFalse();
			received(context).awaitExactly("task-1", "task-2");
		});
	}

	@Test
	void pausedListenerThatStartsDoesNotPoll() {
		this.contextRunner.run((context) -> {
			registry(context).stop(ID);
			registry(context).pause(ID);
			registry(context).start(ID);
			assertNoPolls(context);
			record(context, "task-1");
			registry(context).resume(ID);
			received(context).awaitExactly("task-1");
		});
	}

	@Test
	void stopsAndStartsListener() {
		this.contextRunner.run((context) -> {
			record(context, "task-1");
			received(context).awaitExactly("task-1");
			registry(context).stop(ID);
			assertThat(registry(context).isRunning(ID)).isFalse();
			assertNoPolls(context);
			record(context, "task-2");
			registry(context).start(ID);
			registry(context).start(ID);
			assertThat(registry(context).isRunning(ID)).isTrue();
			received(context).awaitExactly("task-1", "task-1", "task-2");
		});
	}

	@Test
	void listenerCanStopItself() {
		this.contextRunner.withBean("stopping", StoppingListener.class).run((context) -> {
			record(context, "worker-2", "task-1");
			record(context, "worker-2", "task-2");
			received(context).awaitExactly("stopped by task-1");
			assertThat(registry(context).isRunning("stopping.onActivity")).isFalse();
		});
	}

	@Test
	void refusesUnknownId() {
		this.contextRunner
			.run((context) -> assertThatIllegalArgumentException().isThrownBy(() -> registry(context).pause("other"))
				.withMessage("There is no listener 'other' (available: [listener.onActivity])"));
	}

	@Test
	void startsAgainAfterFailure() {
		this.contextRunner.withBean(RecordingErrorHandler.class).run((context) -> {
			scheduler(context).faults().on(Rpc.POLL_ACTIVITY_BUFFER).times(1).fail(Status.PERMISSION_DENIED);
			received(context).awaitExactly("end of worker-1: SchedulerPermissionDeniedException");
			await().untilAsserted(() -> assertThat(registry(context).isRunning(ID)).isFalse());
			registry(context).start(ID);
			record(context, "task-1");
			received(context).awaitExactly("end of worker-1: SchedulerPermissionDeniedException", "task-1");
		});
	}

	@Test
	void outageDoesNotChangeHealth() {
		this.contextRunner.withBean(RecordingErrorHandler.class).run((context) -> {
			scheduler(context).faults().on(Rpc.POLL_ACTIVITY_BUFFER).times(1000).fail(Status.UNAVAILABLE);
			received(context).awaitExactly("outage of worker-1: SchedulerUnavailableException");
			assertThat(context.getBean(HealthIndicator.class).health().getStatus().getCode()).isEqualTo("UP");
			record(context, "task-1");
			scheduler(context).faults().clear();
			received(context).awaitExactly("outage of worker-1: SchedulerUnavailableException", "recovery of worker-1",
					"task-1");
		});
	}

	@Test
	void passesErrorsToHandler() {
		this.contextRunner.withBean(RecordingErrorHandler.class)
			.withPropertyValues("sw4rm.scheduler.activity.purge=true")
			.run((context) -> {
				record(context, "broken");
				received(context).awaitExactly("failure of broken at worker-1, listener " + ID + ", client default: "
						+ "IllegalStateException");
				assertThat(scheduler(context).agent("worker-1").activity()).extracting(RecordedActivity::taskId)
					.containsExactly("broken");
				record(context, "lost");
				received(context).awaitExactly("failure of broken at worker-1, listener " + ID + ", client default: "
						+ "IllegalStateException", "lost", "lost 1 of worker-1");
			});
	}

	@Test
	void usesHandlerOfClient() {
		try (EmbeddedScheduler billing = EmbeddedScheduler.start()) {
			this.contextRunner.withUserConfiguration(BillingErrorHandlerConfiguration.class)
				.withPropertyValues("sw4rm.scheduler.address=" + billing.address(),
						"sw4rm.scheduler.embedded.enabled=false",
						"sw4rm.scheduler.client.billing.address=" + billing.address())
				.withBean("billing", BillingListener.class)
				.run((context) -> {
					ReceivedActivity.record(billing, "worker-1", "broken");
					ReceivedActivity.record(billing, "worker-2", "broken");
					received(context).awaitExactly("default default worker-1", "billing billing worker-2");
				});
		}
	}

	@Test
	void logsFirstExceptionOfEachType(CapturedOutput output) {
		this.contextRunner.run((context) -> {
			record(context, "broken");
			record(context, "broken");
			record(context, "illegal");
			record(context, "task-1");
			received(context).awaitExactly("task-1");
			assertThat(output.getOut().split("could not be handled", -1)).hasSize(3);
			assertThat(output).contains("ERROR")
				.contains("Activity of agent 'worker-1' of the scheduler 'default', listener '" + ID
						+ "' could not be handled; further exceptions of this type are not logged for this listener")
				.contains("IllegalStateException: broken")
				.contains("IllegalArgumentException: illegal");
		});
	}

	@Test
	void logsOutageOnce(CapturedOutput output) {
		this.contextRunner.run((context) -> {
			scheduler(context).faults().on(Rpc.POLL_ACTIVITY_BUFFER).times(3).fail(Status.DEADLINE_EXCEEDED);
			await().untilAsserted(() -> assertThat(output).contains("is available again"));
			assertThat(output.getOut().split("is not available, trying again: ", -1)).hasSize(2);
		});
	}

	@Test
	void stopWaitsForMethod() {
		this.contextRunner.withBean("blocking", BlockingListener.class).run((context) -> {
			BlockingListener listener = context.getBean(BlockingListener.class);
			record(context, "worker-2", "task-1");
			record(context, "worker-2", "task-2");
			received(context).awaitExactly("task-1 begins");
			CompletableFuture<Void> close = CompletableFuture
				.runAsync(() -> context.getSourceApplicationContext(AnnotationConfigApplicationContext.class).close());
			await().until(() -> !registry(context).isRunning());
			assertThat(close).isNotDone();
			listener.release.countDown();
			assertThat(close).succeedsWithin(Duration.ofSeconds(30));
			assertThat(listener.received.events()).containsExactly("task-1 begins", "task-1 ends");
		});
	}

	@Test
	void stopDoesNotWaitLongerThanTheTimeout() {
		this.contextRunner.withBean("blocking", BlockingListener.class)
			.withPropertyValues("spring.lifecycle.timeout-per-shutdown-phase=50ms")
			.run((context) -> {
				BlockingListener listener = context.getBean(BlockingListener.class);
				record(context, "worker-2", "task-1");
				received(context).awaitExactly("task-1 begins");
				context.getSourceApplicationContext(AnnotationConfigApplicationContext.class).close();
				assertThat(listener.received.events()).containsExactly("task-1 begins");
				listener.release.countDown();
			});
	}

	@Test
	void startsLastAndStopsFirst() {
		PhaseRecorder recorder = new PhaseRecorder();
		this.contextRunner.withBean("recorder", PhaseRecorder.class, () -> recorder)
			.run((context) -> assertThat(registry(context).isRunning()).isTrue());
		assertThat(recorder.events).containsExactly("start, listeners run: false", "stop, listeners run: false");
	}

	@Test
	void restartsWithPausedContext() {
		this.contextRunner.withBean("manual", ManualListener.class).run((context) -> {
			AnnotationConfigApplicationContext source = context
				.getSourceApplicationContext(AnnotationConfigApplicationContext.class);
			record(context, "task-1");
			received(context).awaitExactly("task-1");
			source.pause();
			assertNoPolls(context);
			registry(context).start("manual.onActivity");
			assertThat(registry(context).isRunning("manual.onActivity")).isFalse();
			assertNoPolls(context);
			source.restart();
			record(context, "worker-2", "task-2");
			received(context).awaitExactly("task-1", "task-1", "worker-2 task-2");
		});
	}

	@Test
	void findsListenersOfChildContext() {
		this.contextRunner.run((parent) -> new ApplicationContextRunner().withParent(parent)
			.withConfiguration(AutoConfigurations.of(SchedulerActivityAutoConfiguration.class))
			.withBean("child", EntryAndAgentListener.class)
			.run((child) -> {
				assertThat(registry(parent).getListenerIds()).containsExactly(ID);
				assertThat(child.getBean(SchedulerActivityListenerRegistry.class).getListenerIds())
					.containsExactly("child.onActivity");
				record(parent, "task-1");
				record(parent, "worker-2", "task-2");
				received(parent).awaitExactly("task-1", "worker-2 task-2");
			}));
	}

	@Test
	void usesErrorHandlerOfChildContext() {
		this.contextRunner
			.withPropertyValues("sw4rm.scheduler.address=localhost:1",
					"sw4rm.scheduler.client.billing.address=localhost:1")
			.withUserConfiguration(ErrorHandlersOfParent.class)
			.run((parent) -> {
				scheduler(parent).faults().on(Rpc.POLL_ACTIVITY_BUFFER).times(1000).fail(Status.UNAVAILABLE);
				new ApplicationContextRunner().withParent(parent)
					.withConfiguration(AutoConfigurations.of(SchedulerActivityAutoConfiguration.class))
					.withBean("child", EntryAndAgentListener.class)
					.withBean(RecordingErrorHandler.class)
					.run((child) -> received(parent).awaitExactly("outage of worker-2: SchedulerUnavailableException"));
			});
	}

	@Test
	void countsEntries() {
		MeterRegistry registry = new SimpleMeterRegistry();
		this.contextRunner.withBean(MeterRegistry.class, () -> registry).run((context) -> {
			record(context, "task-1");
			record(context, "task-2");
			received(context).awaitExactly("task-1", "task-2");
			assertThat(registry.get("sw4rm.scheduler.activity.received").counter().count()).isEqualTo(2);
			assertThat(registry.get("sw4rm.scheduler.activity.lag").timer().count()).isEqualTo(2);
			assertThat(registry.get("sw4rm.scheduler.activity.lag").timer().getId().getTags()).isEmpty();
		});
		assertThat(registry.getMeters()).isEmpty();
	}

	@Test
	void metersHaveNameOfClient() {
		MeterRegistry registry = new SimpleMeterRegistry();
		try (EmbeddedScheduler billing = EmbeddedScheduler.start()) {
			this.contextRunner.withBean(MeterRegistry.class, () -> registry)
				.withPropertyValues("sw4rm.scheduler.address=" + billing.address(),
						"sw4rm.scheduler.embedded.enabled=false",
						"sw4rm.scheduler.client.billing.address=" + billing.address())
				.withBean("billing", BillingListener.class)
				.run((context) -> {
					ReceivedActivity.record(billing, "worker-2", "task-2");
					received(context).awaitExactly("worker-2 task-2");
					assertThat(registry.get("sw4rm.scheduler.activity.received").counter().getId().getTags())
						.hasToString("[tag(client=billing)]");
				});
		}
	}

	/**
	 * Check that only this method polls.
	 */
	private static void assertNoPolls(AssertableApplicationContext context) {
		long before = polls(context);
		for (int i = 0; i < 50; i++) {
			context.getBean(SchedulerClient.class).pollActivityBuffer("other");
		}
		// Others may have been on their way
		assertThat(polls(context) - before).isBetween(50L, 52L);
	}

	private static long polls(AssertableApplicationContext context) {
		return scheduler(context).faults().calls(Rpc.POLL_ACTIVITY_BUFFER);
	}

	private static void record(AssertableApplicationContext context, String taskId) {
		record(context, "worker-1", taskId);
	}

	private static void record(AssertableApplicationContext context, String agentId, String taskId) {
		ReceivedActivity.record(scheduler(context), agentId, taskId);
	}

	private static EmbeddedScheduler scheduler(AssertableApplicationContext context) {
		return context.getBean(EmbeddedScheduler.class);
	}

	private static ReceivedActivity received(AssertableApplicationContext context) {
		return context.getBean(ReceivedActivity.class);
	}

	private static SchedulerActivityListenerRegistry registry(AssertableApplicationContext context) {
		return context.getBean(SchedulerActivityListenerRegistry.class);
	}

	/**
	 * Starts before and stops after components in the last phase.
	 */
	static class PhaseRecorder implements SmartLifecycle, ApplicationContextAware {

		final List<String> events = new ArrayList<>();

		private ApplicationContext context;

		@Override
		public void setApplicationContext(ApplicationContext context) {
			this.context = context;
		}

		@Override
		public int getPhase() {
			return SmartLifecycle.DEFAULT_PHASE - 1;
		}

		@Override
		public void start() {
			record("start");
		}

		@Override
		public void stop() {
			record("stop");
		}

		private void record(String event) {
			// Not injected, because dependencies start first
			boolean running = this.context.getBean(SchedulerActivityListenerRegistry.class).isRunning();
			this.events.add("%s, listeners run: %s".formatted(event, running));
		}

		@Override
		public boolean isRunning() {
			return this.events.size() == 1;
		}

	}

	static class Listener {

		@Autowired
		ReceivedActivity received;

		@Autowired
		ObjectProvider<EmbeddedScheduler> scheduler;

		@SchedulerActivityListener("worker-1")
		void onActivity(ActivityEntry entry) {
			switch (entry.taskId()) {
				case "broken" -> throw new IllegalStateException("broken");
				case "illegal" -> throw new IllegalArgumentException("illegal");
				case "lost" ->
					this.scheduler.ifAvailable((scheduler) -> ReceivedActivity.record(scheduler, "worker-1", "lost"));
				default -> {
				}
			}
			this.received.add(entry);
		}

	}

	static class BillingListener {

		@Autowired
		ReceivedActivity received;

		@SchedulerActivityListener(agents = "worker-2", client = "billing")
		void onActivity(ActivityEntry entry, String agentId) {
			if (entry.taskId().equals("broken")) {
				throw new IllegalStateException("broken");
			}
			this.received.add(entry, agentId);
		}

	}

	static class EntryAndAgentListener {

		@Autowired
		ReceivedActivity received;

		@SchedulerActivityListener("worker-2")
		void onActivity(ActivityEntry entry, String agentId) {
			this.received.add(entry, agentId);
		}

	}

	static class ManualListener {

		@Autowired
		ReceivedActivity received;

		@SchedulerActivityListener(agents = "worker-2", autoStartup = "false")
		void onActivity(ActivityEntry entry, String agentId) {
			this.received.add(entry, agentId);
		}

	}

	static class StoppingListener {

		@Autowired
		ReceivedActivity received;

		@Autowired
		SchedulerActivityListenerRegistry registry;

		@SchedulerActivityListener("worker-2")
		void onActivity(ActivityEntry entry) {
			this.registry.stop("stopping.onActivity");
			this.received.add("stopped by " + entry.taskId());
		}

	}

	static class BlockingListener {

		final CountDownLatch release = new CountDownLatch(1);

		@Autowired
		ReceivedActivity received;

		@SchedulerActivityListener("worker-2")
		void onActivity(ActivityEntry entry) throws InterruptedException {
			this.received.add(entry.taskId() + " begins");
			this.release.await();
			this.received.add(entry.taskId() + " ends");
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ErrorHandlersOfParent {

		@Bean
		LoggingErrorHandler errorHandler() {
			return new LoggingErrorHandler();
		}

		@Bean
		@Qualifier("billing")
		LoggingErrorHandler errorHandlerOfBilling() {
			return new LoggingErrorHandler();
		}

	}

	static class RecordingErrorHandler implements SchedulerActivityErrorHandler {

		@Autowired
		ReceivedActivity received;

		@Override
		public void onActivityFailure(WatchedAgent agent, ActivityEntry entry, Throwable failure) {
			this.received.add("failure of %s at %s, listener %s, client %s: %s".formatted(entry.taskId(),
					agent.agentId(), agent.listenerId(), agent.client(), failure.getClass().getSimpleName()));
		}

		@Override
		public void onOutage(WatchedAgent agent, Throwable failure) {
			this.received.add("outage of %s: %s".formatted(agent.agentId(), failure.getClass().getSimpleName()));
		}

		@Override
		public void onRecovery(WatchedAgent agent) {
			this.received.add("recovery of " + agent.agentId());
		}

		@Override
		public void onEntriesLost(WatchedAgent agent, long entries) {
			this.received.add("lost %d of %s".formatted(entries, agent.agentId()));
		}

		@Override
		public void onError(WatchedAgent agent, Throwable failure) {
			this.received.add("end of %s: %s".formatted(agent.agentId(), failure.getClass().getSimpleName()));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class BillingErrorHandlerConfiguration {

		@Bean
		@Qualifier("billing")
		SchedulerActivityErrorHandler billingHandler(ReceivedActivity received) {
			return (agent, entry, failure) -> received.add("billing %s %s".formatted(agent.client(), agent.agentId()));
		}

		@Bean
		SchedulerActivityErrorHandler defaultHandler(ReceivedActivity received) {
			return (agent, entry, failure) -> received.add("default %s %s".formatted(agent.client(), agent.agentId()));
		}

	}

}
