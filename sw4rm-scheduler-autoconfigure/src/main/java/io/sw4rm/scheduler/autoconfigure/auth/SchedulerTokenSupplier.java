package io.sw4rm.scheduler.autoconfigure.auth;

/**
 * Supplies the bearer tokens that are sent to a scheduler. A bean of this type replaces
 * {@code sw4rm.scheduler.auth.*}. It applies to all schedulers, unless it is qualified
 * with the name of a client.
 * <p>
 * Implementations must be thread-safe. They are called on a thread of the gRPC channel
 * and may block: calls that need a token for the same operation and agent wait for the
 * same result, each until its deadline and at most 30 seconds. A scheduler's supplier is
 * called on at most 32 threads at a time, and once at a time for the same operation and
 * agent. If it hangs, such calls fail until it returns. Tokens are not cached:
 * implementations should cache a token that is expensive to obtain.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface SchedulerTokenSupplier {

	/**
	 * Return the token for a call that starts now.
	 * @param request the call that needs the token
	 * @return the token, without {@code Bearer}: one or more visible ASCII characters
	 * @throws RuntimeException if there is no token; the call fails with
	 * {@code UNAUTHENTICATED}, and so do further calls for the same operation and agent
	 * without calling this method, for 100 milliseconds after the first failure and up to
	 * 5 seconds after further ones. The message of the exception, which may contain
	 * secrets, is not shown
	 */
	String getToken(SchedulerTokenRequest request);

	/**
	 * Called when the scheduler rejected a token. {@link #getToken} is then called again,
	 * and the call is repeated once if it returns a different token. If that token is
	 * rejected as well, calls for the same operation and agent are sent with it and not
	 * repeated, for 100 milliseconds at first and then up to 5 seconds, without calling
	 * the supplier. May be called several times for the same token, and for one that is
	 * no longer in use.
	 * @param token the rejected token
	 */
	default void invalidate(String token) {
	}

}
