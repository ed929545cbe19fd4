package io.sw4rm.scheduler.autoconfigure.embedded;

import java.net.URL;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.devtools.restart.RestartInitializer;
import org.springframework.boot.devtools.restart.Restarter;
import org.springframework.boot.grpc.client.autoconfigure.CompositeChannelFactoryAutoConfiguration;
import org.springframework.boot.grpc.client.autoconfigure.GrpcClientAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import io.sw4rm.scheduler.autoconfigure.SchedulerAutoConfiguration;
import io.sw4rm.scheduler.client.SchedulerClient;
import io.sw4rm.scheduler.client.TaskSubmission;
import io.sw4rm.scheduler.embedded.EmbeddedScheduler;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that the embedded scheduler survives restarts by devtools. Each context is a
 * start of the application.
 */
class DevtoolsRestartTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SslAutoConfiguration.class, GrpcClientAutoConfiguration.class,
				CompositeChannelFactoryAutoConfiguration.class, SchedulerAutoConfiguration.class,
				EmbeddedSchedulerAutoConfiguration.class));

	@AfterEach
	void stopScheduler() {
		String name = EmbeddedScheduler.class.getName() + "-0";
		if (Restarter.getInstance().removeAttribute(name) instanceof EmbeddedScheduler scheduler) {
			scheduler.close();
		}
		Restarter.clearInstance();
	}

	@Test
	void keepsTasksAndPortOverRestarts() throws Exception {
		enableRestarts();
		EmbeddedScheduler before = submit("task-1");
		EmbeddedScheduler after = submit("task-2");
		assertThat(after).isSameAs(before);
		assertThat(after.agent("worker-1").queued()).hasSize(2);
	}

	@Test
	void startsAnotherSchedulerIfItsClassWasLoadedAgain() throws Exception {
		enableRestarts();
		AtomicBoolean closed = new AtomicBoolean();
		Restarter.getInstance()
			.getOrAddAttribute(EmbeddedScheduler.class.getName() + "-0", () -> (AutoCloseable) () -> closed.set(true));
		EmbeddedScheduler before = submit("task-1");
		assertThat(closed).isTrue();
		assertThat(submit("task-2")).isSameAs(before);
	}

	@Test
	void startsOneForEachContextIfThereAreNoRestarts() {
		Restarter.initialize(new String[0], false, RestartInitializer.NONE, false);
		EmbeddedScheduler before = submit("task-1");
		assertThat(submit("task-2")).isNotSameAs(before);
	}

	private EmbeddedScheduler submit(String taskId) {
		EmbeddedScheduler[] scheduler = new EmbeddedScheduler[1];
		this.contextRunner.run((context) -> {
			context.getBean(SchedulerClient.class)
				.submitTask(TaskSubmission.forAgent("worker-1").taskId(taskId).build())
				.orElseThrow();
			scheduler[0] = context.getBean(EmbeddedScheduler.class);
		});
		return scheduler[0];
	}

	private static void enableRestarts() throws Exception {
		URL[] urls = { Path.of("target/classes").toUri().toURL() };
		Restarter.initialize(new String[0], false, (thread) -> urls, false);
	}

}
