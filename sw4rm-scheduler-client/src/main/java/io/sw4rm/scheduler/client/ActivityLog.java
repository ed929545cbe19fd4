package io.sw4rm.scheduler.client;

import java.lang.System.Logger.Level;

/**
 * The log of watches.
 */
final class ActivityLog {

	private static final System.Logger logger = System.getLogger(ActivityWatch.class.getName());

	private ActivityLog() {
	}

	static void info(String message) {
		logger.log(Level.INFO, message);
	}

	static void warn(String message) {
		logger.log(Level.WARNING, message);
	}

	static void warn(String message, Throwable failure) {
		logger.log(Level.WARNING, message, failure);
	}

}
