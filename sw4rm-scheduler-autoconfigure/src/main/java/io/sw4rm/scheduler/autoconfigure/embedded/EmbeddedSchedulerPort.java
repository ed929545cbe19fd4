package io.sw4rm.scheduler.autoconfigure.embedded;

import java.util.HashMap;

import org.jspecify.annotations.Nullable;

import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.MutablePropertySources;

/**
 * Publishes the port of the embedded scheduler in the environment, together with the
 * ports that Spring Boot publishes.
 */
final class EmbeddedSchedulerPort {

	static final String PROPERTY_NAME = "local.sw4rm.scheduler.port";

	private static final String PROPERTY_SOURCE_NAME = "server.ports";

	private EmbeddedSchedulerPort() {
	}

	static void publish(int port, @Nullable ApplicationContext context) {
		for (ApplicationContext current = context; current != null; current = current.getParent()) {
			if (current instanceof ConfigurableApplicationContext configurable) {
				publish(port, configurable.getEnvironment().getPropertySources());
			}
		}
	}

	private static void publish(int port, MutablePropertySources sources) {
		MapPropertySource source = (MapPropertySource) sources.get(PROPERTY_SOURCE_NAME);
		if (source == null) {
			source = new MapPropertySource(PROPERTY_SOURCE_NAME, new HashMap<>());
			sources.addFirst(source);
		}
		source.getSource().put(PROPERTY_NAME, port);
	}

}
