package io.sw4rm.scheduler.autoconfigure.embedded;

import io.sw4rm.scheduler.autoconfigure.SchedulerConnectionDetails;
import io.sw4rm.scheduler.embedded.EmbeddedScheduler;

/**
 * Adapts an {@link EmbeddedScheduler} to {@link SchedulerConnectionDetails}.
 */
class EmbeddedSchedulerConnectionDetails implements SchedulerConnectionDetails {

	private final EmbeddedScheduler scheduler;

	EmbeddedSchedulerConnectionDetails(EmbeddedScheduler scheduler) {
		this.scheduler = scheduler;
	}

	@Override
	public String getAddress() {
		return "http://" + this.scheduler.address();
	}

}
