package io.sw4rm.scheduler.autoconfigure.diagnostics;

import java.util.stream.Stream;
import java.util.stream.StreamSupport;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.origin.Origin;
import org.springframework.core.env.Environment;

/**
 * {@link AbstractFailureAnalyzer} that performs analysis of failures caused by a
 * {@link SchedulerFailureException}. Adds the origin of an invalid property.
 */
class SchedulerFailureAnalyzer extends AbstractFailureAnalyzer<SchedulerFailureException> {

	private final Environment environment;

	SchedulerFailureAnalyzer(Environment environment) {
		this.environment = environment;
	}

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, SchedulerFailureException cause) {
		Origin origin = (cause.getProperty() != null) ? origin(cause.getProperty()) : null;
		return new FailureAnalysis(
				cause.getMessage() + ((origin != null) ? " It originates from %s.".formatted(origin) : ""),
				cause.getAction(), cause);
	}

	private @Nullable Origin origin(String property) {
		return StreamSupport.stream(ConfigurationPropertySources.get(this.environment).spliterator(), false)
			.flatMap((source) -> (source instanceof IterableConfigurationPropertySource iterable)
					? iterable.stream().filter((name) -> isNameOf(property, name)).map(source::getConfigurationProperty)
					: Stream.empty())
			.flatMap((found) -> Stream.ofNullable(Origin.from(found)))
			.findFirst()
			.orElse(null);
	}

	/**
	 * Keys of a map may be in brackets. A list has the origin of its first element.
	 */
	private static boolean isNameOf(String property, ConfigurationPropertyName name) {
		String text = name.toString().replace("[", ".").replace("]", "");
		return text.equalsIgnoreCase(property) || text.equalsIgnoreCase(property + ".0");
	}

}
