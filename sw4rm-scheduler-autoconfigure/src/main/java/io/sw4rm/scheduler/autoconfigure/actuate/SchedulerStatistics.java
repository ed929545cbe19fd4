package io.sw4rm.scheduler.autoconfigure.actuate;

import java.time.Clock;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.sw4rm.scheduler.autoconfigure.SchedulerClientBuilderCustomizer;
import io.sw4rm.scheduler.client.SchedulerClientBuilder;

/**
 * Counts the calls of each scheduler's clients.
 */
class SchedulerStatistics implements SchedulerClientBuilderCustomizer {

	private final Map<String, SchedulerCallStatistics> statistics = new ConcurrentHashMap<>();

	@Override
	public void customize(String name, SchedulerClientBuilder builder) {
		builder.listener(of(name));
	}

	SchedulerCallStatistics of(String name) {
		return this.statistics.computeIfAbsent(name, (key) -> new SchedulerCallStatistics(Clock.systemUTC()));
	}

}
