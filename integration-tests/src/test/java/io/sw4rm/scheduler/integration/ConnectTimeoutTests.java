package io.sw4rm.scheduler.integration;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import io.grpc.ManagedChannel;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;

import io.sw4rm.scheduler.client.AsyncSchedulerClient;
import io.sw4rm.scheduler.client.SchedulerClient;
import io.sw4rm.scheduler.client.SchedulerProblem;
import io.sw4rm.scheduler.client.SchedulerUnavailableException;
import io.sw4rm.scheduler.embedded.EmbeddedScheduler;
import io.sw4rm.scheduler.embedded.Rpc;
import io.sw4rm.scheduler.testsupport.Ports;
import io.sw4rm.scheduler.testsupport.TcpProxy;
import io.sw4rm.scheduler.testsupport.TcpServer;
import io.sw4rm.scheduler.testsupport.TestCertificates;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests for connections that are established but never become ready for calls.
 */
@Timeout(60)
class ConnectTimeoutTests {

	private static final byte[] EMPTY_SETTINGS = { 0, 0, 0, 4, 0, 0, 0, 0, 0 };

	private static final byte[] GO_AWAY = { 0, 0, 8, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 };

	/** So long that a slow machine connects to a scheduler that responds. */
	private static final String LONGER = "sw4rm.scheduler.connect-timeout=2s";

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	@AutoClose
	private final EmbeddedScheduler scheduler = EmbeddedScheduler.builder().shutdownGracePeriod(Duration.ZERO).start();

	@AutoClose
	private final TcpServer silent = TcpServer.silent();

	@Test
	void callToSilentServerFailsBeforeItsDeadline() {
		at(this.silent.port()).run((context) -> {
			assertThatExceptionOfType(SchedulerUnavailableException.class).isThrownBy(() -> poll(context))
				.satisfies((ex) -> assertThat(ex.getProblem()).isEqualTo(SchedulerProblem.CONNECT_TIMEOUT))
				.withMessageContaining("The connection was not ready within 300 ms")
				.withMessageContaining("increase 'sw4rm.scheduler.connect-timeout'");
			// It is tried again
			await().until(() -> this.silent.connections() >= 3);
		});
	}

	@Test
	void callToServerThatIsSilentAfterTlsHandshakeFailsBeforeItsDeadline() {
		TestCertificates certificates = new TestCertificates();
		try (TcpProxy proxy = TcpProxy.withMutualTls(certificates, "TLSv1.3", this.silent.port())) {
			at(proxy.port())
				.withPropertyValues(certificates.bundleProperties("scheduler", certificates.issue("client")))
				.withPropertyValues("sw4rm.scheduler.ssl.bundle=scheduler", "sw4rm.scheduler.connect-timeout=10s")
				.run((context) -> assertThatExceptionOfType(SchedulerUnavailableException.class)
					.isThrownBy(() -> poll(context))
					.withMessageContaining("The connection was not ready within 10000 ms"));
			assertThat(proxy.sessions()).isNotEmpty();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "pick_first", "round_robin" })
	void usesOtherAddressIfOneIsSilent(String policy) {
		at(this.silent.port(), this.scheduler.port())
			.withPropertyValues("sw4rm.scheduler.load-balancing-policy=" + policy, LONGER)
			.run((context) -> {
				poll(context);
				assertThat(this.silent.connections()).isPositive();
			});
	}

	@Test
	void usesLastOfSeveralAddresses() {
		at(Ports.unused(), this.silent.port(), Ports.unused(), this.silent.port(), this.scheduler.port())
			.withPropertyValues("sw4rm.scheduler.load-balancing-policy=pick_first", LONGER)
			.run(ConnectTimeoutTests::poll);
	}

	@Test
	void callFailsBeforeItsDeadlineEvenIfNamesAreResolvedAgain() {
		try (TcpServer other = TcpServer.silent()) {
			at(this.silent.port(), other.port())
				.withPropertyValues("sw4rm.scheduler.load-balancing-policy=pick_first",
						"sw4rm.scheduler.max-reconnect-backoff=50ms")
				.run((context) -> assertThatExceptionOfType(SchedulerUnavailableException.class)
					.isThrownBy(() -> poll(context))
					.withMessageContaining("The connection was not ready within 300 ms"));
		}
	}

	@Test
	void triesSilentReplicaAgainWhileOthersServe() {
		at(this.silent.port(), this.scheduler.port()).withPropertyValues(LONGER).run((context) -> {
			poll(context);
			await().atMost(PATIENCE).until(() -> this.silent.connections() >= 3);
			poll(context);
		});
	}

