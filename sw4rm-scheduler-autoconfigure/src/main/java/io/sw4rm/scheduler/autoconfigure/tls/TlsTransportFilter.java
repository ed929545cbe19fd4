package io.sw4rm.scheduler.autoconfigure.tls;

import javax.net.ssl.SSLSession;

import io.grpc.Attributes;
import io.grpc.ClientTransportFilter;
import io.grpc.Grpc;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;

/**
 * Refuses connections that are not as the SSL bundle wants them. The credentials that
 * were asked for may not have reached the channel, for instance with a channel factory of
 * the application's own: then no call may go out in plaintext.
 */
class TlsTransportFilter extends ClientTransportFilter {

	private final SchedulerTls tls;

	TlsTransportFilter(SchedulerTls tls) {
		this.tls = tls;
	}

	@Override
	public Attributes transportReady(Attributes attributes) {
		SSLSession session = attributes.get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
		if (session == null) {
			throw refusal("The connection to the scheduler must use TLS, but the channel was made without it.");
		}
		if (!this.tls.permits(session)) {
			throw refusal("The connection to the scheduler uses %s with %s, which the SSL bundle does not permit."
				.formatted(session.getProtocol(), session.getCipherSuite()));
		}
		this.tls.connected(session);
		return attributes;
	}

	private static StatusRuntimeException refusal(String reason) {
		// Most other statuses may not come from a transport: gRPC would replace them
		return Status.INTERNAL
			.withDescription(reason + " Check the application's GrpcChannelFactory and GrpcChannelFactoryCustomizer: "
					+ "they must use the ChannelCredentialsProvider bean")
			.asRuntimeException();
	}

}
