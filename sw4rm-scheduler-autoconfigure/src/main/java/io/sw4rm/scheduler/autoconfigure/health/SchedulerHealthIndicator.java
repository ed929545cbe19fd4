package io.sw4rm.scheduler.autoconfigure.health;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;

import io.sw4rm.scheduler.autoconfigure.channel.SchedulerConnection;
import io.sw4rm.scheduler.autoconfigure.health.SchedulerHealthProbe.Answer;
import io.sw4rm.scheduler.autoconfigure.health.SchedulerHealthProbe.Outcome;

/**
 * {@link HealthIndicator} for the SW4RM scheduler. Reports UP if the scheduler responds,
 * unless the scheduler reports another status.
 */
class SchedulerHealthIndicator implements HealthIndicator {

	private final SchedulerHealthProbe probe;

	private final SchedulerConnection connection;

	SchedulerHealthIndicator(SchedulerHealthProbe probe, SchedulerConnection connection) {
		this.probe = probe;
		this.connection = connection;
	}

	@Override
	public Health health() {
		Outcome outcome = this.probe.probe();
		Health.Builder health = new Health.Builder(status(outcome.answer())).withDetail("target",
				this.connection.target());
		if (this.connection.isReplaced()) {
			health.withDetail("channel", "The application's own bean 'sw4rmSchedulerChannel'");
		}
		String channelState = this.connection.channelState();
		if (channelState != null) {
			health.withDetail("channelState", channelState);
		}
		health.withDetail("scheduler", outcome.answer().name())
			.withDetail("since", outcome.since())
			.withDetail("roundTripMillis", outcome.roundTrip().toMillis());
		if (outcome.answer() == Answer.UNREACHABLE && outcome.failure() != null) {
			health.withException(outcome.failure());
		}
		return health.build();
	}

	private static Status status(Answer answer) {
		return switch (answer) {
			case SERVING, NOT_OFFERED -> Status.UP;
			case NOT_SERVING -> Status.OUT_OF_SERVICE;
			case UNKNOWN -> Status.UNKNOWN;
			case UNREACHABLE -> Status.DOWN;
		};
	}

}
