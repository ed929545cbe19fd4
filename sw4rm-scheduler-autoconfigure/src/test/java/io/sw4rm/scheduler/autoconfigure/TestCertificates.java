package io.sw4rm.scheduler.autoconfigure;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;

import javax.net.ssl.SSLContext;

import io.grpc.ChannelCredentials;
import io.grpc.ServerCredentials;
import io.grpc.TlsChannelCredentials;
import io.grpc.TlsServerCredentials;
import io.grpc.TlsServerCredentials.ClientAuth;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettySslContextServerCredentials;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;

import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.pem.PemSslStoreBundle;
import org.springframework.boot.ssl.pem.PemSslStoreDetails;

/**
 * A certificate authority of its own with a certificate for {@code localhost}.
 */
public final class TestCertificates {

	private final X509Bundle authority;

	private final X509Bundle server;

	public TestCertificates() {
		this("localhost");
	}

	/**
	 * Create an authority with a server certificate for another name, and no address.
	 */
	TestCertificates(String serverName) {
		try {
			this.authority = new CertificateBuilder().ecp256()
				.subject("CN=Test CA")
				.setIsCertificateAuthority(true)
				.buildSelfSigned();
			CertificateBuilder builder = new CertificateBuilder().ecp256()
				.subject("CN=" + serverName)
				.addSanDnsName(serverName);
			this.server = (serverName.equals("localhost") ? builder.addSanIpAddress("127.0.0.1") : builder)
				.buildIssuedBy(this.authority);
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	public ServerCredentials serverCredentials() {
		return serverCredentials(ClientAuth.NONE);
	}

	/**
	 * Return credentials of a server that requires a client certificate of this
	 * authority.
	 */
	ServerCredentials mutualServerCredentials() {
		return serverCredentials(ClientAuth.REQUIRE);
	}

	private ServerCredentials serverCredentials(ClientAuth clientAuth) {
		try {
			return TlsServerCredentials.newBuilder()
				.keyManager(stream(this.server.getCertificatePathPEM()), stream(this.server.getPrivateKeyPEM()))
				.trustManager(stream(authorityPem()))
				.clientAuth(clientAuth)
				.build();
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Return credentials of a server that accepts certain protocols alone, and requires a
	 * client certificate of this authority.
	 */
	ServerCredentials mutualServerCredentials(String... protocols) {
		try {
			SslContextBuilder builder = SslContextBuilder.forServer(stream(this.server.getCertificatePathPEM()),
					stream(this.server.getPrivateKeyPEM()));
			return NettySslContextServerCredentials.create(GrpcSslContexts.configure(builder)
				.trustManager(stream(authorityPem()))
				.clientAuth(io.netty.handler.ssl.ClientAuth.REQUIRE)
				.protocols(protocols)
				.build());
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	SSLContext serverContext() {
		try {
			SSLContext context = SSLContext.getInstance("TLS");
			context.init(this.server.toKeyManagerFactory().getKeyManagers(),
					this.authority.toTrustManagerFactory().getTrustManagers(), null);
			return context;
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Return credentials of a client that trusts this authority.
	 */
	ChannelCredentials channelCredentials() {
		return TlsChannelCredentials.newBuilder().trustManager(this.authority.toTrustManager()).build();
	}

	public String authorityPem() {
		return this.authority.getCertificatePEM();
	}

	X509Certificate authority() {
		return this.authority.getCertificate();
	}

	/**
	 * Issue a client certificate.
	 */
	X509Bundle issue(String commonName) {
		try {
			return new CertificateBuilder().ecp256().subject("CN=" + commonName).buildIssuedBy(this.authority);
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Return an SSL bundle that trusts this authority and holds a client certificate.
	 */
	SslBundle bundle(X509Bundle client) {
		return SslBundle.of(new PemSslStoreBundle(
				new PemSslStoreDetails(null, client.getCertificatePathPEM(), client.getPrivateKeyPEM()),
				new PemSslStoreDetails(null, authorityPem(), null)));
	}

	/**
	 * Return the properties of such a bundle.
	 */
	String[] bundleProperties(String name, X509Bundle client) {
		String prefix = "spring.ssl.bundle.pem." + name;
		return new String[] { prefix + ".truststore.certificate=" + authorityPem(),
				prefix + ".keystore.certificate=" + client.getCertificatePathPEM(),
				prefix + ".keystore.private-key=" + client.getPrivateKeyPEM() };
	}

	private static InputStream stream(String text) {
		return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
	}

}
