package io.sw4rm.scheduler.client;

/**
 * Decides what a client throws when a call failed, for applications with an exception
 * hierarchy of their own. Implementations must be thread-safe.
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
