package io.sw4rm.scheduler.autoconfigure.metrics;

import io.micrometer.core.instrument.Tag;

/**
 * Provides {@link Tag tags} for all meters about calls to the scheduler, beside those of
 * the protocol.
 */
@FunctionalInterface
public interface SchedulerMeterTagsProvider {

	/**
	 * Provide the tags. Called once, when the meters are set up.
	 * @return the tags to add
	 */
	Iterable<Tag> getTags();

}
