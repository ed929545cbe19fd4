package io.sw4rm.scheduler.autoconfigure.health;

import io.grpc.Channel;
import io.grpc.ManagedChannel;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;

import io.sw4rm.scheduler.autoconfigure.health.SchedulerHealthProbe.Answer;
import io.sw4rm.scheduler.autoconfigure.health.SchedulerHealthProbe.Outcome;

/**
 * {@link HealthIndicator} for the SW4RM scheduler. A scheduler that answers is up, unless
 * it says otherwise.
 */
class SchedulerHealthIndicator implements HealthIndicator {

	private final SchedulerHealthProbe probe;

	private final Channel channel;

	private final String target;

	SchedulerHealthIndicator(SchedulerHealthProbe probe, Channel channel, String target) {
		this.probe = probe;
		this.channel = channel;
		this.target = target;
	}

	@Override
	public Health health() {
		Outcome outcome = this.probe.probe();
		Health.Builder health = new Health.Builder(status(outcome.answer())).withDetail("target", this.target);
		if (this.channel instanceof ManagedChannel managedChannel) {
			health.withDetail("channelState", managedChannel.getState(false).name());
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
