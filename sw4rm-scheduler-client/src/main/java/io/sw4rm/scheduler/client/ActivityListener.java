package io.sw4rm.scheduler.client;

/**
 * Receives the activity of an agent from an {@link ActivityWatch}. All methods of the
 * listener of a watch are called one after the other, never at the same time, on threads
 * of the channel's executor, or on a thread of the watch if a call could not be sent.
 * They may block: only their own watch waits. An exception that a method throws does not
 * end the watch; the first one of a listener is logged.
 *
 * @since 0.1.0
 * @see SchedulerClient#watchActivity(String, ActivityListener)
 */
@FunctionalInterface
public interface ActivityListener {

	/**
	 * Called for each new entry, in the scheduler's order.
	 * @param entry the entry
	 * @throws Exception if the entry could not be handled
	 */
	void onActivity(ActivityEntry entry) throws Exception;

	/**
	 * Called when {@link #onActivity} threw an exception. The watch continues with the
	 * next entry and does not purge the entry. By default, logs the first exception of
	 * this listener.
	 * @param entry the entry that could not be handled
	 * @param failure the exception
	 */
	default void onActivityFailure(ActivityEntry entry, Throwable failure) {
		ActivityLog.listenerFailed(this, failure);
	}

	/**
	 * Called when a call of the watch failed and is tried again until it succeeds. Called
	 * once for each outage. By default, logs a warning.
	 * @param failure the failure
	 */
	default void onOutage(Throwable failure) {
		ActivityLog.warn("Activity is not available, trying again: %s".formatted(failure));
	}

	/**
	 * Called when the call that failed succeeded again, before new entries are delivered.
	 * Called once for each outage. By default, logs a message.
	 */
	default void onRecovery() {
		ActivityLog.info("Activity is available again");
	}

	/**
	 * Called when a purge removed more entries than were delivered, see
	 * {@link WatchOptions#withPurge(boolean)}. By default, logs a warning.
	 * @param entries the least number of entries that were removed without being
	 * delivered, positive
	 */
	default void onEntriesLost(long entries) {
		ActivityLog.warn("A purge removed %d entries that were added after the last poll and never delivered"
			.formatted(entries));
	}

	/**
	 * Called when a failure that is not worth another try ended the watch. By default,
	 * logs a warning.
	 * @param failure the failure
	 */
	default void onError(Throwable failure) {
		ActivityLog.warn("Activity is no longer watched: %s".formatted(failure));
	}

}
