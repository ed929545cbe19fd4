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
	static TokenNotSentException unavailable(String reason) {
		return new TokenNotSentException("No token for the scheduler could be obtained: " + reason);
	}

	/**
	 * Create an exception for a rejected token without a replacement.
	 */
	static TokenNotSentException noOther() {
		return new TokenNotSentException("No token other than the rejected one is available");
	}

	/**
	 * Convert an exception that was thrown instead of a token.
	 */
	static TokenNotSentException of(Throwable failure) {
		return (failure instanceof TokenNotSentException exception) ? exception : unavailable(
				"%s was thrown; its message, which may be secret, is not shown".formatted(failure.getClass().getName()))
			.withStackTraceOf(failure);
	}

	TokenNotSentException withStackTraceOf(Throwable origin) {
		setStackTrace(origin.getStackTrace());
		return this;
	}

}
