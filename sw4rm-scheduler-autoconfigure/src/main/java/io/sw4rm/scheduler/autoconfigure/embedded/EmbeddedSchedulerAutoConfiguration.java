package io.sw4rm.scheduler.autoconfigure.embedded;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotatedTypeMetadata;

import io.sw4rm.scheduler.autoconfigure.SchedulerAutoConfiguration;
import io.sw4rm.scheduler.autoconfigure.SchedulerConnectionDetails;
import io.sw4rm.scheduler.autoconfigure.diagnostics.SchedulerFailureException;
import io.sw4rm.scheduler.embedded.EmbeddedScheduler;
import io.sw4rm.scheduler.embedded.EmbeddedSchedulerStartException;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for an embedded scheduler.
 */
@AutoConfiguration(before = SchedulerAutoConfiguration.class)
@ConditionalOnClass(EmbeddedScheduler.class)
@ConditionalOnBooleanProperty(name = "sw4rm.scheduler.enabled", matchIfMissing = true)
@ConditionalOnMissingBean(value = SchedulerConnectionDetails.class, name = "sw4rmSchedulerChannel")
@Conditional(EmbeddedSchedulerAutoConfiguration.OnEmbeddedSchedulerCondition.class)
@EnableConfigurationProperties(EmbeddedSchedulerProperties.class)
public final class EmbeddedSchedulerAutoConfiguration {

	private static final Log logger = LogFactory.getLog(EmbeddedSchedulerAutoConfiguration.class);

	@Bean
	@ConditionalOnMissingBean
	EmbeddedScheduler sw4rmEmbeddedScheduler(EmbeddedSchedulerProperties properties) {
		EmbeddedScheduler scheduler = start(properties.getPort());
		logger.info("Embedded SW4RM scheduler, for development and tests, listens on " + scheduler.address());
		return scheduler;
	}

	private static EmbeddedScheduler start(int port) {
		try {
			return EmbeddedScheduler.builder().port(port).start();
		}
		catch (EmbeddedSchedulerStartException ex) {
			throw new SchedulerFailureException(
					"The embedded SW4RM scheduler could not listen on %s, port %d (%s).".formatted(ex.getHost(),
							ex.getPort(), NestedExceptionUtils.getMostSpecificCause(ex).getMessage()),
					"Stop the process that uses port %d, set 'sw4rm.scheduler.embedded.port' to another port (0 selects any free one), or set 'sw4rm.scheduler.address' to use the scheduler that already runs there."
						.formatted(ex.getPort()),
					ex);
		}
	}

	@Bean
	EmbeddedSchedulerConnectionDetails sw4rmEmbeddedSchedulerConnectionDetails(EmbeddedScheduler scheduler,
			ConfigurableApplicationContext applicationContext) {
		EmbeddedSchedulerPort.publish(scheduler.port(), applicationContext);
		return new EmbeddedSchedulerConnectionDetails(scheduler);
	}

	/**
	 * {@link SpringBootCondition} that matches if the embedded scheduler is enabled, or
	 * if no scheduler is configured.
	 */
	static class OnEmbeddedSchedulerCondition extends SpringBootCondition {

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

	/**
	 * Adapts an {@link EmbeddedScheduler} to {@link SchedulerConnectionDetails}.
	 */
	record EmbeddedSchedulerConnectionDetails(EmbeddedScheduler scheduler) implements SchedulerConnectionDetails {

		@Override
		public String getAddress() {
			return "http://" + this.scheduler.address();
		}

		@Override
		public boolean isEmbedded() {
			return true;
		}

	}

}
