package io.sw4rm.scheduler.autoconfigure.activity;

/**
 * An agent whose activity a method with {@link SchedulerActivityListener} receives.
 *
 * @param listenerId the id of the listener
 * @param client the name of the scheduler's client, {@code default} for the one without a
 * name
 * @param agentId the id of the agent
 * @since 0.1.0
 */
public record WatchedAgent(String listenerId, String client, String agentId) {

	@Override
	public String toString() {
		return "agent '%s' of the scheduler '%s', listener '%s'".formatted(this.agentId, this.client, this.listenerId);
	}

}
