package io.sw4rm.scheduler.autoconfigure.auth;

/**
 * Supplies the bearer tokens that are sent to a scheduler. A bean of this type replaces
 * {@code sw4rm.scheduler.auth.*}. It applies to all schedulers, unless it is qualified
 * with the name of a client.
 * <p>
 * Implementations must be thread-safe. They are called on a thread of the gRPC channel
 * and may block: calls that need a token for the same operation and agent wait for the
 * same result, each until its deadline and at most 30 seconds. Tokens are not cached:
 * implementations should cache a token that is expensive to obtain.
 */
@FunctionalInterface
public interface SchedulerTokenSupplier {

	/**
	 * Return the token for a call that starts now.
	 * @param request the call that needs the token
	 * @return the token, without {@code Bearer}: one or more visible ASCII characters
	 * @throws RuntimeException if there is no token; the call fails with
	 * {@code UNAUTHENTICATED}. The message of the exception, which may contain secrets,
	 * is not shown
	 */
	String getToken(SchedulerTokenRequest request);

	/**
	 * Called when the scheduler rejected a token. {@link #getToken} is then called again,
	 * and the call is repeated once if it returns a different token. May be called
	 * several times for the same token, and for one that is no longer in use.
	 * @param token the rejected token
	 */
	default void invalidate(String token) {
	}

}
