package io.sw4rm.scheduler.autoconfigure.diagnostics;

import io.grpc.Status;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.NestedExceptionUtils;

import io.sw4rm.scheduler.client.SchedulerProblem;

/**
 * {@link AbstractFailureAnalyzer} that performs analysis of failures caused by a
 * {@link StartupCheckException}.
 */
class StartupCheckFailureAnalyzer extends AbstractFailureAnalyzer<StartupCheckException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, StartupCheckException cause) {
		Status status = cause.getFailure().getStatus();
		String description = "The SW4RM scheduler at '%s' %s (%s). '%sstartup' is '%s', so the application does not start without it."
			.formatted(cause.getTarget(),
					isAnswer(status) ? "refused the check during start-up" : "did not respond during start-up",
					NestedExceptionUtils.getMostSpecificCause(cause.getFailure()), cause.getPrefix(),
					cause.getStartup());
		SchedulerProblem problem = SchedulerProblem.of(status);
		String action = (problem != null)
				? problem.meaning() + ". " + new PropertyRemedies(cause.getPrefix()).apply(problem) + ". " : "";
		return new FailureAnalysis(description,
				action + "Set '%sstartup' to 'lazy' to start without the scheduler.".formatted(cause.getPrefix()),
				cause);
	}

	/**
	 * Return whether a server answered: only failures on this side have a cause.
	 */
	private static boolean isAnswer(Status status) {
		return status.getCause() == null && status.getCode() != Status.Code.DEADLINE_EXCEEDED
				&& status.getCode() != Status.Code.UNAVAILABLE;
	}

}
