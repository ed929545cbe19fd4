package io.sw4rm.scheduler.autoconfigure.diagnostics;

import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.BindContext;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertyState;
import org.springframework.core.ResolvableType;
import org.springframework.util.function.SingletonSupplier;

/**
 * The properties that the {@code @ConfigurationProperties} beans of an application bind
 * under {@code sw4rm.scheduler}.
 */
final class KnownProperties {

	static final ConfigurationPropertyName ROOT = ConfigurationPropertyName.of("sw4rm.scheduler");

	private static final ConfigurationPropertyName CLIENT = ROOT.append("client");

	/**
	 * The groups of features whose libraries may be missing. Their properties have no
	 * effect then, but are not mistakes.
	 */
	private static final Set<ConfigurationPropertyName> OPTIONAL = Set.of(ROOT.append("embedded"),
			ROOT.append("health"), ROOT.append("metrics"));

	/**
	 * The properties that a named client does not have.
	 */
	private static final Set<ConfigurationPropertyName> OF_APPLICATION = Set.of(CLIENT, ROOT.append("embedded"),
			ROOT.append("enabled"));

	private static final int MAX_DISTANCE = 3;

	private final Map<ConfigurationPropertyName, ResolvableType> types;

	private final List<ConfigurationPropertyName> absent;

	private final SingletonSupplier<List<ConfigurationPropertyName>> prefixesOfApplication;

	private KnownProperties(Map<ConfigurationPropertyName, ResolvableType> types,
			SingletonSupplier<List<ConfigurationPropertyName>> prefixesOfApplication) {
		this.types = types;
		this.prefixesOfApplication = prefixesOfApplication;
		this.absent = OPTIONAL.stream()
			.filter((group) -> types.keySet().stream().noneMatch(group::isAncestorOf))
			.toList();
	}

	static KnownProperties of(ConfigurableListableBeanFactory beanFactory) {
		Map<ConfigurationPropertyName, ResolvableType> types = new LinkedHashMap<>();
		BindHandler recorder = new BindHandler() {

			@Override
			public <T> @Nullable Bindable<T> onStart(ConfigurationPropertyName name, Bindable<T> target,
					BindContext context) {
				Class<?> type = target.getType().toClass();
				if (!type.isEnum() && isOurs(type)) {
					return target;
				}
				types.put(name, target.getType());
				return null;
			}

		};
		Binder binder = new Binder(List.of(new UnknownSource()));
		for (String beanName : beanFactory.getBeanDefinitionNames()) {
			// Spring Boot names these beans '<prefix>-<class>'
			int end = beanName.indexOf('-');
			Class<?> type = (beanName.startsWith(ROOT.toString()) && end != -1) ? beanFactory.getType(beanName, false)
					: null;
			if (type != null && isOurs(type)) {
				binder.bind(ConfigurationPropertyName.of(beanName.substring(0, end)), Bindable.of(type), recorder);
			}
		}
		return new KnownProperties(types, SingletonSupplier.of(() -> prefixes(beanFactory)));
	}

	/**
	 * Return the prefixes that beans of the application bind.
	 */
	private static List<ConfigurationPropertyName> prefixes(ConfigurableListableBeanFactory beanFactory) {
		return Stream.of(beanFactory.getBeanDefinitionNames())
			.filter((name) -> !isOurs(Objects.requireNonNullElse(beanFactory.getType(name, false), Object.class)))
			.flatMap((name) -> Stream
				.ofNullable(beanFactory.findAnnotationOnBean(name, ConfigurationProperties.class, false)))
			.map(ConfigurationProperties::prefix)
			.filter((prefix) -> prefix.startsWith(ROOT.toString()))
			.map(ConfigurationPropertyName::of)
			.toList();
	}

	private static boolean isOurs(Class<?> type) {
		return type.getName().startsWith("io.sw4rm.");
	}

	/**
	 * Return the properties of a scheduler that have a type.
	 * @return the names after the prefix, with a leading dot
	 */
	Stream<String> ofType(Class<?> type) {
		return names((candidate) -> candidate.resolve() == type);
	}

	/**
	 * Return the properties of a scheduler that are maps with values of a type.
	 * @return the names after the prefix, with a leading dot
	 */
	Stream<String> ofMapTo(Class<?> type) {
		return names((candidate) -> candidate.asMap().resolveGeneric(1) == type);
	}

	private Stream<String> names(Predicate<ResolvableType> condition) {
		return this.types.entrySet()
			.stream()
			.filter((entry) -> condition.test(entry.getValue()))
			.map((entry) -> entry.getKey().toString().substring(ROOT.toString().length()));
	}

