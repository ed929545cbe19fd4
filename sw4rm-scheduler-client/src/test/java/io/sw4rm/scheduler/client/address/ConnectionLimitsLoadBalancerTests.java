package io.sw4rm.scheduler.client.address;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.LoadBalancerRegistry;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.sw4rm.scheduler.client.SchedulerClient;
import io.sw4rm.scheduler.client.SchedulerUnavailableException;
import io.sw4rm.scheduler.client.TestScheduler;
import io.sw4rm.scheduler.testsupport.TcpServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link ConnectionLimitsLoadBalancer} and its provider. Names are not resolved
 * again while they run.
 */
class ConnectionLimitsLoadBalancerTests {

	@RegisterExtension
	final TestScheduler scheduler = new TestScheduler();

	private final TcpServer silent = TcpServer.silent();

	private ManagedChannel channel;

	@AfterEach
	void stop() {
		if (this.channel != null) {
			this.channel.shutdownNow();
		}
		this.silent.close();
	}

	@ParameterizedTest
	@ValueSource(strings = { "pick_first", "round_robin" })
	void connectsAgainAfterTimeout(String policy) {
		SchedulerClient client = client(policy, "localhost:" + this.silent.port());
		assertThatExceptionOfType(SchedulerUnavailableException.class)
			.isThrownBy(() -> client.pollActivityBuffer("worker-1"))
			.withMessageContaining("The connection was not ready within 500 ms");
		await().atMost(Duration.ofSeconds(30)).until(() -> this.silent.connections() >= 4);
	}

	@Test
	void usesAllAddressesAgainAfterConnectionIsLost() throws Exception {
		SchedulerClient client = client("pick_first", "localhost:" + this.silent.port(), this.scheduler.address());
		// On a slow machine, the second address may not be connected in time either
		await().atMost(Duration.ofSeconds(30))
			.ignoreExceptionsInstanceOf(SchedulerUnavailableException.class)
			.until(() -> client.pollActivityBuffer("worker-1").isEmpty());
		int connections = this.silent.connections();
		this.scheduler.stop();
		await().until(() -> {
			try {
				client.pollActivityBuffer("worker-1");
			}
			catch (SchedulerUnavailableException ex) {
				// Expected
			}
			return this.silent.connections() > connections;
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "{}", "soon", "PT1S" })
	void refusesInvalidConfiguration(String connectTimeout) {
		Map<String, ?> config = Map.of("connectTimeout", connectTimeout, "reconnectInterval", "PT1S");
		Status error = LoadBalancerRegistry.getDefaultRegistry()
			.getProvider(ConnectionLimitsLoadBalancerProvider.POLICY_NAME)
			.parseLoadBalancingPolicyConfig(config)
			.getError();
		assertThat(error.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
	}

	@Test
	void refusesUnknownChildPolicy() {
		assertThat(
				new ConnectionLimitsLoadBalancerProvider()
					.parseLoadBalancingPolicyConfig(Map.of("connectTimeout", "PT1S", "reconnectInterval", "PT1S",
							"childPolicy", List.of(Map.of("unknown", Map.of()))))
					.getError()
					.getDescription())
			.contains("unknown");
	}

	private SchedulerClient client(String policy, String... addresses) {
		this.channel = Grpc
			.newChannelBuilder(SchedulerNameResolverProvider.target(String.join(",", addresses)),
					InsecureChannelCredentials.create())
			.defaultServiceConfig(Map.of("loadBalancingConfig",
					ConnectionLimitsLoadBalancerProvider.loadBalancingConfig(policy, Duration.ofMillis(500),
							Duration.ofSeconds(1))))
			.build();
		return SchedulerClient.create(this.channel);
	}

}
