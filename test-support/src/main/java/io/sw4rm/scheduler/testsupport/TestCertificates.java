package io.sw4rm.scheduler.testsupport;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Instant;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;

import io.grpc.ChannelCredentials;
import io.grpc.ServerCredentials;
import io.grpc.TlsChannelCredentials;
import io.grpc.TlsServerCredentials;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettySslContextServerCredentials;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;

/**
 * A certificate authority with a server certificate for {@code localhost} and
 * {@code 127.0.0.1} unless other names are given.
 */
public final class TestCertificates {

	private final X509Bundle authority;

	private final X509Bundle server;

	public TestCertificates() {
		this("localhost", "127.0.0.1");
	}

	/**
	 * Create an authority with a server certificate for other names.
	 * @param serverNames the DNS names and IPv4 addresses of the server
	 */
	public TestCertificates(String... serverNames) {
		this.authority = build(() -> new CertificateBuilder().ecp256()
			.subject("CN=Test CA")
			.setIsCertificateAuthority(true)
			.buildSelfSigned());
		this.server = issue(serverCertificate(serverNames));
	}

	/**
	 * Return credentials of the server, which does not request a client certificate.
	 * @return the credentials
	 */
	public ServerCredentials serverCredentials() {
		return serverCredentials(this.server);
	}

	/**
	 * Return credentials of another server, with a certificate for one name.
	 * @param serverName the DNS name or IPv4 address of the server
	 * @return the credentials
	 */
	public ServerCredentials serverCredentials(String serverName) {
		return serverCredentials(issue(serverCertificate(serverName)));
	}

	/**
	 * Return credentials of the server with a certificate of limited validity.
	 * @param notBefore the start of the validity
	 * @param notAfter the end of the validity
	 * @return the credentials
	 */
	public ServerCredentials serverCredentials(Instant notBefore, Instant notAfter) {
		return serverCredentials(
				issue(serverCertificate("localhost", "127.0.0.1").notBefore(notBefore).notAfter(notAfter)));
	}

	private static ServerCredentials serverCredentials(X509Bundle server) {
		return build(() -> TlsServerCredentials.create(stream(server.getCertificatePathPEM()),
				stream(server.getPrivateKeyPEM())));
	}

	/**
	 * Return credentials of the server, which requires a client certificate of this
	 * authority.
	 * @param protocols the protocols to accept, none for the defaults
	 * @return the credentials
	 */
	public ServerCredentials mutualServerCredentials(String... protocols) {
		return build(() -> {
			SslContextBuilder builder = SslContextBuilder.forServer(stream(this.server.getCertificatePathPEM()),
					stream(this.server.getPrivateKeyPEM()));
			GrpcSslContexts.configure(builder).trustManager(stream(authorityPem())).clientAuth(ClientAuth.REQUIRE);
			if (protocols.length > 0) {
				builder.protocols(protocols);
			}
			return NettySslContextServerCredentials.create(builder.build());
		});
	}

	/**
	 * Open a port of the loopback interface for HTTP/2 that requires a client certificate
	 * of this authority.
	 */
	SSLServerSocket mutualServerSocket(int port, String protocol) throws IOException {
		SSLServerSocket socket = (SSLServerSocket) build(this::serverContext).getServerSocketFactory()
			.createServerSocket(port, 50, InetAddress.getLoopbackAddress());
		SSLParameters parameters = socket.getSSLParameters();
		parameters.setProtocols(new String[] { protocol });
		parameters.setApplicationProtocols(new String[] { "h2" });
		parameters.setNeedClientAuth(true);
		socket.setSSLParameters(parameters);
		return socket;
	}

	private SSLContext serverContext() throws GeneralSecurityException {
		SSLContext context = SSLContext.getInstance("TLS");
		context.init(this.server.toKeyManagerFactory().getKeyManagers(),
				this.authority.toTrustManagerFactory().getTrustManagers(), null);
		return context;
	}

	/**
	 * Return credentials of a client that trusts this authority.
	 * @return the credentials
	 */
	public ChannelCredentials channelCredentials() {
		return TlsChannelCredentials.newBuilder().trustManager(this.authority.toTrustManager()).build();
	}

	/**
	 * Return the authority's own certificate and key.
	 * @return the authority
	 */
	public X509Bundle authority() {
		return this.authority;
	}

	public X509Certificate authorityCertificate() {
		return this.authority.getCertificate();
	}

	public String authorityPem() {
		return this.authority.getCertificatePEM();
	}

	/**
	 * Issue a client certificate.
	 * @param commonName the name of the client
	 * @return the certificate and its key
	 */
	public X509Bundle issue(String commonName) {
		return issue(new CertificateBuilder().ecp256().subject("CN=" + commonName));
	}

	/**
	 * Issue a client certificate of limited validity.
	 * @param commonName the name of the client
	 * @param notBefore the start of the validity
	 * @param notAfter the end of the validity
	 * @return the certificate and its key
	 */
	public X509Bundle issue(String commonName, Instant notBefore, Instant notAfter) {
		return issue(
				new CertificateBuilder().ecp256().subject("CN=" + commonName).notBefore(notBefore).notAfter(notAfter));
	}

	private X509Bundle issue(CertificateBuilder builder) {
		return build(() -> builder.buildIssuedBy(this.authority));
	}

	private static CertificateBuilder serverCertificate(String... names) {
		CertificateBuilder builder = new CertificateBuilder().ecp256().subject("CN=" + names[0]);
		for (String name : names) {
			builder = name.matches("[0-9.]+") ? builder.addSanIpAddress(name) : builder.addSanDnsName(name);
		}
		return builder;
	}

	/**
	 * Return the property of a Spring Boot PEM bundle that trusts this authority.
	 * @param bundle the name of the bundle
	 * @return name and value
	 */
	public String trustProperty(String bundle) {
		return "spring.ssl.bundle.pem.%s.truststore.certificate=%s".formatted(bundle, authorityPem());
	}

	/**
	 * Return the properties of a Spring Boot PEM bundle that trusts this authority and
	 * contains a client certificate.
	 * @param bundle the name of the bundle
	 * @param client the certificate
	 * @return names and values
	 */
	public String[] bundleProperties(String bundle, X509Bundle client) {
		String keystore = "spring.ssl.bundle.pem." + bundle + ".keystore.";
		return new String[] { trustProperty(bundle), keystore + "certificate=" + client.getCertificatePathPEM(),
				keystore + "private-key=" + client.getPrivateKeyPEM() };
	}

	private static InputStream stream(String text) {
		return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
	}

	private static <T> T build(Builder<T> builder) {
		try {
			return builder.build();
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	@FunctionalInterface
	private interface Builder<T> {

		T build() throws Exception;

	}

}
