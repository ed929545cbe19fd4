package io.sw4rm.scheduler.autoconfigure.auth;

import org.jspecify.annotations.Nullable;

/**
 * A {@link SchedulerTokenSupplier} with one token for all calls, which is usually
 * available immediately.
 */
@FunctionalInterface
interface ReadyTokenSupplier extends SchedulerTokenSupplier {

	@Override
	default String getToken(SchedulerTokenRequest request) {
		return getToken();
	}

	/**
	 * Return the token.
	 */
	String getToken();

	/**
	 * Return the token if it is available without blocking.
	 */
	default @Nullable String getTokenIfReady() {
		return getToken();
	}

}
