package io.sw4rm.scheduler.autoconfigure;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.function.BiFunction;
import java.util.function.Function;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.X509ExtendedKeyManager;

import org.jspecify.annotations.Nullable;

/**
 * Presents the client's certificate of the current {@link TlsMaterial}. Aliases tell the
 * material too, so that a handshake never gets the key of one and the certificate of
 * another.
 */
class SchedulerKeyManager extends X509ExtendedKeyManager {

	private static final String SEPARATOR = ":";

	private final ReloadableTlsMaterial material;

	SchedulerKeyManager(ReloadableTlsMaterial material) {
		this.material = material;
	}

	@Override
	public @Nullable String chooseEngineClientAlias(String[] keyTypes, Principal @Nullable [] issuers,
			SSLEngine engine) {
		return choose(engine.getHandshakeSession(),
				(keyManager) -> keyManager.chooseEngineClientAlias(keyTypes, issuers, engine));
	}

	@Override
	public @Nullable String chooseClientAlias(String[] keyTypes, Principal @Nullable [] issuers, Socket socket) {
		return choose(((SSLSocket) socket).getHandshakeSession(),
				(keyManager) -> keyManager.chooseClientAlias(keyTypes, issuers, socket));
	}

	private @Nullable String choose(@Nullable SSLSession handshakeSession,
			Function<X509ExtendedKeyManager, @Nullable String> choice) {
		TlsMaterial material = this.material.forHandshake(handshakeSession);
		if (material.keyManager() == null) {
			return null;
		}
		String alias = (material.keyAlias() != null) ? material.keyAlias() : choice.apply(material.keyManager());
		return (alias != null) ? material.id() + SEPARATOR + alias : null;
	}

	@Override
	public X509Certificate @Nullable [] getCertificateChain(String alias) {
		return get(alias, X509ExtendedKeyManager::getCertificateChain);
	}

	@Override
	public @Nullable PrivateKey getPrivateKey(String alias) {
		return get(alias, X509ExtendedKeyManager::getPrivateKey);
	}

	private <T> @Nullable T get(String alias, BiFunction<X509ExtendedKeyManager, String, @Nullable T> getter) {
		int separator = alias.indexOf(SEPARATOR);
		TlsMaterial material = this.material.withId(alias.substring(0, separator));
		return (material != null && material.keyManager() != null)
				? getter.apply(material.keyManager(), alias.substring(separator + 1)) : null;
	}

	@Override
	public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
		throw unsupported();
	}

	@Override
	public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
		throw unsupported();
	}

	@Override
	public @Nullable String chooseServerAlias(String keyType, Principal @Nullable [] issuers, Socket socket) {
		throw unsupported();
	}

	private static UnsupportedOperationException unsupported() {
		return new UnsupportedOperationException("Only for clients, and only on connections");
	}

}
