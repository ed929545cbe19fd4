package io.sw4rm.scheduler.autoconfigure;

import io.grpc.ManagedChannelBuilder;

/**
 * Callback interface that can be implemented by beans wishing to customize the channels
 * to schedulers, after the properties were applied. Applies to all of them, unless the
 * bean is qualified with the name of a client.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface SchedulerChannelBuilderCustomizer {

	/**
	 * Customize the builder of a channel.
	 * @param name the name of the client that uses the channel, {@code default} for the
	 * one without a name
	 * @param builder the builder to customize
	 */
	void customize(String name, ManagedChannelBuilder<?> builder);

}
