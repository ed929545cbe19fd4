package io.sw4rm.scheduler.autoconfigure;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

import io.grpc.ServerCredentials;
import io.grpc.TlsServerCredentials;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;

/**
 * A certificate authority of its own with a certificate for {@code localhost}.
 */
final class TestCertificates {

	private final X509Bundle authority;

	private final X509Bundle server;

	TestCertificates() {
		try {
			this.authority = new CertificateBuilder().ecp256()
				.subject("CN=Test CA")
				.setIsCertificateAuthority(true)
				.buildSelfSigned();
			this.server = new CertificateBuilder().ecp256()
				.subject("CN=localhost")
				.addSanDnsName("localhost")
				.addSanIpAddress("127.0.0.1")
				.buildIssuedBy(this.authority);
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	ServerCredentials serverCredentials() {
		try {
			return TlsServerCredentials.create(stream(this.server.getCertificatePathPEM()),
					stream(this.server.getPrivateKeyPEM()));
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	String authorityPem() {
		return this.authority.getCertificatePEM();
	}

	private static InputStream stream(String text) {
		return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
	}

}
