package io.sw4rm.scheduler.autoconfigure;

import io.grpc.ManagedChannelBuilder;

/**
 * Callback interface that can be implemented by beans wishing to customize the channel to
 * the scheduler, after the properties were applied.
 */
@FunctionalInterface
public interface SchedulerChannelBuilderCustomizer {

	/**
	 * Customize the builder of the channel.
	 * @param builder the builder to customize
	 */
	void customize(ManagedChannelBuilder<?> builder);

}
