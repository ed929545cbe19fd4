package io.sw4rm.scheduler.autoconfigure.auth;

/**
 * Thrown when no token could be sent. Tells nothing of an origin but its type and place:
 * its message may hold a secret.
 */
final class TokenNotSentException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	TokenNotSentException(String message) {
		super(message);
	}

	/**
	 * Create an exception for a token that could not be had.
	 */
	static TokenNotSentException unavailable(String reason, Throwable origin) {
		TokenNotSentException exception = new TokenNotSentException(
				"No token for the scheduler could be obtained: " + reason);
		exception.setStackTrace(origin.getStackTrace());
		return exception;
	}

}
