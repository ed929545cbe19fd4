package io.sw4rm.scheduler.benchmarks;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import io.grpc.ForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.netty.util.concurrent.DefaultThreadFactory;

import io.sw4rm.scheduler.embedded.EmbeddedAgent;
import io.sw4rm.scheduler.embedded.EmbeddedScheduler;
import io.sw4rm.scheduler.embedded.Faults;
import io.sw4rm.scheduler.embedded.ScheduledTask;
import io.sw4rm.scheduler.proto.SchedulerServiceGrpc;
import io.sw4rm.scheduler.proto.SubmitTaskRequest;
import io.sw4rm.scheduler.testsupport.TcpProxy;

/**
 * One of the schedulers, with its agents. Its address stays the same when it is
 * restarted. Reports the tasks that arrive and the tasks that are accepted.
 */
final class SoakReplica implements AutoCloseable {

	private static final Duration AGENT_INTERVAL = Duration.ofMillis(10);

	private static final int REVIVE_EVERY_ROUNDS = 50;

	private static final int LEAVE_RUNNING_EVERY_TASKS = 10;

	private static final int LIMIT = 1_000_000;

	private final SoakAccount account;

	private final ScheduledExecutorService agents = Executors
		.newSingleThreadScheduledExecutor(new DefaultThreadFactory("soak-agents", true));

	private final TcpProxy proxy;

	private volatile EmbeddedScheduler scheduler;

	private int rounds;

	SoakReplica(SoakAccount account) {
		this.account = account;
		this.scheduler = start(Duration.ZERO);
		this.proxy = new TcpProxy(() -> this.scheduler.port());
		this.agents.scheduleWithFixedDelay(this::playAgents, 0, AGENT_INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
	}

	String address() {
		return this.proxy.address();
	}

	TcpProxy proxy() {
		return this.proxy;
	}

	Faults faults() {
		return this.scheduler.faults();
	}

	/**
	 * Stop the scheduler and start another one, without any tasks.
	 * @param away the time between stop and start
	 * @param nextGracePeriod the grace period of calls when the new scheduler stops
	 * @throws InterruptedException if the thread is interrupted
	 */
	void restart(Duration away, Duration nextGracePeriod) throws InterruptedException {
		stop(this.scheduler);
		TimeUnit.NANOSECONDS.sleep(away.toNanos());
		this.scheduler = start(nextGracePeriod);
	}

	@Override
	public void close() {
		this.proxy.close();
		this.agents.shutdownNow();
		stop(this.scheduler);
	}

	private EmbeddedScheduler start(Duration gracePeriod) {
		return EmbeddedScheduler.builder()
			.address("127.0.0.1")
			.maxTasks(LIMIT)
			.maxActivityEntries(LIMIT)
			.maxActivityEntriesPerAgent(LIMIT)
			.shutdownGracePeriod(gracePeriod)
			.intercept(new ArrivalInterceptor(this.account))
			.start();
	}

	private void stop(EmbeddedScheduler scheduler) {
		scheduler.close();
		// Tasks that agents took are already reported, and no more tasks are accepted
		scheduler.queued().forEach(this.account::held);
		scheduler.running().forEach(this.account::held);
	}

	private void playAgents() {
		boolean reviving = this.rounds++ % REVIVE_EVERY_ROUNDS == 0;
		for (String agentId : SoakTask.AGENT_IDS) {
			EmbeddedAgent agent = this.scheduler.agent(agentId);
			if (reviving) {
				agent.revive();
			}
			work(agent);
		}
	}

	private void work(EmbeddedAgent agent) {
		List<ScheduledTask> running = agent.running();
		running.forEach((task) -> agent.complete(task.taskId()));
		int taken = 0;
		ScheduledTask task = agent.takeNext().orElse(null);
		while (task != null) {
			this.account.held(task);
			if (++taken % LEAVE_RUNNING_EVERY_TASKS != 0) {
				agent.complete(task.taskId());
			}
			task = agent.takeNext().orElse(null);
		}
	}

	/**
	 * Reports each submission that arrives. Reads the message before it passes the call
	 * on, because an injected fault may end the call without reading it.
	 */
	private static final class ArrivalInterceptor implements ServerInterceptor {

		private final SoakAccount account;

		private ArrivalInterceptor(SoakAccount account) {
			this.account = account;
		}

		@Override
		public <Q, S> ServerCall.Listener<Q> interceptCall(ServerCall<Q, S> call, Metadata headers,
				ServerCallHandler<Q, S> next) {
			if (!call.getMethodDescriptor()
				.getFullMethodName()
				.equals(SchedulerServiceGrpc.getSubmitTaskMethod().getFullMethodName())) {
				return next.startCall(call, headers);
			}
			call.request(1);
			return new ForwardingServerCallListener<>() {

				private ServerCall.Listener<Q> delegate = new ServerCall.Listener<>() {
				};

				@Override
				protected ServerCall.Listener<Q> delegate() {
					return this.delegate;
				}

				@Override
				public void onMessage(Q message) {
					ArrivalInterceptor.this.account.arrived(((SubmitTaskRequest) message).getTaskId());
					this.delegate = next.startCall(call, headers);
					super.onMessage(message);
				}

			};
		}

	}

}
