package io.sw4rm.scheduler.autoconfigure.tls;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Trusts what the current {@link TlsMaterial} trusts.
 */
class ReloadableTrustManager extends X509ExtendedTrustManager {

	private final ReloadableTlsMaterial material;

	ReloadableTrustManager(ReloadableTlsMaterial material) {
		this.material = material;
	}

	@Override
	public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
			throws CertificateException {
		this.material.forHandshake(engine.getHandshakeSession())
			.trustManager()
			.checkServerTrusted(chain, authType, engine);
	}

	@Override
	public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
			throws CertificateException {
		this.material.forHandshake(((SSLSocket) socket).getHandshakeSession())
			.trustManager()
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
		return this.material.current().trustManager().getAcceptedIssuers();
	}

	private static CertificateException unsupported() {
		return new CertificateException("Only certificates of servers are verified, and only on connections");
	}

}
