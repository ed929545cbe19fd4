package io.sw4rm.scheduler.autoconfigure;

import javax.net.ssl.SSLSession;

import org.jspecify.annotations.Nullable;

/**
 * The {@link TlsMaterial} that handshakes use, which can be replaced. Each TLS session
 * remembers the first one that its handshake used, and so does each session that is
 * resumed from it. Thread-safe.
 * <p>
 * Knows nothing of the channel: native TLS libraries keep key and trust managers alive
 * for as long as there is a channel.
 */
final class ReloadableTlsMaterial {

	private static final String SESSION_VALUE_NAME = ReloadableTlsMaterial.class.getName();

	private volatile TlsMaterial current;

	/**
	 * For handshakes under way.
	 */
	private volatile TlsMaterial previous;

	ReloadableTlsMaterial(TlsMaterial material) {
		this.current = material;
		this.previous = material;
	}

	synchronized void replace(TlsMaterial material) {
		this.previous = this.current;
		this.current = material;
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
	 * Return the material with the given id, if it is the current or the previous one.
	 */
	@Nullable TlsMaterial withId(String id) {
		TlsMaterial material = this.current;
		if (material.id().equals(id)) {
			return material;
		}
		TlsMaterial previous = this.previous;
		return previous.id().equals(id) ? previous : null;
	}

	/**
	 * Return whether a session goes back to material that was replaced since.
	 */
	boolean isOutdated(SSLSession session) {
		// Sessions of other credentials have no such value
		return session.getValue(SESSION_VALUE_NAME) instanceof String id && !id.equals(this.current.id());
	}

}
