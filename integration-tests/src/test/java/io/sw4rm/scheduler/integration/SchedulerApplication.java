package io.sw4rm.scheduler.integration;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.grpc.client.autoconfigure.CompositeChannelFactoryAutoConfiguration;
import org.springframework.boot.grpc.client.autoconfigure.GrpcClientAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import io.sw4rm.scheduler.autoconfigure.SchedulerAutoConfiguration;
import io.sw4rm.scheduler.autoconfigure.startup.SchedulerStartupAutoConfiguration;

/**
 * An application with what the scheduler's client needs of auto-configuration.
 */
final class SchedulerApplication {

	private SchedulerApplication() {
	}

	static ApplicationContextRunner at(String address) {
		return new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(SslAutoConfiguration.class,
				GrpcClientAutoConfiguration.class, CompositeChannelFactoryAutoConfiguration.class,
				SchedulerAutoConfiguration.class, SchedulerStartupAutoConfiguration.class))
			.withPropertyValues("sw4rm.scheduler.address=" + address);
	}

}
