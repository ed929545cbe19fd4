package io.sw4rm.scheduler.client.address;

import java.util.List;

import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.NameResolverRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.sw4rm.scheduler.client.SchedulerClient;
import io.sw4rm.scheduler.client.TestScheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link SchedulerNameResolverProvider}.
 */
@Timeout(60)
class SchedulerNameResolverProviderTests {

	@RegisterExtension
	final TestScheduler scheduler = new TestScheduler();

	@ParameterizedTest
	@ValueSource(strings = { "localhost:%d", "127.0.0.1:%d" })
	void resolvesHost(String host) {
		String address = host.formatted(this.scheduler.port());
		ManagedChannel channel = channel("sw4rm:///" + address);
		try {
			SchedulerClient.create(channel).pollActivityBuffer("worker-1");
			assertThat(this.scheduler.onlyCall().authority()).isEqualTo(address);
		}
		finally {
			channel.shutdownNow();
		}
	}

	@Test
	void leavesTargetsWithoutSchemeToDns() {
		assertThat(NameResolverRegistry.getDefaultRegistry().asFactory().getDefaultScheme()).isEqualTo("dns");
		ManagedChannel channel = channel(this.scheduler.address());
		try {
			SchedulerClient.create(channel).pollActivityBuffer("worker-1");
			assertThat(this.scheduler.calls()).hasSize(1);
		}
		finally {
			channel.shutdownNow();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "sw4rm:localhost:1", "sw4rm://localhost:1", "sw4rm:///", "sw4rm:///one:1,,two:2" })
	void refusesTargetWithoutHosts(String target) {
		assertThatIllegalArgumentException().isThrownBy(() -> channel(target).shutdownNow())
			.withMessageContaining("'%s' must be like sw4rm:///host:port[,host:port...]", target);
	}

	@Test
	void keepsBracketsAndScopeOfIpv6Address() {
		List<String> hosts = List.of("[::1]:1", "[fe80::1%1]:1");
		assertThat(hosts).allSatisfy((host) -> {
			ManagedChannel channel = channel(SchedulerNameResolverProvider.target(host));
			assertThat(channel.authority()).isEqualTo(host);
			channel.shutdownNow();
		});
	}

	private static ManagedChannel channel(String target) {
		return Grpc.newChannelBuilder(target, InsecureChannelCredentials.create()).build();
	}

}
