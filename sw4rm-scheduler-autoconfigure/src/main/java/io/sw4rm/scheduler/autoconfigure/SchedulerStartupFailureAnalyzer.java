package io.sw4rm.scheduler.autoconfigure;

import java.util.Locale;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.util.StringUtils;

import io.sw4rm.scheduler.client.Diagnosis;

/**
 * {@link AbstractFailureAnalyzer} that performs analysis of failures caused by a
 * {@link SchedulerStartupException}.
 */
class SchedulerStartupFailureAnalyzer extends AbstractFailureAnalyzer<SchedulerStartupException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, SchedulerStartupException cause) {
		String startup = cause.getStartup().name().toLowerCase(Locale.ROOT).replace('_', '-');
		String description = "The SW4RM scheduler at '%s' gave no sign of life when the application started (%s). 'sw4rm.scheduler.startup' is '%s': the application does not start without it."
			.formatted(cause.getAddress(), NestedExceptionUtils.getMostSpecificCause(cause.getFailure()), startup);
		String remedy = Diagnosis.remedy(cause.getFailure().getStatus());
		String action = (StringUtils.hasText(remedy) ? remedy + ". " : "")
				+ "Set 'sw4rm.scheduler.startup' to 'lazy' to start without the scheduler.";
		return new FailureAnalysis(description, action, cause);
	}

}
