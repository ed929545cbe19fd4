package io.sw4rm.scheduler.autoconfigure.tls;

import io.netty.pkitesting.X509Bundle;

import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.pem.PemSslStoreBundle;
import org.springframework.boot.ssl.pem.PemSslStoreDetails;

import io.sw4rm.scheduler.testsupport.TestCertificates;

/**
 * SSL bundles with certificates of tests.
 */
final class PemBundles {

	private PemBundles() {
	}

	/**
	 * Return a bundle that trusts an authority and holds a client certificate.
	 */
	static SslBundle of(TestCertificates authority, X509Bundle client) {
		return SslBundle.of(new PemSslStoreBundle(
				new PemSslStoreDetails(null, client.getCertificatePathPEM(), client.getPrivateKeyPEM()),
				new PemSslStoreDetails(null, authority.authorityPem(), null)));
	}

}
