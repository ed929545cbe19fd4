package io.sw4rm.scheduler.client;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import org.jspecify.annotations.Nullable;

/**
 * The channel as one call sees it: sends the client's metadata and the call's correlation
 * id along. An interceptor would do the same for all calls, but would need the id from
 * the call options, which are costlier to extend.
 */
final class CallChannel extends Channel {

	private final Channel channel;

	private final Metadata metadata;

	private final String correlationId;

	/**
	 * Create a channel for one call.
	 * @param channel the channel to call through
	 * @param metadata the metadata to send, without a correlation id
	 * @param correlationId the correlation id to send
	 */
	CallChannel(Channel channel, Metadata metadata, String correlationId) {
		this.channel = channel;
		this.metadata = metadata;
		this.correlationId = correlationId;
	}

	@Override
	public <Q, S> ClientCall<Q, S> newCall(MethodDescriptor<Q, S> method, CallOptions options) {
		return new SimpleForwardingClientCall<>(this.channel.newCall(method, options)) {

			@Override
			public void start(Listener<S> responseListener, Metadata headers) {
				headers.merge(CallChannel.this.metadata);
				headers.put(CallMetadata.CORRELATION_ID, CallChannel.this.correlationId);
				super.start(responseListener, headers);
			}

		};
	}

	@Override
	public @Nullable String authority() {
		return this.channel.authority();
	}

}
