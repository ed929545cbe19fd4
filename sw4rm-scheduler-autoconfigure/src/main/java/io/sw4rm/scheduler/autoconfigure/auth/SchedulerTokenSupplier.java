package io.sw4rm.scheduler.autoconfigure.auth;

/**
 * Supplies the bearer token that is sent to the scheduler. A bean of this type takes the
 * place of {@code sw4rm.scheduler.auth.*}.
 * <p>
 * Implementations must be thread-safe. They are asked on a thread of the gRPC channel and
 * may block: calls that need a token meanwhile wait for the same answer, each no longer
 * than its deadline and none longer than 30 seconds. An answer is not kept: a token that
 * is costly to get should be cached by the implementation.
 */
@FunctionalInterface
public interface SchedulerTokenSupplier {

	/**
	 * Return the token for calls that start now.
	 * @return the token, without {@code Bearer}: one or more visible ASCII characters
	 * @throws RuntimeException if there is no token; the call fails with
	 * {@code UNAUTHENTICATED}. The exception's message, which may hold secrets, is not
	 * shown
	 */
	String getToken();

	/**
	 * Be told of a token that the scheduler refused. Then {@link #getToken()} is asked
	 * once more, and a call is repeated once if the answer is a different token. May be
	 * told several times of the same token, and of one that is no longer in use.
	 * @param token the refused token
	 */
	default void invalidate(String token) {
	}

}
