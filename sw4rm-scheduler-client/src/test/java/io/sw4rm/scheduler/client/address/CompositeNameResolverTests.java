package io.sw4rm.scheduler.client.address;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

import io.grpc.EquivalentAddressGroup;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.NameResolver;
import io.grpc.Status;
import io.grpc.StatusOr;
import io.grpc.SynchronizationContext;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import io.sw4rm.scheduler.client.SchedulerClient;
import io.sw4rm.scheduler.client.SchedulerUnavailableException;
import io.sw4rm.scheduler.client.TestScheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link CompositeNameResolver}.
 */
@Timeout(120)
class CompositeNameResolverTests {

	private static final NameResolver.ServiceConfigParser NO_SERVICE_CONFIG = new NameResolver.ServiceConfigParser() {

		@Override
		public NameResolver.ConfigOrError parseServiceConfig(Map<String, ?> rawServiceConfig) {
			return NameResolver.ConfigOrError.fromConfig(rawServiceConfig);
		}

	};

	@RegisterExtension
	final TestScheduler first = new TestScheduler();

	@RegisterExtension
	final TestScheduler second = new TestScheduler();

	private @Nullable ManagedChannel channel;

	@AfterEach
	void shutDownChannel() {
		if (this.channel != null) {
			this.channel.shutdownNow();
		}
	}

	@Test
	void spreadsCallsOverAllHosts() {
		SchedulerClient client = roundRobin(this.first.address(), this.second.address());
		callUntilBothAreCalled(client);
		this.first.calls().clear();
		this.second.calls().clear();
		for (int i = 0; i < 10; i++) {
			client.pollActivityBuffer("worker-1");
		}
		assertThat(this.first.calls()).hasSize(5);
		assertThat(this.second.calls()).hasSize(5);
	}

	@Test
	void callsEachHostByItsOwnName() {
		callUntilBothAreCalled(roundRobin(this.first.address(), "127.0.0.1:" + this.second.port()));
		assertThat(this.first.calls())
			.allSatisfy((call) -> assertThat(call.authority()).isEqualTo("localhost:" + this.first.port()));
		assertThat(this.second.calls())
			.allSatisfy((call) -> assertThat(call.authority()).isEqualTo("127.0.0.1:" + this.second.port()));
	}

	@Test
	void callsEachHostByTheNameThatTheChannelWasGiven() {
		callUntilBothAreCalled(client((builder) -> builder.defaultLoadBalancingPolicy("round_robin")
			.overrideAuthority("scheduler.example.com"), this.first.address(), this.second.address()));
		assertThat(this.first.calls())
			.allSatisfy((call) -> assertThat(call.authority()).isEqualTo("scheduler.example.com"));
		assertThat(this.second.calls())
			.allSatisfy((call) -> assertThat(call.authority()).isEqualTo("scheduler.example.com"));
	}

	@Test
	void usesHostsOfAddressInTurn() {
		this.channel = SchedulerAddress.parse(this.first.address() + "," + this.second.address())
			.newChannelBuilder()
			.build();
		callUntilBothAreCalled(SchedulerClient.create(this.channel));
	}

	@Test
	void usesOtherHostWhenOneCannotBeReached() throws InterruptedException {
		this.first.stop();
		client(UnaryOperator.identity(), this.first.address(), this.second.address()).pollActivityBuffer("worker-1");
		assertThat(this.second.calls()).hasSize(1);
	}

	@Test
	void usesOtherHostWhenOneCannotBeResolved() {
		roundRobin("does-not-exist.invalid:50053", this.second.address()).pollActivityBuffer("worker-1");
		assertThat(this.second.calls()).hasSize(1);
	}

	@Test
	void namesHostWhenNoneCanBeResolved() {
		SchedulerClient client = roundRobin("does-not-exist-1.invalid:50053", "does-not-exist-2.invalid:50053");
		assertThatExceptionOfType(SchedulerUnavailableException.class)
			.isThrownBy(() -> client.pollActivityBuffer("worker-1"))
			.withMessageMatching(
					"(?s).*does-not-exist-[12]\\.invalid.*: UNAVAILABLE: .*does-not-exist-[12]\\.invalid.*");
	}

