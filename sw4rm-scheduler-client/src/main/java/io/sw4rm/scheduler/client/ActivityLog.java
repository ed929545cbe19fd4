package io.sw4rm.scheduler.client;

import java.lang.System.Logger.Level;
import java.util.Collections;
import java.util.Set;

import com.google.common.collect.MapMaker;

/**
 * The log of watches.
 */
final class ActivityLog {

	private static final System.Logger logger = System.getLogger(ActivityWatch.class.getName());

	/** By identity, because listeners may be equal. */
	private static final Set<ActivityListener> failed = Collections.newSetFromMap(new MapMaker().weakKeys().makeMap());

	private ActivityLog() {
	}

	static void info(String message) {
		logger.log(Level.INFO, message);
	}

	static void warn(String message) {
		logger.log(Level.WARNING, message);
	}

	/**
	 * Log the first failure of a listener.
	 */
	static void listenerFailed(ActivityListener listener, Throwable failure) {
		if (failed.add(listener)) {
			logger.log(Level.WARNING,
					"Listener %s threw an exception for the activity of an agent; further failures of this listener are not logged"
						.formatted(listener.getClass().getName()),
					failure);
		}
	}

}
