package io.sw4rm.scheduler.autoconfigure.tls;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

import javax.net.ssl.SSLParameters;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509KeyManager;
import javax.net.ssl.X509TrustManager;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslManagerBundle;
import org.springframework.boot.ssl.SslOptions;
import org.springframework.util.Assert;

/**
 * A snapshot of an SSL bundle.
 *
 * @param id identifies this material
 * @param identity the client's certificate, {@code null} if it has none
 * @param trustManager the trusted certificates
 * @param protocols the only protocols to use, {@code null} for the defaults
 * @param ciphers the only cipher suites to use, {@code null} for the defaults
 */
record TlsMaterial(String id, @Nullable Identity identity, X509ExtendedTrustManager trustManager,
		@Nullable Set<String> protocols, @Nullable Set<String> ciphers) {

	private static final String DEFAULT_PROTOCOL = "TLS";

	private static final List<String> KEY_TYPES = List.of("RSA", "EC", "EdDSA", "Ed25519", "Ed448", "RSASSA-PSS",
			"DSA");

	private static final AtomicLong ids = new AtomicLong();

	/**
	 * Read a bundle.
	 * @throws RuntimeException if the bundle can't be used
	 */
	static TlsMaterial from(SslBundle bundle) {
		SslManagerBundle managers = bundle.getManagers();
		X509ExtendedKeyManager keyManager = first(X509KeyManager.class, X509ExtendedKeyManager.class,
				managers.getKeyManagers());
		X509ExtendedTrustManager trustManager = first(X509TrustManager.class, X509ExtendedTrustManager.class,
				managers.getTrustManagers());
		Assert.state(trustManager != null, "The SSL bundle has no trust manager for X.509 certificates");
		return new TlsMaterial(Long.toString(ids.incrementAndGet()), identity(bundle, keyManager), trustManager,
				protocols(bundle), ciphers(bundle));
	}

	private static @Nullable Identity identity(SslBundle bundle, @Nullable X509ExtendedKeyManager keyManager) {
		String alias = bundle.getKey().getAlias();
		if (alias != null) {
			Assert.state(keyManager != null && keyManager.getPrivateKey(alias) != null,
					() -> "The SSL bundle has no private key with the alias '%s' (aliases are case-sensitive)"
						.formatted(alias));
			return Identity.of(keyManager, alias);
		}
		Set<String> aliases = (keyManager != null) ? aliases(keyManager) : Set.of();
		Assert.state(aliases.size() <= 1,
				() -> "The SSL bundle has several private keys (%s). Choose one with the option 'key.alias'"
					.formatted(String.join(", ", aliases)));
		return (keyManager != null && !aliases.isEmpty()) ? Identity.of(keyManager, aliases.iterator().next()) : null;
	}

	private static Set<String> aliases(X509ExtendedKeyManager keyManager) {
		return KEY_TYPES.stream()
			.map((keyType) -> keyManager.getClientAliases(keyType, null))
			.filter(Objects::nonNull)
			.flatMap(Stream::of)
			.collect(Collectors.toCollection(TreeSet::new));
	}

	/**
	 * Like the JDK, use the first manager of a type. It must be an extended manager: only
	 * these verify host names and know the connection.
	 */
	private static <T, E extends T> @Nullable E first(Class<T> type, Class<E> extendedType, Object[] managers) {
		return Stream.of(managers).filter(type::isInstance).findFirst().map((manager) -> {
			Assert.state(extendedType.isInstance(manager), () -> "The SSL bundle's manager %s must be an %s"
				.formatted(manager.getClass().getName(), extendedType.getSimpleName()));
			return extendedType.cast(manager);
		}).orElse(null);
	}

	private static @Nullable Set<String> protocols(SslBundle bundle) {
		Set<String> protocols = SslOptions.asSet(bundle.getOptions().getEnabledProtocols());
		if (protocols != null) {
			return supported("protocols", protocols, supportedParameters(bundle).getProtocols());
		}
		return bundle.getProtocol().equals(DEFAULT_PROTOCOL) ? null
				: SslOptions.asSet(bundle.createSslContext().getDefaultSSLParameters().getProtocols());
	}

	private static @Nullable Set<String> ciphers(SslBundle bundle) {
		Set<String> ciphers = SslOptions.asSet(bundle.getOptions().getCiphers());
		return (ciphers != null) ? supported("ciphers", ciphers, supportedParameters(bundle).getCipherSuites()) : null;
	}

	private static SSLParameters supportedParameters(SslBundle bundle) {
		return bundle.createSslContext().getSupportedSSLParameters();
	}

	private static Set<String> supported(String option, Set<String> names, String[] supported) {
		Assert.state(!names.isEmpty() && Set.of(supported).containsAll(names),
				() -> "The SSL bundle's option '%s' must contain at least one value, and only values that this JVM supports (%s), got %s"
					.formatted(option, String.join(", ", supported), names));
		return names;
	}

	boolean restricts() {
		return this.protocols != null || this.ciphers != null;
	}

	boolean permits(String protocol, String cipher) {
		return (this.protocols == null || this.protocols.contains(protocol))
				&& (this.ciphers == null || this.ciphers.contains(cipher));
	}

	/**
	 * A certificate with its private key.
	 *
	 * @param privateKey the private key
	 * @param certificateChain the certificate, followed by those of its issuers
	 */
	record Identity(PrivateKey privateKey, X509Certificate[] certificateChain) {

		static Identity of(X509ExtendedKeyManager keyManager, String alias) {
			return new Identity(keyManager.getPrivateKey(alias), keyManager.getCertificateChain(alias));
		}

	}

}