	@Test
	void resolvesAgainWhileOneCannotBeResolved() {
		try (Resolution resolution = new Resolution()) {
			resolution.one.fails();
			resolution.two.resolvesTo(2);
			assertThat(resolution.ports).containsExactly(2);
			ScheduledFuture<?> retry = resolution.takeTask();
			assertThat(retry.getDelay(TimeUnit.SECONDS)).isBetween(20L, 30L);
			((Runnable) retry).run();
			assertThat(resolution.one.refreshed).isTrue();
			resolution.one.resolvesTo(1);
			assertThat(resolution.ports).containsExactly(1, 2);
			assertThat(resolution.timer.getQueue()).isEmpty();
		}
	}

	@Test
	void usesWhatIsKnownAfterOneSecond() {
		long start = System.nanoTime();
		try (Resolution resolution = new Resolution()) {
			resolution.two.resolvesTo(2);
			assertThat(resolution.ports).isEmpty();
			ScheduledFuture<?> patience = resolution.takeTask();
			long second = TimeUnit.SECONDS.toNanos(1);
			assertThat(patience.getDelay(TimeUnit.NANOSECONDS)).isBetween(second - (System.nanoTime() - start), second);
			((Runnable) patience).run();
			assertThat(resolution.ports).containsExactly(2);
			resolution.one.resolvesTo(1);
			assertThat(resolution.ports).containsExactly(1, 2);
			assertThat(resolution.timer.getQueue()).isEmpty();
		}
	}

	@Test
	void usesFirstAddressThatIsKnownAfterOneSecond() {
		try (Resolution resolution = new Resolution()) {
			((Runnable) resolution.takeTask()).run();
			assertThat(resolution.ports).isEmpty();
			resolution.two.resolvesTo(2);
			assertThat(resolution.ports).containsExactly(2);
		}
	}

	@Test
	void waitsForSlowNameWhenTheOtherCannotBeResolved() {
		try (Resolution resolution = new Resolution()) {
			resolution.one.fails();
			((Runnable) resolution.takeTask()).run();
			assertThat(resolution.ports).isEmpty();
			assertThat(resolution.failures).isEmpty();
			resolution.two.resolvesTo(2);
			assertThat(resolution.ports).containsExactly(2);
		}
	}

	@Test
	void waitsNoLongerWhenAllAreTried() {
		try (Resolution resolution = new Resolution()) {
			resolution.one.fails();
			resolution.two.fails();
			assertThat(resolution.failures).containsExactly(Status.UNAVAILABLE);
			assertThat(resolution.timer.getQueue()).isEmpty();
		}
	}

	@Test
	void waitsUntilAllAreTried() {
		try (Resolution resolution = new Resolution()) {
			resolution.two.resolvesTo(2);
			assertThat(resolution.ports).isEmpty();
			resolution.one.resolvesTo(1);
			assertThat(resolution.ports).containsExactly(1, 2);
			assertThat(resolution.timer.getQueue()).isEmpty();
		}
	}

	@Test
	void keepsAddressesOfHostThatCanNoLongerBeResolved() {
		try (Resolution resolution = new Resolution()) {
			resolution.one.resolvesTo(1);
			resolution.two.resolvesTo(2);
			resolution.one.fails();
			assertThat(resolution.ports).containsExactly(1, 2);
			assertThat(resolution.timer.getQueue()).hasSize(1);
			resolution.one.resolvesTo(3);
			assertThat(resolution.ports).containsExactly(3, 2);
			assertThat(resolution.timer.getQueue()).isEmpty();
		}
	}

	@Test
	void doesNotResolveAgainAfterShutdown() {
		try (Resolution resolution = new Resolution()) {
			resolution.one.fails();
			resolution.two.resolvesTo(2);
			resolution.resolver.shutdown();
			assertThat(resolution.timer.getQueue()).isEmpty();
			assertThat(resolution.one.shutDown).isTrue();
			assertThat(resolution.two.shutDown).isTrue();
		}
	}

