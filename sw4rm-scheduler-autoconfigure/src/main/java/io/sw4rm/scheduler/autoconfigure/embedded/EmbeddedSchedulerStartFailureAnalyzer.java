package io.sw4rm.scheduler.autoconfigure.embedded;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.NestedExceptionUtils;

import io.sw4rm.scheduler.embedded.EmbeddedSchedulerStartException;

/**
 * {@link AbstractFailureAnalyzer} that performs analysis of failures caused by an
 * {@link EmbeddedSchedulerStartException}.
 */
class EmbeddedSchedulerStartFailureAnalyzer extends AbstractFailureAnalyzer<EmbeddedSchedulerStartException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, EmbeddedSchedulerStartException cause) {
		String description = "The embedded SW4RM scheduler could not listen on %s, port %d (%s)."
			.formatted(cause.getHost(), cause.getPort(), NestedExceptionUtils.getMostSpecificCause(cause).getMessage());
		String action = "Stop the process that uses port %d, set 'sw4rm.scheduler.embedded.port' to another port (0 takes any free one), or set 'sw4rm.scheduler.address' to use the scheduler that already runs there."
			.formatted(cause.getPort());
		return new FailureAnalysis(description, action, cause);
	}

}
