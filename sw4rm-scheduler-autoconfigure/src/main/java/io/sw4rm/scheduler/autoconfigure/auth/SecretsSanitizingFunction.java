package io.sw4rm.scheduler.autoconfigure.auth;

import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

import com.google.common.base.Supplier;
import com.google.common.base.Suppliers;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.SanitizableData;
import org.springframework.boot.actuate.endpoint.SanitizingFunction;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.core.env.Environment;

/**
 * {@link SanitizingFunction} for configured tokens and metadata, and for all other values
 * that contain them. Short secrets are masked under their own names only: as a part of
 * other values, they would be coincidences.
 */
class SecretsSanitizingFunction implements SanitizingFunction {

	private static final ConfigurationPropertyName PREFIX = ConfigurationPropertyName.of("sw4rm.scheduler");

	private static final Pattern SEPARATORS = Pattern.compile("[^A-Za-z0-9]");

	private static final Pattern TOKEN = Pattern.compile("sw4rmscheduler(client.+)?authtoken");

	private static final Pattern METADATA = Pattern.compile("sw4rmscheduler(client.+)?metadata.+");

	private static final int MIN_TOKEN_LENGTH = 8;

	/** Names of tenants, stages or regions are usually shorter, and keys longer. */
	private static final int MIN_METADATA_LENGTH = 16;

	private final Environment environment;

	/** Endpoints sanitize hundreds of values for each request. */
	private final Supplier<Set<String>> secrets = Suppliers.memoizeWithExpiration(this::secrets, 1, TimeUnit.SECONDS);

	SecretsSanitizingFunction(Environment environment) {
		this.environment = environment;
	}

	@Override
	public SanitizableData apply(SanitizableData data) {
		boolean secret = minLength(data.getKey()) > 0 || containsSecret(data.getValue());
		return secret ? data.withSanitizedValue() : data;
	}

	private boolean containsSecret(@Nullable Object value) {
		return value instanceof CharSequence text
				&& Objects.requireNonNull(this.secrets.get()).stream().anyMatch(text.toString()::contains);
	}

	private Set<String> secrets() {
		Binder binder = Binder.get(this.environment);
		return StreamSupport.stream(ConfigurationPropertySources.get(this.environment).spliterator(), false)
			.flatMap((source) -> (source instanceof IterableConfigurationPropertySource iterable) ? iterable.stream()
					: Stream.empty())
			.filter(PREFIX::isAncestorOf)
			.flatMap((name) -> secret(binder, name).stream())
			.collect(Collectors.toSet());
	}

	/**
	 * Properties whose placeholders cannot be resolved have no value.
	 */
	private static Optional<String> secret(Binder binder, ConfigurationPropertyName name) {
		int minLength = minLength(name.toString());
		if (minLength == 0) {
			return Optional.empty();
		}
		try {
			String value = binder.bind(name, Bindable.of(String.class)).orElse("");
			return Optional.of(value).filter((secret) -> secret.length() >= minLength);
		}
		catch (BindException ex) {
			return Optional.empty();
		}
	}

	/**
	 * Return the minimum length of values to mask under other names, or 0 if the property
	 * is not a secret.
	 */
	private static int minLength(String property) {
		String name = SEPARATORS.matcher(property).replaceAll("").toLowerCase(Locale.ROOT);
		if (TOKEN.matcher(name).matches()) {
			return MIN_TOKEN_LENGTH;
		}
		return METADATA.matcher(name).matches() ? MIN_METADATA_LENGTH : 0;
	}

}
