package io.sw4rm.scheduler.autoconfigure;

import io.grpc.Attributes;
import io.grpc.ClientTransportFilter;
import io.grpc.Grpc;
import io.grpc.Status;

/**
 * Refuses connections without TLS. The credentials that were asked for may not have
 * reached the channel, for instance with a channel factory of the application's own: then
 * no call may go out in plaintext.
 */
class TlsTransportFilter extends ClientTransportFilter {

	@Override
	public Attributes transportReady(Attributes attributes) {
		if (attributes.get(Grpc.TRANSPORT_ATTR_SSL_SESSION) == null) {
			// Most other statuses may not come from a transport: gRPC would replace them
			throw Status.INTERNAL
				.withDescription("The connection to the scheduler must use TLS, but the channel was made without it. "
						+ "Check the application's GrpcChannelFactory and GrpcChannelFactoryCustomizer: "
						+ "they must use the ChannelCredentialsProvider bean")
				.asRuntimeException();
		}
		return attributes;
	}

}
