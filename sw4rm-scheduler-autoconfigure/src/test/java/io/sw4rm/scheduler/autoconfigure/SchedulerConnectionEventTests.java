package io.sw4rm.scheduler.autoconfigure;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.BeanUtils;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.grpc.client.autoconfigure.CompositeChannelFactoryAutoConfiguration;
import org.springframework.boot.grpc.client.autoconfigure.GrpcClientAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.util.ReflectionUtils;

import io.sw4rm.scheduler.autoconfigure.channel.SchedulerChannel;
import io.sw4rm.scheduler.autoconfigure.channel.SchedulerConnectionEvent;
import io.sw4rm.scheduler.autoconfigure.channel.SchedulerConnectionLostEvent;
import io.sw4rm.scheduler.autoconfigure.channel.SchedulerConnectionRestoredEvent;
import io.sw4rm.scheduler.client.SchedulerClient;
import io.sw4rm.scheduler.client.SchedulerUnavailableException;
import io.sw4rm.scheduler.client.address.SchedulerAddress;
import io.sw4rm.scheduler.embedded.EmbeddedScheduler;
import io.sw4rm.scheduler.testsupport.Ports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link SchedulerConnectionLostEvent} and
 * {@link SchedulerConnectionRestoredEvent}.
 */
@Timeout(120)
class SchedulerConnectionEventTests {

	private static final String LOST = "SchedulerConnectionLostEvent";

	private static final String RESTORED = "SchedulerConnectionRestoredEvent";

	private final int port = Ports.unused();

	private EmbeddedScheduler scheduler = start();

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SslAutoConfiguration.class, GrpcClientAutoConfiguration.class,
				CompositeChannelFactoryAutoConfiguration.class, SchedulerAutoConfiguration.class))
		.withPropertyValues("sw4rm.scheduler.address=" + this.scheduler.address(),
				"sw4rm.scheduler.max-reconnect-backoff=100ms", "sw4rm.scheduler.deadline=30s")
		.withBean(Events.class);

	@AfterEach
	void stop() {
		this.scheduler.close();
	}

	private EmbeddedScheduler start() {
		return Ports.listenAgain(EmbeddedScheduler.builder().port(this.port)::start);
	}

	@Test
	void tellsOnceThatConnectionIsLostAndThatItIsRestored() {
		this.contextRunner.run((context) -> {
			Events events = context.getBean(Events.class);
			call(context);
			this.scheduler.close();
			fail(context);
			events.await(LOST);
			fail(context);
			this.scheduler = start();
			callWithPatience(context);
			events.await(LOST, RESTORED);
			assertThat(events.received).allSatisfy((event) -> {
				assertThat(event.getClientName()).isEqualTo("default");
				assertThat(event.getTarget()).isEqualTo(this.scheduler.address());
				assertThat(event.getSource()).isSameAs(channel(context));
				assertThat(event).asString().contains("default", this.scheduler.address());
			});
			this.scheduler.close();
			fail(context);
			events.await(LOST, RESTORED, LOST);
		});
	}

	@Test
	void tellsThatFirstConnectionFails() {
		this.scheduler.close();
		this.contextRunner.run((context) -> {
			Events events = context.getBean(Events.class);
			fail(context);
			events.await(LOST);
			this.scheduler = start();
			callWithPatience(context);
			events.await(LOST, RESTORED);
		});
	}

	@Test
	void tellsOnceHoweverOftenConnectingFails() {
		this.scheduler.close();
		this.contextRunner.run((context) -> {
			for (int i = 0; i < 3; i++) {
				fail(context);
				await().until(() -> channel(context).getState(false) == ConnectivityState.TRANSIENT_FAILURE);
				channel(context).enterIdle();
				await().until(() -> channel(context).getState(false) == ConnectivityState.IDLE);
			}
			this.scheduler = start();
			callWithPatience(context);
			await().untilAsserted(() -> assertThat(context.getBean(Events.class).names()).endsWith(RESTORED));
			assertThat(context.getBean(Events.class).names()).containsExactly(LOST, RESTORED);
		});
	}

	@Test
	void tellsNothingWhenConnectionIsReplacedAtOnceOrIdleOrClosed() {
		Events events = new Events();
		this.contextRunner.withBean("others", Events.class, () -> events).run((context) -> {
			call(context);
			this.scheduler.close();
			this.scheduler = start();
			callWithPatience(context);
			channel(context).enterIdle();
			call(context);
		});
		assertThat(events.received).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(classes = { IllegalStateException.class, NoClassDefFoundError.class })
	void continuesWhenListenerFails(Class<? extends Throwable> failure) {
		this.contextRunner.run((context) -> {
			Events events = context.getBean(Events.class);
			events.failure = failure;
			this.scheduler.close();
			fail(context);
			events.await(LOST);
			this.scheduler = start();
			callWithPatience(context);
			events.await(LOST, RESTORED);
		});
	}

	@Test
	void namesClient() {
		this.contextRunner.withPropertyValues("sw4rm.scheduler.client.billing.address=localhost:" + Ports.unused())
			.run((context) -> {
				Events events = context.getBean(Events.class);
				call(context);
				fail(context.getBean("billingSchedulerClient", SchedulerClient.class));
				await()
					.untilAsserted(() -> assertThat(events.received).extracting(SchedulerConnectionEvent::getClientName)
						.containsExactly("billing"));
			});
	}

	@Test
	void tellsConnectionOfApplicationsOwnChannel() {
		ManagedChannel channel = SchedulerAddress.parse(this.scheduler.address()).newChannelBuilder().build();
		this.contextRunner.withBean(SchedulerChannel.BEAN_NAME, ManagedChannel.class, () -> channel).run((context) -> {
			Events events = context.getBean(Events.class);
			this.scheduler.close();
			fail(context);
			events.await(LOST);
			assertThat(events.received.get(0).getTarget()).isEqualTo(channel.authority());
		});
		channel.shutdownNow();
	}

	private static ManagedChannel channel(ApplicationContext context) {
		return context.getBean(SchedulerChannel.BEAN_NAME, ManagedChannel.class);
	}

	private static void call(ApplicationContext context) {
		context.getBean(SchedulerClient.class).pollActivityBuffer("worker-1");
	}

	private static void callWithPatience(ApplicationContext context) {
		await().ignoreException(SchedulerUnavailableException.class).until(() -> {
			call(context);
			return true;
		});
	}

	private static void fail(ApplicationContext context) {
		fail(context.getBean(SchedulerClient.class));
	}

	private static void fail(SchedulerClient client) {
		assertThatExceptionOfType(SchedulerUnavailableException.class)
			.isThrownBy(() -> client.pollActivityBuffer("worker-1"));
	}

	static class Events implements ApplicationListener<SchedulerConnectionEvent> {

		private final List<SchedulerConnectionEvent> received = new CopyOnWriteArrayList<>();

		private volatile @Nullable Class<? extends Throwable> failure;

		@Override
		public void onApplicationEvent(SchedulerConnectionEvent event) {
			this.received.add(event);
			if (this.failure != null) {
				ReflectionUtils.rethrowRuntimeException(BeanUtils.instantiateClass(this.failure));
			}
		}

		void await(String... names) {
			Awaitility.await().untilAsserted(() -> assertThat(names()).containsExactly(names));
		}

		List<String> names() {
			return this.received.stream().map((event) -> event.getClass().getSimpleName()).toList();
		}

	}

}
