package io.sw4rm.scheduler.client;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

import io.grpc.StatusRuntimeException;

/**
 * Thrown when no answer came within the deadline (gRPC status {@code DEADLINE_EXCEEDED}).
 * Whether the scheduler carried out the request is not known.
 */
public class SchedulerDeadlineExceededException extends SchedulerException {

	private static final long serialVersionUID = 1L;

	private final Duration deadline;

	private final Duration elapsed;

	/**
	 * Create an exception for a failed call.
	 * @param operation the operation that failed
	 * @param target the scheduler that was called
	 * @param correlationId the correlation id of the call
	 * @param deadline how long the call was allowed to take
	 * @param elapsed how long the call took
	 * @param cause the failure as gRPC reports it
	 */
	public SchedulerDeadlineExceededException(SchedulerOperation operation, String target, String correlationId,
			Duration deadline, Duration elapsed, StatusRuntimeException cause) {
		super(operation, target, correlationId, cause,
				remedy(Checks.notNull(deadline, "deadline"), Checks.notNull(elapsed, "elapsed")));
		this.deadline = deadline;
		this.elapsed = elapsed;
	}

	private static String remedy(Duration deadline, Duration elapsed) {
		String remedy = "The call ended after %d ms; its deadline (sw4rm.scheduler.deadline) was %d ms"
			.formatted(millis(elapsed), millis(deadline));
		// Then it was the deadline of the gRPC call that the application serves, or the
		// scheduler's own
		return (elapsed.compareTo(deadline) < 0) ? remedy + ", but somebody else's was nearer" : remedy;
	}

	/**
	 * Unlike {@link Duration#toMillis()} doesn't fail for a duration that is longer than
	 * a {@code long} can tell.
	 */
	private static long millis(Duration duration) {
		return TimeUnit.MILLISECONDS.convert(duration);
	}

	/**
	 * Return how long the client allowed the call to take.
	 * @return the deadline, counted from the start of the call
	 */
	public Duration getDeadline() {
		return this.deadline;
	}

	/**
	 * Return how long the call took. It is less than the deadline if a nearer one ended
	 * the call: that of the gRPC call which the application was serving, or one that the
	 * scheduler itself had to keep.
	 * @return the time from the start of the call to its end
	 */
	public Duration getElapsed() {
		return this.elapsed;
	}

}
