package io.sw4rm.scheduler.autoconfigure.health;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthGrpc;
import org.jspecify.annotations.Nullable;

import io.sw4rm.scheduler.proto.SchedulerServiceGrpc;

/**
 * Checks the health of a scheduler with {@code grpc.health.v1.Health}. Threads that check
 * at the same time share one call.
 */
class SchedulerHealthProbe {

	private static final HealthCheckRequest REQUEST = HealthCheckRequest.newBuilder()
		.setService(SchedulerServiceGrpc.SERVICE_NAME)
		.build();

	private final HealthGrpc.HealthBlockingStub stub;

	private final Duration deadline;

	private final Clock clock;

	private final AtomicReference<@Nullable CompletableFuture<Outcome>> inFlight = new AtomicReference<>();

	private volatile @Nullable Outcome last;

	SchedulerHealthProbe(Channel channel, Duration deadline, Clock clock) {
		this.stub = HealthGrpc.newBlockingStub(channel);
		this.deadline = deadline;
		this.clock = clock;
	}

	/**
	 * Check the health of the scheduler. Takes no longer than the deadline.
	 */
	Outcome probe() {
		CompletableFuture<Outcome> probe = new CompletableFuture<>();
		CompletableFuture<Outcome> running = this.inFlight.compareAndExchange(null, probe);
		if (running != null) {
			return running.join();
		}
		try {
			Outcome outcome = check();
			this.last = outcome;
			probe.complete(outcome);
			return outcome;
		}
		finally {
			this.inFlight.set(null);
			// Has no effect on a completed probe
			probe.cancel(false);
		}
	}

	private Outcome check() {
		long startNanos = System.nanoTime();
		Answer answer;
		StatusRuntimeException failure = null;
		try {
			HealthCheckResponse response = this.stub
				.withDeadlineAfter(TimeUnit.NANOSECONDS.convert(this.deadline), TimeUnit.NANOSECONDS)
				.check(REQUEST);
			answer = Answer.of(response.getStatus());
		}
		catch (RuntimeException ex) {
			failure = Status.fromThrowable(ex).asRuntimeException();
			answer = Answer.of(failure.getStatus());
		}
		Outcome last = this.last;
		Instant since = (last != null && last.answer() == answer) ? last.since() : this.clock.instant();
		return new Outcome(answer, since, Duration.ofNanos(System.nanoTime() - startNanos), failure);
	}

	/**
	 * What the scheduler reports.
	 */
	enum Answer {

		SERVING, NOT_SERVING, UNKNOWN,

		/**
		 * The scheduler responded, but does not report its health to this client.
		 */
		NOT_OFFERED,

		/**
		 * The scheduler did not respond.
		 */
		UNREACHABLE;

		static Answer of(HealthCheckResponse.ServingStatus status) {
			return switch (status) {
				case SERVING -> SERVING;
				case NOT_SERVING -> NOT_SERVING;
				case SERVICE_UNKNOWN -> NOT_OFFERED;
				default -> UNKNOWN;
			};
		}

		static Answer of(Status failure) {
			return switch (failure.getCode()) {
				case UNIMPLEMENTED, NOT_FOUND, PERMISSION_DENIED -> NOT_OFFERED;
				// Only failures of the client have a cause, such as a missing token
				case UNAUTHENTICATED -> (failure.getCause() == null) ? NOT_OFFERED : UNREACHABLE;
				default -> UNREACHABLE;
			};
		}

	}

	/**
	 * The outcome of a probe.
	 *
	 * @param answer what the scheduler reports
	 * @param since the time since which it has reported this
	 * @param roundTrip the duration of the check
	 * @param failure the failure of the check, if it failed
	 */
	record Outcome(Answer answer, Instant since, Duration roundTrip, @Nullable StatusRuntimeException failure) {

	}

}
