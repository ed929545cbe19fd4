package io.sw4rm.scheduler.autoconfigure.diagnostics;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * {@link AbstractFailureAnalyzer} that performs analysis of failures caused by a
 * {@link SecretPropertyException}.
 */
class SecretPropertyFailureAnalyzer extends AbstractFailureAnalyzer<SecretPropertyException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, SecretPropertyException cause) {
		return new FailureAnalysis("Invalid value (not shown, it may be secret) for configuration property '%s'."
			.formatted(cause.getName()), cause.getReason(), cause);
	}

}
