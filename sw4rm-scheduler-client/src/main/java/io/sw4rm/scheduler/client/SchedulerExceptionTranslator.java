package io.sw4rm.scheduler.client;

/**
 * Translates the exceptions of failed calls, for applications with their own exception
 * hierarchy. Implementations must be thread-safe.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface SchedulerExceptionTranslator {

	/**
	 * Translate the failure of a call.
	 * @param exception the failure
	 * @return the exception to throw instead, or the given one
	 */
	RuntimeException translate(SchedulerException exception);

}