	@Test
	void doesNotWaitAfterShutdown() {
		try (Resolution resolution = new Resolution()) {
			assertThat(resolution.timer.getQueue()).hasSize(1);
			resolution.resolver.shutdown();
			assertThat(resolution.timer.getQueue()).isEmpty();
		}
	}

	private void callUntilBothAreCalled(SchedulerClient client) {
		Awaitility.await().until(() -> {
			client.pollActivityBuffer("worker-1");
			return !this.first.calls().isEmpty() && !this.second.calls().isEmpty();
		});
	}

	private SchedulerClient roundRobin(String... hosts) {
		return client((builder) -> builder.defaultLoadBalancingPolicy("round_robin"), hosts);
	}

	private SchedulerClient client(UnaryOperator<ManagedChannelBuilder<?>> customizer, String... hosts) {
		this.channel = customizer
			.apply(Grpc.newChannelBuilder("sw4rm:///" + String.join(",", hosts), InsecureChannelCredentials.create()))
			.build();
		return SchedulerClient.create(this.channel);
	}

	/**
	 * A resolver of two names, the ports of the addresses that it found, and its timer.
	 */
	private static final class Resolution extends NameResolver.Listener2 implements AutoCloseable {

		/** Has no thread, so that only the test runs its tasks. */
		@SuppressWarnings("NullAway")
		private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, (task) -> null);

		private final ScriptedNameResolver one = new ScriptedNameResolver();

		private final ScriptedNameResolver two = new ScriptedNameResolver();

		private final List<Integer> ports = new ArrayList<>();

		private final List<Status> failures = new ArrayList<>();

		private final CompositeNameResolver resolver;

		Resolution() {
			this.timer.setRemoveOnCancelPolicy(true);
			SynchronizationContext syncContext = new SynchronizationContext((thread, ex) -> {
				throw new AssertionError(ex);
			});
			this.resolver = new CompositeNameResolver(List.of(this.one, this.two),
					NameResolver.Args.newBuilder()
						.setDefaultPort(50053)
						.setProxyDetector((address) -> null)
						.setSynchronizationContext(syncContext)
						.setScheduledExecutorService(this.timer)
						.setServiceConfigParser(NO_SERVICE_CONFIG)
						.build());
			this.resolver.start(this);
		}

		ScheduledFuture<?> takeTask() {
			Runnable task = Objects.requireNonNull(this.timer.getQueue().peek());
			this.timer.remove(task);
			return (ScheduledFuture<?>) task;
		}

		@Override
		public Status onResult2(NameResolver.ResolutionResult result) {
			if (!result.getAddressesOrError().hasValue()) {
				this.failures.add(result.getAddressesOrError().getStatus());
				return Status.OK;
			}
			this.ports.clear();
			result.getAddressesOrError()
				.getValue()
				.forEach((group) -> this.ports.add(((InetSocketAddress) group.getAddresses().get(0)).getPort()));
			return Status.OK;
		}

		@Override
		public void onResult(NameResolver.ResolutionResult result) {
			onResult2(result);
		}

		@Override
		public void onError(Status error) {
			throw new AssertionError(error);
		}

		@Override
		public void close() {
			this.timer.shutdownNow();
		}

	}

	private static final class ScriptedNameResolver extends NameResolver {

		private @Nullable Listener2 listener;

		private boolean refreshed;

		private boolean shutDown;

		void resolvesTo(int port) {
			finish(StatusOr.fromValue(List.of(new EquivalentAddressGroup(new InetSocketAddress("127.0.0.1", port)))));
		}

		void fails() {
			finish(StatusOr.fromStatus(Status.UNAVAILABLE));
		}

		private void finish(StatusOr<List<EquivalentAddressGroup>> addresses) {
			Objects.requireNonNull(this.listener)
				.onResult2(ResolutionResult.newBuilder().setAddressesOrError(addresses).build());
		}

		@Override
		public String getServiceAuthority() {
			return "localhost";
		}

		@Override
		public void start(Listener2 listener) {
			this.listener = listener;
		}

		@Override
		public void refresh() {
			this.refreshed = true;
		}

		@Override
		public void shutdown() {
			this.shutDown = true;
		}

	}

}
