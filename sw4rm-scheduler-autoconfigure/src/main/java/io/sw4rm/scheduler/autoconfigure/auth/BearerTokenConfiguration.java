package io.sw4rm.scheduler.autoconfigure.auth;

import java.time.Duration;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.util.Assert;

import io.sw4rm.scheduler.autoconfigure.SchedulerClientInterceptor;
import io.sw4rm.scheduler.autoconfigure.SchedulerConnectionDetails;
import io.sw4rm.scheduler.autoconfigure.SchedulerProperties;
import io.sw4rm.scheduler.client.address.SchedulerAddress;

/**
 * Configuration for sending tokens, where there is a source of them.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnBean(SchedulerTokenSupplier.class)
class BearerTokenConfiguration {

	private static final Duration SUPPLIER_PATIENCE = Duration.ofSeconds(30);

	private static final Log logger = LogFactory.getLog(BearerTokenConfiguration.class);

	/**
	 * The closest to the network: the other interceptors see one call, even if it is made
	 * twice, and no token.
	 */
	@Bean
	@SchedulerClientInterceptor
	@Order(Ordered.LOWEST_PRECEDENCE)
	BearerTokenClientInterceptor sw4rmSchedulerBearerTokenClientInterceptor(SchedulerTokenSupplier supplier,
			SchedulerAuthProperties properties, SchedulerProperties schedulerProperties,
			SchedulerConnectionDetails connectionDetails, ObjectProvider<LoggingSystem> loggingSystem,
			BeanFactory beanFactory) {
		Assert.state(beanFactory.containsBean("sw4rmSchedulerTransport"),
				"The application's own bean 'sw4rmSchedulerChannel' takes the place of the channel that would send tokens "
						+ "to the scheduler. Let it send them itself, and remove 'sw4rm.scheduler.auth.*' and the "
						+ "SchedulerTokenSupplier");
		if (schedulerProperties.getHealthChecking().isEnabled()) {
			logger.warn("'sw4rm.scheduler.health-checking.enabled' is true: these checks, which gRPC makes by itself, "
					+ "carry no token. If the scheduler wants one for them, no call will succeed");
		}
		if (properties.isDangerouslyAllowPlaintext()) {
			logger.warn("'sw4rm.scheduler.auth.dangerously-allow-plaintext' is true: tokens are sent to the scheduler "
					+ "without TLS too, and everyone on the way can read and use them");
		}
		PlaintextGuard plaintextGuard = new PlaintextGuard(properties.isDangerouslyAllowPlaintext());
		plaintextGuard.check(SchedulerAddress.parse(connectionDetails.getAddress()));
		return new BearerTokenClientInterceptor(new TokenSource(supplier, SUPPLIER_PATIENCE), plaintextGuard,
				new HeaderLogs(loggingSystem.getIfAvailable(() -> LoggingSystem.get(getClass().getClassLoader()))));
	}

}
