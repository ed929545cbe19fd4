package io.sw4rm.scheduler.autoconfigure.diagnostics;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.boot.origin.Origin;
import org.springframework.core.env.Environment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/**
 * Finds properties under {@code sw4rm.scheduler} that have no effect, such as misspelt
 * ones.
 *
 * @since 0.1.0
 */
public final class UnboundProperties {

	/**
	 * Kubernetes sets these for services whose names start with {@code sw4rm-scheduler}.
	 * The last alternative is the variable of other SW4RM clients for the address.
	 */
	private static final Pattern OTHER_VARIABLES = Pattern
		.compile("sw4rm\\.scheduler\\.((.+\\.)?(service\\.(host|port.*)|port(\\[\\d+].*)?)|addr)");

	private UnboundProperties() {
	}

	/**
	 * Find the properties.
	 * @param beanFactory the bean factory with the beans that bind properties
	 * @param environment the environment
	 * @return a sentence about each, without its value
	 */
	public static List<String> find(ConfigurableListableBeanFactory beanFactory, Environment environment) {
		return find(KnownProperties.of(beanFactory), environment);
	}

	static List<String> find(KnownProperties known, Environment environment) {
		List<String> sentences = new ArrayList<>();
		for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
			if (source instanceof IterableConfigurationPropertySource iterable) {
				iterable.stream()
					.filter(KnownProperties.ROOT::isAncestorOf)
					.filter((name) -> !isKnown(known, name, source))
					.map((name) -> sentence(known, name, source))
					.forEach(sentences::add);
			}
		}
		return sentences;
	}

	private static boolean isKnown(KnownProperties known, ConfigurationPropertyName name,
			ConfigurationPropertySource source) {
		if (source.getUnderlyingSource() instanceof SystemEnvironmentPropertySource) {
			return known.containsVariable(name) || OTHER_VARIABLES.matcher(name.toString()).matches();
		}
		return known.contains(name);
	}

	private static String sentence(KnownProperties known, ConfigurationPropertyName name,
			ConfigurationPropertySource source) {
		Origin origin = Origin.from(Objects.requireNonNull(source.getConfigurationProperty(name)));
		String nearest = known.nearest(name);
		return "The property '%s'%s has no effect.%s".formatted(name, (origin != null) ? " (" + origin + ")" : "",
				(nearest != null) ? " Did you mean '%s'?".formatted(nearest) : "");
	}

}
