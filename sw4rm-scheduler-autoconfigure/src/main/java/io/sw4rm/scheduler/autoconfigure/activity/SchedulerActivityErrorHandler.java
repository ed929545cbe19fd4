package io.sw4rm.scheduler.autoconfigure.activity;

import io.sw4rm.scheduler.client.ActivityEntry;

/**
 * Handles the errors of methods with {@link SchedulerActivityListener}, and of the
 * watches that call them. Define a bean of this type to replace the default, which logs.
 * A bean that is qualified with the name of a client applies to the listeners of that
 * client only. Several threads use the handler, and it must not throw exceptions.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface SchedulerActivityErrorHandler {

	/**
	 * Called when a method threw an exception. The watch continues with the next entry
	 * and does not purge this one.
	 * @param agent the agent
	 * @param entry the entry that could not be handled
	 * @param failure the exception
	 */
	void onActivityFailure(WatchedAgent agent, ActivityEntry entry, Throwable failure);

	/**
	 * Called when a call failed and is tried again until it succeeds. Called once for
	 * each outage. By default, logs a warning.
	 * @param agent the agent
	 * @param failure the failure
	 */
	default void onOutage(WatchedAgent agent, Throwable failure) {
		LoggingErrorHandler.warn("Activity of %s is not available, trying again: %s".formatted(agent, failure));
	}

	/**
	 * Called when the call that failed succeeded again. By default, logs a message.
	 * @param agent the agent
	 */
	default void onRecovery(WatchedAgent agent) {
		LoggingErrorHandler.info("Activity of %s is available again".formatted(agent));
	}

	/**
	 * Called when a purge removed more entries than were delivered. By default, logs a
	 * warning.
	 * @param agent the agent
	 * @param entries the least number of entries that were removed without being
	 * delivered, positive
	 */
	default void onEntriesLost(WatchedAgent agent, long entries) {
		LoggingErrorHandler
			.warn("A purge of %s removed %d entries that were added after the last poll and never delivered"
				.formatted(agent, entries));
	}

	/**
	 * Called when a failure that is not worth another try ended a watch. The
	 * {@link SchedulerActivityListenerRegistry} can start the listener again. By default,
	 * logs an error.
	 * @param agent the agent
	 * @param failure the failure
	 */
	default void onError(WatchedAgent agent, Throwable failure) {
		LoggingErrorHandler.error("Activity of %s is no longer watched: %s".formatted(agent, failure));
	}

}
