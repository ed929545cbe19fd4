package io.sw4rm.scheduler.autoconfigure.diagnostics;

import org.jspecify.annotations.Nullable;

/**
 * Thrown when the application can't start, with the analysis of the failure.
 *
 * @since 0.1.0
 */
public class SchedulerFailureException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final String action;

	private final @Nullable String property;

	/**
	 * Create an exception.
	 * @param description what is wrong
	 * @param action what to do about it
	 * @param cause the cause, if there is one
	 */
	public SchedulerFailureException(String description, String action, @Nullable Throwable cause) {
		super(description, cause);
		this.action = action;
		this.property = null;
	}

	private SchedulerFailureException(String description, String action, String property) {
		super(description);
		this.action = action;
		this.property = property;
	}

	/**
	 * Return an exception for a property with an invalid value that may be a secret. The
	 * analysis contains the origin of the property, but not its value.
	 * @param name the name of the property
	 * @param action what to do about it, without the value
	 * @return the exception
	 */
	public static SchedulerFailureException forSecretProperty(String name, String action) {
		return new SchedulerFailureException(
				"Invalid value (not shown, it may be secret) for configuration property '%s'.".formatted(name), action,
				name);
	}

	/**
	 * Return an exception for a property that must not be blank. The analysis contains
	 * the origin of the property.
	 * @param name the name of the property
	 * @param action what to do about it
	 * @return the exception
	 */
	public static SchedulerFailureException forBlankProperty(String name, String action) {
		return new SchedulerFailureException("The value of configuration property '%s' is blank.".formatted(name),
				action, name);
	}

	String getAction() {
		return this.action;
	}

	/**
	 * Return the invalid property, or {@code null} if there is none.
	 */
	@Nullable String getProperty() {
		return this.property;
	}

}
