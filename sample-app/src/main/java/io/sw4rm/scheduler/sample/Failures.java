package io.sw4rm.scheduler.sample;

import io.sw4rm.scheduler.client.SchedulerException;

/**
 * Describes failures of calls to the scheduler.
 */
final class Failures {

	private Failures() {
	}

	/**
	 * Return the reason of a failure. It leaves out the correlation id, so that equal
	 * failures have the same reason.
	 */
	static String reason(Throwable failure) {
		if (!(failure instanceof SchedulerException ex)) {
			return String.valueOf(failure.getMessage());
		}
		String reason = "%s at %s".formatted(ex.getStatusCode(), ex.getTarget());
		return (ex.getProblem() != null) ? reason + ": " + ex.getProblem().meaning() : reason;
	}

}
