package io.sw4rm.scheduler.autoconfigure.auth;

/**
 * Thrown when no token could be sent. Contains only the type and stack trace of the
 * cause, because its message may contain a secret.
 */
final class TokenNotSentException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	TokenNotSentException(String message) {
		super(message);
	}

	/**
	 * Create an exception for a token that could not be obtained.
	 */
	static TokenNotSentException unavailable(String reason, Throwable origin) {
		TokenNotSentException exception = new TokenNotSentException(
				"No token for the scheduler could be obtained: " + reason);
		exception.setStackTrace(origin.getStackTrace());
		return exception;
	}

}