	@Test
	void usesReplicaThatWasSilent() {
		EmbeddedScheduler other = EmbeddedScheduler.start();
		AtomicInteger target = new AtomicInteger(this.silent.port());
		try (other; TcpProxy proxy = new TcpProxy(target::get)) {
			at(proxy.port(), this.scheduler.port()).withPropertyValues(LONGER).run((context) -> {
				poll(context);
				target.set(other.port());
				await().atMost(PATIENCE).until(() -> {
					poll(context);
					return other.faults().calls(Rpc.POLL_ACTIVITY_BUFFER) > 0;
				});
			});
		}
	}

	@Test
	void firstAddressIsUsedAgainIfOthersFailLater() {
		AtomicInteger target = new AtomicInteger(this.silent.port());
		try (TcpProxy first = new TcpProxy(target::get); TcpProxy second = new TcpProxy(this.scheduler.port())) {
			at(first.port(), second.port())
				.withPropertyValues("sw4rm.scheduler.load-balancing-policy=pick_first", LONGER)
				.run((context) -> {
					poll(context);
					target.set(this.scheduler.port());
					second.refuse();
					await().atMost(PATIENCE)
						.ignoreExceptionsInstanceOf(SchedulerUnavailableException.class)
						.until(() -> poll(context));
				});
		}
	}

	@Test
	void applicationThatWaitsForSchedulerUsesSecondConnection() {
		AtomicInteger connections = new AtomicInteger();
		try (TcpProxy proxy = new TcpProxy(
				() -> (connections.getAndIncrement() == 0) ? this.silent.port() : this.scheduler.port())) {
			at(proxy.port()).withPropertyValues("sw4rm.scheduler.startup=wait", "sw4rm.scheduler.startup-timeout=30s")
				.run((context) -> assertThat(context).hasNotFailed());
		}
		assertThat(connections).hasValueGreaterThan(1);
	}

	@Test
	void callsOfReadyConnectionMayTakeLonger() {
		this.scheduler.faults().on(Rpc.POLL_ACTIVITY_BUFFER).times(1).delay(Duration.ofSeconds(3));
		at(this.scheduler.port()).withPropertyValues(LONGER).run(ConnectTimeoutTests::poll);
	}

	@ParameterizedTest
	@ValueSource(strings = { "pick_first", "round_robin" })
	void serverThatClosesEachConnectionIsConnectedToOncePerSecondDuringCall(String policy) {
		withServerThatClosesEachConnection(policy,
				(context) -> context.getBean(AsyncSchedulerClient.class).pollActivityBuffer("worker-1"));
	}

	@Test
	void serverThatClosesEachConnectionIsConnectedToOncePerSecondWithoutCall() {
		withServerThatClosesEachConnection("round_robin",
				(context) -> context.getBean("sw4rmSchedulerChannel", ManagedChannel.class).getState(true));
	}

	private static void withServerThatClosesEachConnection(String policy, Consumer<ApplicationContext> connect) {
		TcpServer server = new TcpServer((client) -> {
			client.write(EMPTY_SETTINGS);
			client.write(GO_AWAY);
		});
		try (server) {
			at(server.port()).withPropertyValues("sw4rm.scheduler.load-balancing-policy=" + policy).run((context) -> {
				awaitConnections(server, 1, () -> connect.accept(context));
				long startNanos = System.nanoTime();
				awaitConnections(server, server.connections() + 4, () -> connect.accept(context));
				assertThat(Duration.ofNanos(System.nanoTime() - startNanos)).isGreaterThan(Duration.ofMillis(1500));
			});
		}
	}

	private static void awaitConnections(TcpServer server, int connections, Runnable connect) {
		await().until(() -> {
			connect.run();
			return server.connections() >= connections;
		});
	}

	private static boolean poll(ApplicationContext context) {
		return context.getBean(SchedulerClient.class).pollActivityBuffer("worker-1").isEmpty();
	}

	private static ApplicationContextRunner at(int... ports) {
		StringBuilder address = new StringBuilder();
		for (int port : ports) {
			address.append(address.isEmpty() ? "" : ",").append("localhost:").append(port);
		}
		return SchedulerApplication.at(address.toString())
			.withPropertyValues("sw4rm.scheduler.connect-timeout=300ms", "sw4rm.scheduler.deadline=50s",
					"sw4rm.scheduler.shutdown-grace-period=0s");
	}

}
