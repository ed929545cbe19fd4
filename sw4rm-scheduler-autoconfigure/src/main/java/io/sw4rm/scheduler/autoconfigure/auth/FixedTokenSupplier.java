package io.sw4rm.scheduler.autoconfigure.auth;

import org.jspecify.annotations.Nullable;

import io.sw4rm.scheduler.autoconfigure.SecretPropertyException;

/**
 * Supplies the token of a property.
 */
class FixedTokenSupplier implements ReadyTokenSupplier {

	private final String token;

	FixedTokenSupplier(@Nullable String token) {
		if (token == null || !BearerToken.isValid(token)) {
			throw new SecretPropertyException("sw4rm.scheduler.auth.token", BearerToken.RULE);
		}
		this.token = token;
	}

	@Override
	public String getToken() {
		return this.token;
	}

	@Override
	public String getTokenIfReady() {
		return this.token;
	}

}
