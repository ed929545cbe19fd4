package io.sw4rm.scheduler.autoconfigure.activity;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.context.annotation.Bean;

import io.sw4rm.scheduler.autoconfigure.SchedulerAutoConfiguration;
import io.sw4rm.scheduler.autoconfigure.SchedulerConnections;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for methods with
 * {@link SchedulerActivityListener}.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = SchedulerAutoConfiguration.class)
@ConditionalOnBean(SchedulerConnections.class)
public final class SchedulerActivityAutoConfiguration {

	@Bean
	SchedulerActivityListenerRegistry sw4rmSchedulerActivityListenerRegistry(
			ConfigurableListableBeanFactory beanFactory) {
		return new SchedulerActivityListenerRegistry(beanFactory);
	}

}