	boolean contains(ConfigurationPropertyName name) {
		return contains(name, false);
	}

	/**
	 * Return whether an environment variable sets a property. Its name has no dashes, or
	 * underscores instead of dashes.
	 */
	boolean containsVariable(ConfigurationPropertyName name) {
		return contains(name, true);
	}

	private boolean contains(ConfigurationPropertyName name, boolean variable) {
		ConfigurationPropertyName property = ofDefaultClient(name);
		if (property != name && OF_APPLICATION.stream().anyMatch((group) -> isSameOrAncestor(group, property))) {
			return false;
		}
		return this.absent.stream().anyMatch((group) -> group.isAncestorOf(property))
				|| this.types.entrySet()
					.stream()
					.anyMatch((entry) -> covers(entry.getKey(), entry.getValue().toClass(), property, variable))
				|| this.prefixesOfApplication.obtain().stream().anyMatch((prefix) -> isSameOrAncestor(prefix, name));
	}

	private static boolean covers(ConfigurationPropertyName known, Class<?> type, ConfigurationPropertyName property,
			boolean variable) {
		if (equals(known, property, variable)) {
			return true;
		}
		if (Collection.class.isAssignableFrom(type)) {
			return property.isLastElementIndexed() && equals(known, property.getParent(), variable);
		}
		return Map.class.isAssignableFrom(type)
				&& ancestors(property).anyMatch((name) -> equals(known, name, variable));
	}

	private static Stream<ConfigurationPropertyName> ancestors(ConfigurationPropertyName property) {
		return Stream.iterate(property.getParent(), (name) -> !name.isEmpty(), ConfigurationPropertyName::getParent);
	}

	private static boolean isSameOrAncestor(ConfigurationPropertyName name, ConfigurationPropertyName property) {
		return name.equals(property) || name.isAncestorOf(property);
	}

	private static boolean equals(ConfigurationPropertyName known, ConfigurationPropertyName name, boolean variable) {
		return variable ? compact(known).equals(compact(name)) : known.equals(name);
	}

	private static String compact(ConfigurationPropertyName name) {
		return name.toString().replaceAll("[.-]", "");
	}

	/**
	 * Return the known name that is most similar to a misspelt one.
	 */
	@Nullable String nearest(ConfigurationPropertyName name) {
		String text = ofDefaultClient(name).toString();
		return this.types.keySet()
			.stream()
			.map(ConfigurationPropertyName::toString)
			.filter((known) -> distance(known, text) <= MAX_DISTANCE)
			.min(Comparator.comparingInt((known) -> distance(known, text)))
			.map((known) -> isOfNamedClient(name)
					? name.chop(CLIENT.getNumberOfElements() + 1) + known.substring(ROOT.toString().length()) : known)
			.orElse(null);
	}

	/**
	 * Named clients have the same properties as the one without a name.
	 */
	private static ConfigurationPropertyName ofDefaultClient(ConfigurationPropertyName name) {
		return isOfNamedClient(name) ? ROOT.append(name.subName(CLIENT.getNumberOfElements() + 1)) : name;
	}

	private static boolean isOfNamedClient(ConfigurationPropertyName name) {
		return CLIENT.isAncestorOf(name) && name.getNumberOfElements() > CLIENT.getNumberOfElements() + 1;
	}

	/**
	 * Return the Levenshtein distance of two texts.
	 */
	private static int distance(String first, String second) {
		int[] distances = new int[second.length() + 1];
		for (int j = 0; j <= second.length(); j++) {
			distances[j] = j;
		}
		for (int i = 1; i <= first.length(); i++) {
			int diagonal = distances[0];
			distances[0] = i;
			for (int j = 1; j <= second.length(); j++) {
				int substituted = diagonal + ((first.charAt(i - 1) == second.charAt(j - 1)) ? 0 : 1);
				diagonal = distances[j];
				distances[j] = Math.min(substituted, Math.min(distances[j - 1], distances[j]) + 1);
			}
		}
		return distances[second.length()];
	}

	/**
	 * Lets a {@link Binder} visit all properties.
	 */
	private static final class UnknownSource implements ConfigurationPropertySource {

		@Override
		public @Nullable ConfigurationProperty getConfigurationProperty(ConfigurationPropertyName name) {
			return null;
		}

		@Override
		public ConfigurationPropertyState containsDescendantOf(ConfigurationPropertyName name) {
			return ConfigurationPropertyState.UNKNOWN;
		}

	}

}
