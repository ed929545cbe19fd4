package io.sw4rm.scheduler.autoconfigure.health;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;

import io.grpc.Deadline;
import org.jspecify.annotations.Nullable;

import io.sw4rm.scheduler.autoconfigure.channel.SchedulerConnection;
import io.sw4rm.scheduler.autoconfigure.channel.SchedulerHealth;

/**
 * Checks the health of a scheduler. Threads that check at the same time share one check.
 */
class SchedulerHealthProbe {

	private final SchedulerConnection connection;

	private final Duration deadline;

	private final Clock clock;

	private final AtomicReference<@Nullable CompletableFuture<Outcome>> inFlight = new AtomicReference<>();

	private volatile @Nullable Outcome last;

	SchedulerHealthProbe(SchedulerConnection connection, Duration deadline, Clock clock) {
		this.connection = connection;
		this.deadline = deadline;
		this.clock = clock;
	}

	/**
	 * Check the health of the scheduler. Takes no longer than the deadline.
	 */
	Outcome probe() {
		return probe(Deadline.after(TimeUnit.NANOSECONDS.convert(this.deadline), TimeUnit.NANOSECONDS));
	}

	private Outcome probe(Deadline deadline) {
		CompletableFuture<Outcome> probe = new CompletableFuture<>();
		CompletableFuture<Outcome> running = this.inFlight.compareAndExchange(null, probe);
		if (running != null) {
			return await(running, deadline);
		}
		try {
			Outcome outcome = check(deadline, this.last);
			if (!Thread.currentThread().isInterrupted()) {
				this.last = outcome;
				probe.complete(outcome);
			}
			return outcome;
		}
		finally {
			this.inFlight.set(null);
			// Has no effect on a completed probe
			probe.cancel(false);
		}
	}

	private Outcome await(CompletableFuture<Outcome> running, Deadline deadline) {
		try {
			return running.get(deadline.timeRemaining(TimeUnit.NANOSECONDS), TimeUnit.NANOSECONDS);
		}
		catch (CancellationException ex) {
			// The thread that checked was interrupted
			return probe(deadline);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		catch (TimeoutException ex) {
			// The check of a thread that came later is running instead
		}
		catch (ExecutionException ex) {
			throw new IllegalStateException(ex);
		}
		// Fails at once
		return check(deadline, this.last);
	}

	/**
	 * One lost check is no reason to report a scheduler as down that has responded
	 * before.
	 */
	private Outcome check(Deadline deadline, @Nullable Outcome last) {
		long startNanos = System.nanoTime();
		SchedulerHealth health = this.connection.checkHealth(deadline, last != null && last.health().isResponse());
		Instant since = (last != null && last.health().state() == health.state()) ? last.since() : this.clock.instant();
		return new Outcome(health, since, Duration.ofNanos(System.nanoTime() - startNanos));
	}

	/**
	 * The outcome of a probe.
	 *
	 * @param health the health of the scheduler
	 * @param since the time since which its state has been the same
	 * @param roundTrip the duration of the check
	 */
	record Outcome(SchedulerHealth health, Instant since, Duration roundTrip) {

	}

}
