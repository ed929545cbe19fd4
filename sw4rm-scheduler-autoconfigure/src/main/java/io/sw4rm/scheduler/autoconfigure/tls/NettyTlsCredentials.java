package io.sw4rm.scheduler.autoconfigure.tls;

import java.util.Set;

import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;

import io.grpc.ChannelCredentials;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettySslContextChannelCredentials;
import io.netty.handler.ssl.SslContextBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Credentials that only negotiate certain protocols and cipher suites, which gRPC's TLS
 * credentials do not support. Requires {@code grpc-netty}.
 */
final class NettyTlsCredentials {

	private NettyTlsCredentials() {
	}

	static ChannelCredentials create(TlsMaterial material, @Nullable KeyManager keyManager, TrustManager trustManager) {
		SslContextBuilder builder = GrpcSslContexts.forClient().trustManager(trustManager);
		if (keyManager != null) {
			builder.keyManager(keyManager);
		}
		Set<String> protocols = material.protocols();
		if (protocols != null) {
			builder.protocols(protocols);
		}
		Set<String> ciphers = material.ciphers();
		if (ciphers != null) {
			builder.ciphers(ciphers);
		}
		try {
			return NettySslContextChannelCredentials.create(builder.build());
		}
		catch (SSLException ex) {
			throw new IllegalStateException("The scheduler's SSL bundle can't be used with Netty", ex);
		}
	}

}
