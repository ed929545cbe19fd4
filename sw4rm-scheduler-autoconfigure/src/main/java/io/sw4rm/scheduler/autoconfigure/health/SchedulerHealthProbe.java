package io.sw4rm.scheduler.autoconfigure.health;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.stub.StreamObserver;
import org.jspecify.annotations.Nullable;

import io.sw4rm.scheduler.proto.SchedulerServiceGrpc;

/**
 * Asks the scheduler for its health with {@code grpc.health.v1.Health}. However many ask
 * at once, one question is on its way and all get its answer.
 */
class SchedulerHealthProbe {

	private static final HealthCheckRequest REQUEST = HealthCheckRequest.newBuilder()
		.setService(SchedulerServiceGrpc.SERVICE_NAME)
		.build();

	private final HealthGrpc.HealthStub stub;

	private final Duration deadline;

	private final Clock clock;

	private @Nullable CompletableFuture<Outcome> inFlight;

	private @Nullable Outcome last;

	SchedulerHealthProbe(Channel channel, Duration deadline, Clock clock) {
		this.stub = HealthGrpc.newStub(channel);
		this.deadline = deadline;
		this.clock = clock;
	}

	/**
	 * Find out how the scheduler is. Takes no longer than the deadline.
	 */
	Outcome probe() {
		return start().join();
	}

	private synchronized CompletableFuture<Outcome> start() {
		CompletableFuture<Outcome> probe = this.inFlight;
		if (probe == null) {
			probe = new CompletableFuture<>();
			this.inFlight = probe;
			AnswerObserver observer = new AnswerObserver(probe);
			try {
				this.stub.withDeadlineAfter(TimeUnit.NANOSECONDS.convert(this.deadline), TimeUnit.NANOSECONDS)
					.check(REQUEST, observer);
			}
			catch (RuntimeException ex) {
				observer.onError(ex);
			}
		}
		return probe;
	}

	private synchronized Outcome ended(Answer answer, long nanos, @Nullable StatusRuntimeException failure) {
		Outcome last = this.last;
		Instant since = (last != null && last.answer() == answer) ? last.since() : this.clock.instant();
		Outcome outcome = new Outcome(answer, since, Duration.ofNanos(nanos), failure);
		this.last = outcome;
		this.inFlight = null;
		return outcome;
	}

	/**
	 * What the scheduler says of itself.
	 */
	enum Answer {

		SERVING, NOT_SERVING, UNKNOWN,

		/**
		 * The scheduler answered, but it tells nobody its health, or not us.
		 */
		NOT_OFFERED,

		/**
		 * No answer came.
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
				// No answer of a scheduler comes with a cause: credentials that weren't
				// sent do
				case UNAUTHENTICATED -> (failure.getCause() == null) ? NOT_OFFERED : UNREACHABLE;
				default -> UNREACHABLE;
			};
		}

	}

	/**
	 * The outcome of a probe.
	 *
	 * @param answer what the scheduler says
	 * @param since when it began to say that
	 * @param roundTrip how long the probe took
	 * @param failure the failure of the probe, if it failed
	 */
	record Outcome(Answer answer, Instant since, Duration roundTrip, @Nullable StatusRuntimeException failure) {

	}

	private final class AnswerObserver implements StreamObserver<HealthCheckResponse> {

		private final CompletableFuture<Outcome> probe;

		private final long startNanos = System.nanoTime();

		private Answer answer = Answer.UNKNOWN;

		private AnswerObserver(CompletableFuture<Outcome> probe) {
			this.probe = probe;
		}

		@Override
		public void onNext(HealthCheckResponse response) {
			this.answer = Answer.of(response.getStatus());
		}

		@Override
		public void onError(Throwable failure) {
			StatusRuntimeException ex = Status.fromThrowable(failure).asRuntimeException();
			complete(Answer.of(ex.getStatus()), ex);
		}

		@Override
		public void onCompleted() {
			complete(this.answer, null);
		}

		private void complete(Answer answer, @Nullable StatusRuntimeException failure) {
			this.probe.complete(ended(answer, System.nanoTime() - this.startNanos, failure));
		}

	}

}
