package io.sw4rm.scheduler.autoconfigure.tls;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;

import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

import io.grpc.util.AdvancedTlsX509KeyManager;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * The {@link TlsMaterial} that handshakes use, which can be replaced. Each TLS session
 * stores the first material that its handshake used; resumed sessions inherit it.
 * Thread-safe.
 * <p>
 * Has no reference to the channel: native TLS libraries keep key and trust managers alive
 * as long as there is a channel.
 */
final class ReloadableTlsMaterial {

	private static final String SESSION_VALUE_NAME = ReloadableTlsMaterial.class.getName();

	private volatile TlsMaterial current;

	private final AdvancedTlsX509KeyManager keyManager = new AdvancedTlsX509KeyManager();

	ReloadableTlsMaterial(TlsMaterial material) {
		this.current = material;
		present(material);
	}

	private void present(TlsMaterial material) {
		if (material.identity() != null) {
			this.keyManager.updateIdentityCredentials(material.identity().certificateChain(),
					material.identity().privateKey());
		}
	}

	void replace(TlsMaterial material) {
		Assert.state((material.identity() == null) == (this.current.identity() == null),
				"A client certificate can't be added or removed without a restart");
		present(material);
		this.current = material;
	}

	/**
	 * Return the key manager of the client's certificate.
	 * @return the key manager, or {@code null} if there is no certificate
	 */
	@Nullable KeyManager keyManager() {
		return (this.current.identity() != null) ? this.keyManager : null;
	}

	/**
	 * Return a trust manager that uses the current material.
	 */
	TrustManager trustManager() {
		return new ReloadableTrustManager();
	}

	TlsMaterial current() {
		return this.current;
	}

	/**
	 * Return the current material for a handshake.
	 */
	TlsMaterial forHandshake(@Nullable SSLSession session) {
		TlsMaterial material = this.current;
		if (session != null && session.getValue(SESSION_VALUE_NAME) == null) {
			session.putValue(SESSION_VALUE_NAME, material.id());
		}
		return material;
	}

	/**
	 * Return whether a session uses material that has been replaced.
	 */
	boolean isOutdated(SSLSession session) {
		// Sessions of other credentials do not have this value
		return session.getValue(SESSION_VALUE_NAME) instanceof String id && !id.equals(this.current.id());
	}

	/**
	 * Uses the trust manager of the current {@link TlsMaterial}.
	 */
	private final class ReloadableTrustManager extends X509ExtendedTrustManager {

		@Override
		public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
				throws CertificateException {
			forHandshake(engine.getHandshakeSession()).trustManager().checkServerTrusted(chain, authType, engine);
		}

		@Override
		public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
				throws CertificateException {
			forHandshake(((SSLSocket) socket).getHandshakeSession()).trustManager()
				.checkServerTrusted(chain, authType, socket);
		}

		@Override
		public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
			throw unsupported();
		}

		@Override
		public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
				throws CertificateException {
			throw unsupported();
		}

		@Override
		public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
				throws CertificateException {
			throw unsupported();
		}

		@Override
		public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
			throw unsupported();
		}

		@Override
		public X509Certificate[] getAcceptedIssuers() {
			return current().trustManager().getAcceptedIssuers();
		}

		private static CertificateException unsupported() {
			return new CertificateException("Only certificates of servers are verified, and only on connections");
		}

	}

}
