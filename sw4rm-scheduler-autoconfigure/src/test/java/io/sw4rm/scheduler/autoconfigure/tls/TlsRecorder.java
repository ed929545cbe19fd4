package io.sw4rm.scheduler.autoconfigure.tls;

import java.security.Principal;

import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;

/**
 * Remembers the TLS session of the last call that a server got.
 */
final class TlsRecorder implements ServerInterceptor {

	private volatile SSLSession session;

	@Override
	public <Q, P> ServerCall.Listener<Q> interceptCall(ServerCall<Q, P> call, Metadata headers,
			ServerCallHandler<Q, P> next) {
		this.session = call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
		return next.startCall(call, headers);
	}

	String protocol() {
		return this.session.getProtocol();
	}

	String cipher() {
		return this.session.getCipherSuite();
	}

	/**
	 * Return the subject of the client's certificate, such as {@code CN=worker}.
	 */
	String client() {
		return client(this.session);
	}

	static String client(SSLSession session) {
		try {
			Principal principal = session.getPeerPrincipal();
			return principal.getName();
		}
		catch (SSLPeerUnverifiedException ex) {
			return "none";
		}
	}

}
