package io.sw4rm.scheduler.autoconfigure.channel;

import java.util.Map;

import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.env.OriginTrackedMapPropertySource;
import org.springframework.boot.origin.OriginTrackedValue;
import org.springframework.boot.origin.SystemEnvironmentOrigin;
import org.springframework.core.env.ConfigurableEnvironment;

/**
 * {@link EnvironmentPostProcessor} for the environment variable {@value #VARIABLE}, from
 * which SW4RM clients in other languages read the address. Arguments, system properties,
 * other environment variables and configuration files take precedence.
 */
class SchedulerAddressEnvironmentPostProcessor implements EnvironmentPostProcessor {

	private static final String VARIABLE = "SW4RM_SCHEDULER_ADDR";

	@Override
	public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
		if (environment.getSystemEnvironment().get(VARIABLE) instanceof String address) {
			environment.getPropertySources()
				.addLast(new OriginTrackedMapPropertySource("sw4rmSchedulerAddress", Map.of("sw4rm.scheduler.address",
						OriginTrackedValue.of(address, new SystemEnvironmentOrigin(VARIABLE)))));
		}
	}

}
