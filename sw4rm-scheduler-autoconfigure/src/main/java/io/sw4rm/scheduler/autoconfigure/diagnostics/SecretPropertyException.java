package io.sw4rm.scheduler.autoconfigure.diagnostics;

/**
 * Thrown when the value of a property is invalid, and may be a secret that must not be
 * shown.
 */
public class SecretPropertyException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final String name;

	private final String reason;

	/**
	 * Create an exception.
	 * @param name the name of the property
	 * @param reason why its value is invalid and what to do, without the value
	 */
	public SecretPropertyException(String name, String reason) {
		super("Invalid value for configuration property '%s'. %s".formatted(name, reason));
		this.name = name;
		this.reason = reason;
	}

	String getName() {
		return this.name;
	}

	String getReason() {
		return this.reason;
	}

}
