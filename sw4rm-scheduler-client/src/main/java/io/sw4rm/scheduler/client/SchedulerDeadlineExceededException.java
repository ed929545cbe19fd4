package io.sw4rm.scheduler.client;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

import io.grpc.StatusRuntimeException;

/**
 * Thrown when the scheduler did not respond within the deadline (gRPC status
 * {@code DEADLINE_EXCEEDED}). The scheduler may have carried out the request.
 *
 * @since 0.1.0
 */
public class SchedulerDeadlineExceededException extends SchedulerException {

	private static final long serialVersionUID = 1L;

	private final Duration deadline;

	private final String deadlineSetting;

	private final Duration elapsed;

	/**
	 * Create an exception for a failed call.
	 * @param operation the operation that failed
	 * @param target the scheduler that was called
	 * @param correlationId the correlation id of the call
	 * @param deadline the deadline of the call
	 * @param deadlineSetting the setting that the deadline comes from, such as
	 * {@code withDeadline}
	 * @param elapsed how long the call took
	 * @param cause the failure as gRPC reports it
	 */
	public SchedulerDeadlineExceededException(SchedulerOperation operation, String target, String correlationId,
			Duration deadline, String deadlineSetting, Duration elapsed, StatusRuntimeException cause) {
		super(operation, target, correlationId, cause, advice(Checks.notNull(deadline, "deadline"),
				Checks.notNull(deadlineSetting, "deadlineSetting"), Checks.notNull(elapsed, "elapsed")));
		this.deadline = deadline;
		this.deadlineSetting = deadlineSetting;
		this.elapsed = elapsed;
	}

	private static String advice(Duration deadline, String setting, Duration elapsed) {
		if (elapsed.compareTo(deadline) < 0) {
			// The deadline of the gRPC call that the application serves, or the
			// scheduler's own
			return "The call ended after %d ms, before its deadline of %d ms (%s): another, shorter deadline applied"
				.formatted(millis(elapsed), millis(deadline), setting);
		}
		return "The call ended after %d ms. Its deadline is %d ms (%s)".formatted(millis(elapsed), millis(deadline),
				setting);
	}

	/**
	 * Unlike {@link Duration#toMillis()} this does not fail for a duration that does not
	 * fit into a {@code long}.
	 */
	private static long millis(Duration duration) {
		return TimeUnit.MILLISECONDS.convert(duration);
	}

	/**
	 * Return the deadline of the call.
	 * @return the deadline, measured from the start of the call
	 */
	public Duration getDeadline() {
		return this.deadline;
	}

	/**
	 * Return the setting that the deadline comes from.
	 * @return the name of a property or method
	 */
	public String getDeadlineSetting() {
		return this.deadlineSetting;
	}

	/**
	 * Return how long the call took. It is less than the deadline if another, shorter
	 * deadline ended the call: that of the gRPC call that the application serves, or one
	 * of the scheduler itself.
	 * @return the time from the start of the call to its end
	 */
	public Duration getElapsed() {
		return this.elapsed;
	}

}
