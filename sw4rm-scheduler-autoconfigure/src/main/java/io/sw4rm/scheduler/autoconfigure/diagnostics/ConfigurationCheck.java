package io.sw4rm.scheduler.autoconfigure.diagnostics;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.convert.ApplicationConversionService;
import org.springframework.context.EnvironmentAware;
import org.springframework.core.convert.ConversionFailedException;
import org.springframework.core.env.Environment;

import io.sw4rm.scheduler.client.SchedulerOperation;

/**
 * Checks properties for mistakes that their binding does not detect. Runs when the
 * application starts, even if its beans are lazy.
 *
 * @since 0.1.0
 */
public final class ConfigurationCheck implements BeanFactoryPostProcessor, EnvironmentAware {

	private static final Log logger = LogFactory.getLog(ConfigurationCheck.class);

	/**
	 * Zero needs no unit.
	 */
	private static final Pattern NUMBER = Pattern.compile("[+-]?0*[1-9][0-9]*");

	private @Nullable Environment environment;

	/**
	 * Create a check.
	 */
	public ConfigurationCheck() {
	}

	@Override
	public void setEnvironment(Environment environment) {
		this.environment = environment;
	}

	@Override
	public void postProcessBeanFactory(ConfigurableListableBeanFactory beanFactory) {
		KnownProperties known = KnownProperties.of(beanFactory);
		Environment environment = Objects.requireNonNull(this.environment);
		Binder binder = Binder.get(environment);
		Stream.concat(Stream.of("sw4rm.scheduler"), namedClients(binder)).forEach((prefix) -> {
			known.ofType(Duration.class).forEach((name) -> checkUnit(binder, prefix + name));
			known.ofMapTo(Duration.class).forEach((name) -> checkUnits(binder, prefix + name));
			checkDeadlines(binder, prefix);
		});
		UnboundProperties.find(known, environment).forEach(logger::warn);
	}

	private static Stream<String> namedClients(Binder binder) {
		return binder.bind("sw4rm.scheduler.client", Bindable.mapOf(String.class, Object.class))
			.map(Map::keySet)
			.orElse(Set.of())
			.stream()
			.filter(ConfigurationPropertyName::isValid)
			.map("sw4rm.scheduler.client."::concat);
	}

	/**
	 * Spring Boot would use milliseconds, but a person who writes {@code deadline=5}
	 * expects seconds.
	 */
	private static void checkUnit(Binder binder, String name) {
		binder.bind(name, String.class).ifBound((value) -> checkUnit(name, value));
	}

	private static void checkUnits(Binder binder, String name) {
		binder.bind(name, Bindable.mapOf(String.class, String.class))
			.ifBound((values) -> values.forEach((key, value) -> checkUnit(name + "." + key, value)));
	}

	private static void checkUnit(String name, String value) {
		if (NUMBER.matcher(value.strip()).matches()) {
			throw new InvalidConfigurationPropertyValueException(name, value,
					"It has no unit. Use %1$ss for seconds or %1$sms for milliseconds.".formatted(value.strip()));
		}
	}

	private static void checkDeadlines(Binder binder, String prefix) {
		binder.bind(prefix + ".deadline", Duration.class)
			.ifBound((deadline) -> Stream.of(SchedulerOperation.values())
				.map(ConfigurationCheck::recommendation)
				.distinct()
				.forEach((recommendation) -> recommendation.check(prefix + ".deadline", deadline)));
		binder.bind(prefix + ".deadlines", Bindable.mapOf(String.class, Duration.class))
			.ifBound((deadlines) -> deadlines
				.forEach((key, deadline) -> checkDeadline(prefix + ".deadlines." + key, key, deadline)));
	}

	private static void checkDeadline(String name, String key, Duration deadline) {
		recommendation(operation(name, key, deadline)).check(name, deadline);
	}

	private static SchedulerOperation operation(String name, String key, Duration deadline) {
		try {
			return Objects.requireNonNull(
					ApplicationConversionService.getSharedInstance().convert(key, SchedulerOperation.class));
		}
		catch (ConversionFailedException ex) {
			throw new InvalidConfigurationPropertyValueException(name, deadline,
					"There is no operation '%s'. Use one of %s.".formatted(key,
							Stream.of(SchedulerOperation.values())
								.map((operation) -> operation.name().toLowerCase(Locale.ROOT).replace('_', '-'))
								.toList()));
		}
	}

	/**
	 * The ranges of SW4-002.
	 */
	private static Recommendation recommendation(SchedulerOperation operation) {
		return (operation == SchedulerOperation.POLL_ACTIVITY_BUFFER)
				? new Recommendation(Duration.ofSeconds(1), Duration.ofSeconds(60), "reading the activity buffer")
				: new Recommendation(Duration.ofSeconds(5), Duration.ofSeconds(300),
						"all operations except reading the activity buffer");
	}

	private record Recommendation(Duration min, Duration max, String operations) {

		void check(String name, Duration deadline) {
			if (deadline.compareTo(this.min) < 0 || deadline.compareTo(this.max) > 0) {
				logger.warn("'%s' is outside of the range that the protocol recommends. For %s, it is %ds to %ds"
					.formatted(name, this.operations, this.min.toSeconds(), this.max.toSeconds()));
			}
		}

	}

}
