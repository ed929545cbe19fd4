package io.sw4rm.scheduler.autoconfigure.diagnostics;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * {@link AbstractFailureAnalyzer} for failures caused by a
 * {@link SchedulerFailureException}.
 */
class SchedulerFailureAnalyzer extends AbstractFailureAnalyzer<SchedulerFailureException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, SchedulerFailureException cause) {
		return new FailureAnalysis(String.valueOf(cause.getMessage()), cause.getAction(), cause);
	}

}
