package io.sw4rm.scheduler.client;

import java.util.List;
import java.util.Map;

import io.grpc.Channel;
import io.grpc.ManagedChannel;

import io.sw4rm.scheduler.client.address.SchedulerAddress;

/**
 * A channel on which gRPC makes up to four attempts of calls that end as
 * {@code UNAVAILABLE}.
 */
final class RetryingChannel implements AutoCloseable {

	private final ManagedChannel channel;

	RetryingChannel(String address) {
		Map<String, ?> retryPolicy = Map.of("maxAttempts", 4.0, "initialBackoff", "0.001s", "maxBackoff", "0.001s",
				"backoffMultiplier", 1.0, "retryableStatusCodes", List.of("UNAVAILABLE"));
		this.channel = SchedulerAddress.parse(address)
			.newChannelBuilder()
			.defaultServiceConfig(
					Map.of("methodConfig", List.of(Map.of("name", List.of(Map.of()), "retryPolicy", retryPolicy))))
			.build();
	}

	Channel get() {
		return this.channel;
	}

	@Override
	public void close() {
		this.channel.shutdownNow();
	}

}
