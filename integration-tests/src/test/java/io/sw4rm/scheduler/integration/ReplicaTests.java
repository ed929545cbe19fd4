package io.sw4rm.scheduler.integration;

import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import io.sw4rm.scheduler.client.SchedulerClient;
import io.sw4rm.scheduler.client.SchedulerUnavailableException;
import io.sw4rm.scheduler.embedded.EmbeddedScheduler;
import io.sw4rm.scheduler.embedded.Rpc;

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
	}

	@Test
	void onlyCallsInFlightFailWhenOneDies() {
		this.contextRunner.run((context) -> {
			try (Load load = startLoad(context)) {
				killVictim();
				awaitLoadOnAllBut(this.victim);
				// No thread has more than one call in flight
				assertThat(load.stop()).hasSizeBetween(HANGING, THREADS)
					.allSatisfy((failure) -> assertThat(failure).isInstanceOf(SchedulerUnavailableException.class));
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
				assertThat(load.stop()).hasSizeBetween(HANGING, THREADS);
			}
		});
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

		private final EmbeddedScheduler scheduler = EmbeddedScheduler.builder()
			.shutdownGracePeriod(Duration.ZERO)
			.start();

		private final FaultyProxy proxy = new FaultyProxy(this.scheduler.port());

		long calls() {
			return this.scheduler.faults().calls(Rpc.REQUEST_PREEMPTION);
		}

		void awaitLoad() {
			long calls = calls();
			await().atMost(PATIENCE).until(() -> calls() > calls + 100);
		}

		/**
		 * Wait until that many calls are under way.
		 */
		void hang(int calls) {
			this.scheduler.faults().clear();
			this.scheduler.faults().on(Rpc.REQUEST_PREEMPTION).times(calls).hang();
			await().atMost(PATIENCE).until(() -> calls() >= calls);
		}

		void close() {
			this.proxy.close();
			this.scheduler.close();
		}

	}

}
