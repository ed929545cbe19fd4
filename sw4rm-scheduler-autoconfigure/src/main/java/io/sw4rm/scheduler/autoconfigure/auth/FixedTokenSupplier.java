package io.sw4rm.scheduler.autoconfigure.auth;

import io.sw4rm.scheduler.autoconfigure.diagnostics.SchedulerFailureException;

/**
 * Supplies the token of a property, which never changes.
 */
final class FixedTokenSupplier implements ReadyTokenSupplier {

	private final String token;

	FixedTokenSupplier(String property, String token) {
		if (token.isBlank()) {
			throw SchedulerFailureException.forBlankProperty(property,
					"Set a token, or remove the property to send no token.");
		}
		if (!BearerToken.isValid(token)) {
			throw SchedulerFailureException.forSecretProperty(property, BearerToken.RULE);
		}
		this.token = token;
	}

	@Override
	public String getToken() {
		return this.token;
	}

}
