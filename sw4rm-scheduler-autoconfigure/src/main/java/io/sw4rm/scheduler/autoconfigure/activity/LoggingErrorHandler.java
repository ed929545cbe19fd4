package io.sw4rm.scheduler.autoconfigure.activity;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import io.sw4rm.scheduler.client.ActivityEntry;

/**
 * Default {@link SchedulerActivityErrorHandler}: logs the first exception of each type
 * that a listener throws.
 */
class LoggingErrorHandler implements SchedulerActivityErrorHandler {

	private static final Log logger = LogFactory.getLog(SchedulerActivityListener.class);

	private final Set<Failure> failures = ConcurrentHashMap.newKeySet();

	static void info(String message) {
		logger.info(message);
	}

	static void warn(String message) {
		logger.warn(message);
	}

	static void error(String message) {
		logger.error(message);
	}

	@Override
	public void onActivityFailure(WatchedAgent agent, ActivityEntry entry, Throwable failure) {
		if (this.failures.add(new Failure(agent.listenerId(), failure.getClass().getName()))) {
			logger.error(
					"Activity of %s could not be handled; further exceptions of this type are not logged for this listener"
						.formatted(agent),
					failure);
		}
	}

	private record Failure(String listenerId, String type) {

	}

}
