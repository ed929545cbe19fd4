package io.sw4rm.scheduler.autoconfigure;

import io.sw4rm.scheduler.client.SchedulerClientBuilder;

/**
 * Callback interface that can be implemented by beans wishing to customize the scheduler
 * clients, after the properties were applied.
 */
@FunctionalInterface
public interface SchedulerClientBuilderCustomizer {

	/**
	 * Customize the builder of a client. Called for each client that is built.
	 * @param builder the builder to customize
	 */
	void customize(SchedulerClientBuilder builder);

}
