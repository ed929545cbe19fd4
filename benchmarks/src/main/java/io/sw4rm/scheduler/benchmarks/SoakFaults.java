package io.sw4rm.scheduler.benchmarks;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

import io.grpc.Status;

import io.sw4rm.scheduler.embedded.Faults;
import io.sw4rm.scheduler.embedded.Rpc;

/**
 * Injects random faults into random schedulers at random intervals, until its thread is
 * interrupted.
 */
final class SoakFaults implements Runnable {

	/**
	 * Statuses of injected failures. They do not include statuses by which gRPC reports
	 * its own defects, so that these are detected.
	 */
	static final List<Status> STATUSES = List.of(Status.UNAVAILABLE, Status.RESOURCE_EXHAUSTED, Status.ABORTED,
			Status.PERMISSION_DENIED, Status.FAILED_PRECONDITION);

	private static final int MAX_PAUSE_MILLIS = 300;

	private final List<SoakReplica> replicas;

	private final SoakAccount account;

	private final Random random;

	SoakFaults(List<SoakReplica> replicas, SoakAccount account, long seed) {
		this.replicas = replicas;
		this.account = account;
		this.random = new Random(seed);
	}

	@Override
	public void run() {
		try {
			while (!Thread.currentThread().isInterrupted()) {
				TimeUnit.MILLISECONDS.sleep(this.random.nextInt(MAX_PAUSE_MILLIS));
				inject(this.replicas.get(this.random.nextInt(this.replicas.size())));
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private void inject(SoakReplica replica) throws InterruptedException {
		switch (this.random.nextInt(16)) {
			case 0, 1, 2, 3 -> {
				Status status = STATUSES.get(this.random.nextInt(STATUSES.size()));
				this.account.fault("failed answers");
				script(replica, 10).fail(status.withDescription("soak"));
			}
			case 4, 5, 6 -> {
				this.account.fault("delayed answers");
				script(replica, 5).delay(upToMillis(1000));
			}
			case 7, 8 -> {
				this.account.fault("hanging calls");
				script(replica, 2).hang();
			}
			case 9, 10, 11 -> {
				this.account.fault("connections dropped instead of an answer");
				script(replica, 1).dropConnection();
			}
			case 12, 13 -> {
				this.account.fault("connections cut");
				replica.proxy().cut();
			}
			case 14 -> {
				this.account.fault("networks silent");
				replica.proxy().silence(upToMillis(6000));
			}
			default -> restart(replica);
		}
	}

	private void restart(SoakReplica replica) throws InterruptedException {
		boolean graceful = this.random.nextBoolean();
		this.account.fault("schedulers restarted");
		replica.restart(upToMillis(1000), graceful ? Duration.ofSeconds(1) : Duration.ZERO);
	}

	private Faults.Script script(SoakReplica replica, int maxCalls) {
		Rpc rpc = Rpc.values()[this.random.nextInt(Rpc.values().length)];
		return replica.faults().on(rpc).times(1 + this.random.nextInt(maxCalls));
	}

	private Duration upToMillis(int millis) {
		return Duration.ofMillis(1 + this.random.nextInt(millis));
	}

}
