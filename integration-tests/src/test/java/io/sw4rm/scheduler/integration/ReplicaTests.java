package io.sw4rm.scheduler.integration;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import io.sw4rm.scheduler.client.SchedulerClient;
import io.sw4rm.scheduler.client.SchedulerException;
import io.sw4rm.scheduler.client.SchedulerUnavailableException;
import io.sw4rm.scheduler.embedded.EmbeddedScheduler;
import io.sw4rm.scheduler.embedded.Rpc;
import io.sw4rm.scheduler.testsupport.ReceivedCalls;
import io.sw4rm.scheduler.testsupport.TcpProxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for several schedulers, one of which dies under load. Half of the calls are under
 * way there when it does. The load consists of calls that are not repeated by default.
 */
@Timeout(60)
class ReplicaTests {

	private static final int THREADS = 8;

	private static final int HANGING = THREADS / 2;

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	private final List<Replica> replicas = Stream.generate(Replica::new).limit(3).toList();

	private final Replica victim = this.replicas.get(0);

	private final ApplicationContextRunner contextRunner = SchedulerApplication
		.at(this.replicas.stream().map((replica) -> replica.proxy.address()).collect(Collectors.joining(",")));

	@AfterEach
	void stopReplicas() {
		this.replicas.forEach(Replica::close);
	}

	@Test
	void noCallFailsWhenOneDiesAndAllOperationsAreRetried() {
		this.contextRunner
			.withPropertyValues("sw4rm.scheduler.retry.operations="
					+ "submit-task,request-preemption,shutdown-agent,poll-activity-buffer,purge-activity")
			.run((context) -> {
				try (Load load = startLoad(context)) {
					killVictim();
					awaitLoadOnAllBut(this.victim);
					assertThat(load.stop()).isEmpty();
				}
			});
		// What was in flight on the victim was sent to another one, and nothing else was
		// sent twice
		assertThat(this.victim.receivedCalls()).doesNotHaveDuplicates();
		assertThat(receivedByOthers()).doesNotHaveDuplicates().containsAll(this.victim.hangingCalls());
		assertThat(sharedWithVictim()).containsAll(this.victim.hangingCalls()).hasSizeBetween(HANGING, THREADS);
	}

	@Test
	void onlyCallsInFlightFailWhenOneDies() {
		this.contextRunner.run((context) -> {
			try (Load load = startLoad(context)) {
				killVictim();
				awaitLoadOnAllBut(this.victim);
				assertOnlyCallsOfVictimFailed(load);
			}
		});
	}

	@Test
	void usesReplicaAgainThatIsBack() {
		this.contextRunner.run((context) -> {
			try (Load load = startLoad(context)) {
				killVictim();
				awaitLoadOnAllBut(this.victim);
				long calls = this.victim.calls();
				this.victim.proxy.restore();
				await().atMost(PATIENCE).until(() -> this.victim.calls() > calls + 100);
				assertOnlyCallsOfVictimFailed(load);
			}
		});
	}

	/**
	 * End the load. What failed are the calls that hung, and at most those that were on
	 * their way to or from the victim at that moment, one for each other thread. Nothing
	 * was sent twice.
	 */
	private void assertOnlyCallsOfVictimFailed(Load load) throws Exception {
		List<Exception> failures = load.stop();
		assertThat(failures).hasOnlyElementsOfType(SchedulerUnavailableException.class);
		List<String> failed = failures.stream()
			.map((failure) -> ((SchedulerException) failure).getCorrelationId())
			.toList();
		assertThat(failed).hasSizeLessThanOrEqualTo(THREADS)
			.containsAll(this.victim.hangingCalls())
			.doesNotContainAnyElementsOf(receivedByOthers());
		assertThat(received(this.replicas.stream())).doesNotHaveDuplicates();
	}

	private List<String> receivedByOthers() {
		return received(this.replicas.stream().filter((replica) -> replica != this.victim));
	}

	private Set<String> sharedWithVictim() {
		Set<String> shared = new HashSet<>(this.victim.receivedCalls());
		shared.retainAll(receivedByOthers());
		return shared;
	}

	private static List<String> received(Stream<Replica> replicas) {
		return replicas.flatMap((replica) -> replica.receivedCalls().stream()).toList();
	}

	private Load startLoad(BeanFactory application) {
		SchedulerClient client = application.getBean(SchedulerClient.class);
		Load load = new Load(THREADS, () -> client.requestPreemption("worker-1", "task-1"));
		this.replicas.forEach(Replica::awaitLoad);
		return load;
	}

	private void killVictim() {
		this.victim.hang(HANGING);
		this.victim.proxy.refuse();
	}

	private void awaitLoadOnAllBut(Replica victim) {
		this.replicas.stream().filter((replica) -> replica != victim).forEach(Replica::awaitLoad);
	}

	/**
	 * A scheduler behind a network that can be taken away.
	 */
	private static final class Replica {

		private final ReceivedCalls received = new ReceivedCalls();

		private final HangingCalls hanging = new HangingCalls();

		private final EmbeddedScheduler scheduler = EmbeddedScheduler.builder()
			.shutdownGracePeriod(Duration.ZERO)
			.intercept(this.hanging)
			.intercept(this.received)
			.start();

		private final TcpProxy proxy = new TcpProxy(this.scheduler.port());

		long calls() {
			return this.scheduler.faults().calls(Rpc.REQUEST_PREEMPTION);
		}

		List<String> receivedCalls() {
			return this.received.correlationIds();
		}

		List<String> hangingCalls() {
			return this.hanging.correlationIds();
		}

		void awaitLoad() {
			long calls = calls();
			await().atMost(PATIENCE).until(() -> calls() > calls + 100);
		}

		/**
		 * Wait until that many calls are under way.
		 */
		void hang(int calls) {
			this.hanging.hang(calls);
			await().atMost(PATIENCE).until(() -> hangingCalls().size() == calls);
		}

		void close() {
			this.proxy.close();
			this.scheduler.close();
		}

	}

	/**
	 * Never answers some calls, and remembers their correlation ids.
	 */
	private static final class HangingCalls implements ServerInterceptor {

		private final ReceivedCalls received = new ReceivedCalls();

		private final AtomicInteger remaining = new AtomicInteger();

		void hang(int calls) {
			this.remaining.set(calls);
		}

		List<String> correlationIds() {
			return this.received.correlationIds();
		}

		@Override
		public <Q, S> ServerCall.Listener<Q> interceptCall(ServerCall<Q, S> call, Metadata headers,
				ServerCallHandler<Q, S> next) {
			if (this.remaining.getAndUpdate((calls) -> Math.max(calls - 1, 0)) == 0) {
				return next.startCall(call, headers);
			}
			return this.received.interceptCall(call, headers, (hanging, ignored) -> new ServerCall.Listener<>() {
			});
		}

	}

}
