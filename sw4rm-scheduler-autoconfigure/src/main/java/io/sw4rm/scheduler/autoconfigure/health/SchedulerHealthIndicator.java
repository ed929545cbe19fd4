package io.sw4rm.scheduler.autoconfigure.health;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;

import io.sw4rm.scheduler.autoconfigure.channel.SchedulerConnection;
import io.sw4rm.scheduler.autoconfigure.channel.SchedulerHealth;
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
		SchedulerHealth scheduler = outcome.health();
		Health.Builder health = new Health.Builder(status(scheduler)).withDetail("target", this.connection.target());
		if (this.connection.isEmbedded()) {
			health.withDetail("embedded", true);
		}
		if (this.connection.isReplaced()) {
			health.withDetail("channel", "The application's own bean 'sw4rmSchedulerChannel'");
		}
		String channelState = this.connection.channelState();
		if (channelState != null) {
			health.withDetail("channelState", channelState);
		}
		health.withDetail("scheduler", scheduler.state().name())
			.withDetail("since", outcome.since())
			.withDetail("roundTripMillis", outcome.roundTrip().toMillis());
		if (!scheduler.isResponse()) {
			health.withDetail("error", scheduler.reason());
		}
		return health.build();
	}

	private static Status status(SchedulerHealth scheduler) {
		return switch (scheduler.state()) {
			case SERVING, NOT_OFFERED -> Status.UP;
			case NOT_SERVING -> Status.OUT_OF_SERVICE;
			case UNKNOWN -> Status.UNKNOWN;
			case UNAUTHENTICATED, ERROR, UNREACHABLE -> Status.DOWN;
		};
	}

}
