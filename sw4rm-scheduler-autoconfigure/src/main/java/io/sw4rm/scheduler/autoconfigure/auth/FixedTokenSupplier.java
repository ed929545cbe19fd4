package io.sw4rm.scheduler.autoconfigure.auth;

import io.sw4rm.scheduler.autoconfigure.diagnostics.SecretPropertyException;

/**
 * Supplies the token of a property.
 */
class FixedTokenSupplier implements ReadyTokenSupplier {

	private final String token;

	FixedTokenSupplier(String property, String token) {
		if (!BearerToken.isValid(token)) {
			throw new SecretPropertyException(property, BearerToken.RULE);
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
