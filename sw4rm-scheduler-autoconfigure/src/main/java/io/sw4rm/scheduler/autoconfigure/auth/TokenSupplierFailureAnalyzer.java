package io.sw4rm.scheduler.autoconfigure.auth;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanCreationException;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * {@link AbstractFailureAnalyzer} that performs analysis of failures of a
 * {@link SchedulerTokenSupplier} bean that could not be created. Exceptions of Spring
 * have analyzers of their own.
 */
class TokenSupplierFailureAnalyzer extends AbstractFailureAnalyzer<BeanCreationException> {

	private final BeanFactory beanFactory;

	TokenSupplierFailureAnalyzer(BeanFactory beanFactory) {
		this.beanFactory = beanFactory;
	}

	@Override
	protected @Nullable FailureAnalysis analyze(Throwable rootFailure, BeanCreationException cause) {
		if (cause.getMostSpecificCause().getClass().getName().startsWith("org.springframework.")) {
			return null;
		}
		for (Throwable failure = cause; failure != null; failure = failure.getCause()) {
			if (failure instanceof BeanCreationException creation && isTokenSupplier(creation.getBeanName())) {
				return analysis(creation);
			}
		}
		return null;
	}

	private boolean isTokenSupplier(@Nullable String beanName) {
		return beanName != null && this.beanFactory.containsBean(beanName)
				&& this.beanFactory.isTypeMatch(beanName, SchedulerTokenSupplier.class);
	}

	private static FailureAnalysis analysis(BeanCreationException failure) {
		return new FailureAnalysis(
				"The bean '%s', which supplies tokens for SW4RM schedulers, could not be created: %s"
					.formatted(failure.getBeanName(), failure.getMostSpecificCause()),
				"Correct the cause of this exception. To start without tokens, remove the bean.", failure);
	}

}
