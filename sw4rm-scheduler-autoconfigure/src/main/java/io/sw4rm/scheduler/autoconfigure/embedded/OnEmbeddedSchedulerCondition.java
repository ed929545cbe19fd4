package io.sw4rm.scheduler.autoconfigure.embedded;

import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotatedTypeMetadata;

/**
 * {@link SpringBootCondition} that matches if the embedded scheduler is asked for, or if
 * nothing says which scheduler to use.
 */
class OnEmbeddedSchedulerCondition extends SpringBootCondition {

	private static final String ENABLED_PROPERTY = "sw4rm.scheduler.embedded.enabled";

	private static final String ADDRESS_PROPERTY = "sw4rm.scheduler.address";

	private static final String CLIENT_PROPERTY = "sw4rm.scheduler.client";

	@Override
	public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
		ConditionMessage.Builder message = ConditionMessage.forCondition("Embedded Scheduler");
		Environment environment = context.getEnvironment();
		Boolean enabled = Binder.get(environment).bind(ENABLED_PROPERTY, Boolean.class).orElse(null);
		if (enabled != null) {
			return new ConditionOutcome(enabled, message.because(ENABLED_PROPERTY + " is " + enabled));
		}
		if (Binder.get(environment).bind(ADDRESS_PROPERTY, Bindable.listOf(String.class)).isBound()) {
			return ConditionOutcome.noMatch(message.because(ADDRESS_PROPERTY + " is set"));
		}
		if (Binder.get(environment).bind(CLIENT_PROPERTY, Bindable.mapOf(String.class, Object.class)).isBound()) {
			return ConditionOutcome.noMatch(message.because(CLIENT_PROPERTY + " is set"));
		}
		return ConditionOutcome.match(message.because(ADDRESS_PROPERTY + " is not set"));
	}

}
