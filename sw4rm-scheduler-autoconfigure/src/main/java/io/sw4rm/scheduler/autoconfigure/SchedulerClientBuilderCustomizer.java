package io.sw4rm.scheduler.autoconfigure;

import io.sw4rm.scheduler.client.SchedulerClientBuilder;

/**
 * Callback interface that can be implemented by beans wishing to customize the clients of
 * schedulers, after the properties were applied. Applies to all of them, unless the bean
 * is qualified with the name of a client.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface SchedulerClientBuilderCustomizer {

	/**
	 * Customize the builder of the clients of one scheduler.
	 * @param name the name of the client, {@code default} for the one without a name
	 * @param builder the builder to customize
	 */
	void customize(String name, SchedulerClientBuilder builder);

}
