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
		BeanCreationException failure = innermost(cause);
		String name = failure.getBeanName();
		Throwable reason = failure.getMostSpecificCause();
		if (name == null || !isTokenSupplier(name) || reason.getClass().getName().startsWith("org.springframework.")) {
			return null;
		}
		return new FailureAnalysis(
				"The bean '%s', which supplies tokens for SW4RM schedulers, could not be created: %s".formatted(name,
						reason),
				"Correct the cause of this exception. To start without tokens, remove the bean.", failure);
	}

	private static BeanCreationException innermost(BeanCreationException failure) {
		BeanCreationException innermost = failure;
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			innermost = (cause instanceof BeanCreationException creation) ? creation : innermost;
		}
		return innermost;
	}

	private boolean isTokenSupplier(String name) {
		return this.beanFactory.containsBean(name) && this.beanFactory.isTypeMatch(name, SchedulerTokenSupplier.class);
	}

}
