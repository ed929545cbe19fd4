package io.sw4rm.scheduler.autoconfigure.auth;

import org.springframework.boot.actuate.endpoint.SanitizingFunction;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import io.sw4rm.scheduler.autoconfigure.SchedulerAutoConfiguration;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for the credentials that the client
 * shows to the SW4RM scheduler.
 */
@AutoConfiguration(after = SchedulerAutoConfiguration.class)
@ConditionalOnBooleanProperty(name = "sw4rm.scheduler.enabled", matchIfMissing = true)
@ConditionalOnBean(name = "sw4rmSchedulerChannel")
@EnableConfigurationProperties(SchedulerAuthProperties.class)
@Import({ TokenSupplierConfiguration.class, BearerTokenConfiguration.class })
public final class SchedulerAuthAutoConfiguration {

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(SanitizingFunction.class)
	static class ActuatorConfiguration {

		/**
		 * Endpoints that show values are still not to show this one.
		 */
		@Bean
		SanitizingFunction sw4rmSchedulerTokenSanitizingFunction() {
			return (data) -> data.getLowerCaseKey().replaceAll("[^a-z0-9]", "").equals("sw4rmschedulerauthtoken")
					? data.withSanitizedValue() : data;
		}

	}

}
