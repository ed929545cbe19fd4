package io.sw4rm.scheduler.autoconfigure.embedded;

import java.util.stream.Stream;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.grpc.client.GrpcChannelFactory;

import io.sw4rm.scheduler.autoconfigure.SchedulerConnectionDetails;
import io.sw4rm.scheduler.autoconfigure.SchedulerConnections;
import io.sw4rm.scheduler.autoconfigure.diagnostics.SchedulerFailureException;
import io.sw4rm.scheduler.embedded.EmbeddedScheduler;
import io.sw4rm.scheduler.embedded.EmbeddedSchedulerStartException;

/**
 * The beans of the embedded scheduler. Separate from the class that decides about them,
 * because the embedded scheduler may be missing at run time.
 */
final class EmbeddedSchedulerBeans {

	private static final Log logger = LogFactory.getLog(EmbeddedSchedulerBeans.class);

	private static final String BEAN_NAME = "sw4rmEmbeddedScheduler";

	private EmbeddedSchedulerBeans() {
	}

	/**
	 * Register the beans.
	 * @param requested whether the application has requested an embedded scheduler
	 */
	static void register(BeanDefinitionRegistry registry, ConfigurableApplicationContext applicationContext,
			boolean requested) {
		ConfigurableListableBeanFactory beanFactory = applicationContext.getBeanFactory();
		if (BeanFactoryUtils.beanNamesForTypeIncludingAncestors(beanFactory, EmbeddedScheduler.class, true,
				false).length == 0) {
			RootBeanDefinition scheduler = new RootBeanDefinition(EmbeddedScheduler.class,
					() -> start(beanFactory, requested));
			if (DevtoolsRestarts.areEnabled()) {
				scheduler.setDestroyMethodName("");
			}
			registry.registerBeanDefinition(BEAN_NAME, scheduler);
		}
		if (registry.containsBeanDefinition(SchedulerConnections.CONNECTION_DETAILS_BEAN_NAME)) {
			registry.removeBeanDefinition(SchedulerConnections.CONNECTION_DETAILS_BEAN_NAME);
		}
		registry.registerBeanDefinition(EmbeddedSchedulerRegistrar.CONNECTION_DETAILS_BEAN_NAME,
				new RootBeanDefinition(EmbeddedSchedulerConnectionDetails.class, () -> {
					EmbeddedScheduler scheduler = beanFactory.getBean(EmbeddedScheduler.class);
					EmbeddedSchedulerPort.publish(scheduler.port(), applicationContext);
					return new EmbeddedSchedulerConnectionDetails(scheduler);
				}));
	}

	private static EmbeddedScheduler start(ConfigurableListableBeanFactory beanFactory, boolean requested) {
		int port = beanFactory.getBean(EmbeddedSchedulerProperties.class).getPort();
		EmbeddedScheduler scheduler = DevtoolsRestarts.areEnabled() ? DevtoolsRestarts.keep(port, () -> start(port))
				: start(port);
		if (requested) {
			logger.info("Embedded SW4RM scheduler, for development and tests, listens on " + scheduler.address());
		}
		else {
			logger
				.warn(("No SW4RM scheduler is configured. The embedded one at %s is used, which keeps tasks in memory "
						+ "only. Set 'sw4rm.scheduler.address' to use another scheduler, or "
						+ "'sw4rm.scheduler.embedded.enabled' to true to use this one without a warning")
					.formatted(scheduler.address()));
		}
		stopAfterChannels(beanFactory);
		return scheduler;
	}

	/**
	 * Let calls in flight complete when the application stops.
	 */
	private static void stopAfterChannels(ConfigurableListableBeanFactory beanFactory) {
		Stream.of(beanFactory.getBeanNamesForType(GrpcChannelFactory.class, true, false))
			.forEach((name) -> beanFactory.registerDependentBean(BEAN_NAME, name));
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
