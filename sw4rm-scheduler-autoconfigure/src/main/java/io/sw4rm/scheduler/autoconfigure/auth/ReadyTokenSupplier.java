package io.sw4rm.scheduler.autoconfigure.auth;

import org.jspecify.annotations.Nullable;

/**
 * A {@link SchedulerTokenSupplier} that mostly knows its token without having to wait for
 * it.
 */
interface ReadyTokenSupplier extends SchedulerTokenSupplier {

	/**
	 * Return the token if it is at hand. Never waits for anything slow.
	 */
	@Nullable String getTokenIfReady();

}
