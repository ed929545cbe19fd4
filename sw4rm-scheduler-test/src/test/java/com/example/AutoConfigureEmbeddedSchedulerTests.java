package com.example;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.test.context.TestContextManager;

import io.sw4rm.scheduler.autoconfigure.SchedulerConnectionDetails;
import io.sw4rm.scheduler.client.AsyncSchedulerClient;
import io.sw4rm.scheduler.client.SchedulerClient;
import io.sw4rm.scheduler.client.TaskSubmission;
import io.sw4rm.scheduler.embedded.EmbeddedScheduler;
import io.sw4rm.scheduler.test.AutoConfigureEmbeddedScheduler;
import io.sw4rm.scheduler.test.LocalSchedulerPort;

import static io.sw4rm.scheduler.test.SchedulerAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link AutoConfigureEmbeddedScheduler @AutoConfigureEmbeddedScheduler} in an
 * application with the settings of production.
 */
@SpringBootTest(properties = { "sw4rm.scheduler.address=https://scheduler.invalid:443",
		"sw4rm.scheduler.ssl.bundle=missing", "sw4rm.scheduler.ssl.server-name-override=scheduler.example",
		"sw4rm.scheduler.auth.token=s3cret-token", "sw4rm.scheduler.startup=fail-fast",
		"sw4rm.scheduler.embedded.enabled=false", "sw4rm.scheduler.embedded.port=1",
		"sw4rm.scheduler.load-balancing-policy=round_robin", "sw4rm.scheduler.keepalive.time=1m",
		"sw4rm.scheduler.client.billing.address=scheduler-1.invalid,scheduler-2.invalid",
		"sw4rm.scheduler.client.billing.auth.token=billing-token",
		"sw4rm.scheduler.client.reports.address=dns:///reports.invalid:1",
		"sw4rm.scheduler.client.reports.ssl.bundle=missing" })
@AutoConfigureEmbeddedScheduler
class AutoConfigureEmbeddedSchedulerTests {

	@LocalSchedulerPort
	private int port;

	@Autowired
	private EmbeddedScheduler scheduler;

	@Autowired
	private SchedulerClient client;

	@BeforeAll
	static void submitBeforeAll(@Autowired SchedulerClient client) {
		client.submitTask(task("before-all")).orElseThrow();
	}

	@BeforeEach
	void findsNothingOfTheStartOrOtherTests() {
		assertThat(this.scheduler).hasReceivedNothing();
	}

	@Test
	void clientsUseTheEmbeddedScheduler(@Autowired Dispatcher dispatcher) {
		dispatcher.dispatch("task-1", "{}");
		assertThat(this.scheduler).hasAccepted("task-1").withMetadata("authorization", "Bearer s3cret-token");
	}

	@Test
	void namedClientsUseTheSameScheduler(@Autowired @Qualifier("billing") SchedulerClient billing,
			@Autowired @Qualifier("reports") AsyncSchedulerClient reports) {
		billing.submitTask(task("task-1")).orElseThrow();
		reports.submitTask(task("task-2")).join().orElseThrow();
		assertThat(this.scheduler).hasAccepted("task-1").withMetadata("authorization", "Bearer billing-token");
		assertThat(this.scheduler).hasAccepted("task-2");
	}

	@Test
	void portIsFreeOneInsteadOfTheConfiguredOne() {
		assertThat(this.port).isEqualTo(this.scheduler.port()).isNotEqualTo(1);
	}

	@Test
	void contextsThatAreCachedTogetherHaveTheirOwnSchedulers() throws Exception {
		EmbeddedScheduler first = context(FirstContext.class).getBean(EmbeddedScheduler.class);
		EmbeddedScheduler second = context(SecondContext.class).getBean(EmbeddedScheduler.class);
		assertThat(first.port()).isNotEqualTo(second.port()).isNotEqualTo(this.port);
		context(FirstContext.class).getBean(SchedulerClient.class).submitTask(task("task-1"));
		assertThat(first).hasAccepted("task-1");
		assertThat(second).hasNotAccepted("task-1");
		new TestContextManager(SecondContext.class).beforeTestMethod(this, getClass().getDeclaredMethods()[0]);
		assertThat(first).hasAccepted("task-1");
		new TestContextManager(FirstContext.class).beforeTestMethod(this, getClass().getDeclaredMethods()[0]);
		assertThat(first).hasReceivedNothing();
	}

	@Test
	void doesNotStartWithConnectionDetailsOfTheApplication() {
		assertThatIllegalStateException().isThrownBy(() -> context(OwnConnectionDetails.class))
			.havingRootCause()
			.withMessageContaining("[mine] are used instead of the embedded scheduler");
	}

	@Test
	void disabledIntegrationHasNoScheduler() throws Exception {
		ApplicationContext context = context(Disabled.class);
		assertThat(context.getBeanNamesForType(EmbeddedScheduler.class)).isEmpty();
		assertThat(context.getBeanNamesForType(SchedulerClient.class)).isEmpty();
		new TestContextManager(Disabled.class).beforeTestMethod(this, getClass().getDeclaredMethods()[0]);
	}

	@Test
	void testWithoutAnnotationIsNotReset() throws Exception {
		EmbeddedScheduler scheduler = context(WithoutAnnotation.class).getBean(EmbeddedScheduler.class);
		new TestContextManager(WithoutAnnotation.class).beforeTestMethod(this, getClass().getDeclaredMethods()[0]);
		assertThat(scheduler).hasAccepted("at-start");
		assertThat(scheduler).hasAccepted("by-component");
	}

	private static ApplicationContext context(Class<?> testClass) throws Exception {
		return new TestContextManager(testClass).getTestContext().getApplicationContext();
	}

	private static TaskSubmission task(String taskId) {
		return TaskSubmission.forAgent("worker-1").taskId(taskId).build();
	}

	@Nested
	class InnerTests {

		@Test
		void useTheSchedulerOfTheOuterClass() {
			AutoConfigureEmbeddedSchedulerTests.this.client.submitTask(task("task-1")).orElseThrow();
			assertThat(AutoConfigureEmbeddedSchedulerTests.this.scheduler).hasAccepted("task-1");
		}

	}

	@SpringBootTest(properties = "context=1")
	@AutoConfigureEmbeddedScheduler
	static class FirstContext {

	}

	@SpringBootTest(properties = "context=2")
	@AutoConfigureEmbeddedScheduler
	static class SecondContext {

	}

	@SpringBootTest(classes = OwnConnectionDetails.Configuration.class)
	@AutoConfigureEmbeddedScheduler
	static class OwnConnectionDetails {

		@EnableAutoConfiguration
		static class Configuration {

			@Bean
			SchedulerConnectionDetails mine() {
				return () -> "localhost:1";
			}

		}

	}

	@SpringBootTest(classes = Disabled.Configuration.class, properties = "sw4rm.scheduler.enabled=false")
	@AutoConfigureEmbeddedScheduler
	static class Disabled {

		@EnableAutoConfiguration
		static class Configuration {

		}

	}

	@SpringBootTest(properties = "sw4rm.scheduler.embedded.enabled=true")
	static class WithoutAnnotation {

	}

}
