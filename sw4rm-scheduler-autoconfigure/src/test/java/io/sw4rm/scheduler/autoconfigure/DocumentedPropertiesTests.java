package io.sw4rm.scheduler.autoconfigure;

import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.handler.NoUnboundElementsBindHandler;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.util.ClassUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the properties that the pages show and that the deployment in Kubernetes
 * sets: there is each, ours and those of Spring Boot.
 */
class DocumentedPropertiesTests {

	private static final Path ROOT = Path.of("..");

	private static final Pattern SNIPPET = Pattern.compile("(?ms)^```properties\n(.*?)^```$");

	private static final Pattern VARIABLE = Pattern.compile("- name: ([A-Z0-9_]+)\\s+value: \"?([^\"\n]+)");

	private static final Pattern VARIABLE_ROW = Pattern.compile("\\| `([a-z0-9.-]+)` \\| `(SW4RM_[A-Z0-9_]+)` \\|");

	private static final Pattern MAP = Pattern.compile("java\\.util\\.Map<(.+?),\\s*(.+)>");

	/**
	 * Named clients support the properties of the client without a name, except those of
	 * the application as a whole.
	 */
	private static final Pattern NAMED_CLIENT = Pattern
		.compile("sw4rm\\.scheduler\\.client\\.[^.]+\\.(?!enabled=|embedded\\.|client\\.)");

	private final Map<ConfigurationPropertyName, String> types = types();

	@ParameterizedTest
	@MethodSource("snippets")
	void showsPropertiesThatExist(String snippet) throws IOException {
		Properties properties = new Properties();
		properties.load(new StringReader(NAMED_CLIENT.matcher(snippet).replaceAll("sw4rm.scheduler.")));
		checkExistence(properties);
	}

	@Test
	void deploymentSetsPropertiesThatExist() {
		Properties properties = new Properties();
		for (MatchResult variable : VARIABLE.matcher(read(ROOT.resolve("docs/kubernetes/application.yaml")))
			.results()
			.toList()) {
			properties.setProperty(variable.group(1).toLowerCase(Locale.ROOT).replace('_', '.'), variable.group(2));
		}
		checkExistence(properties);
	}

	@Test
	void showsVariablesOfPropertiesThatExist() throws IOException {
		List<MatchResult> rows = VARIABLE_ROW.matcher(read(ROOT.resolve("docs/configuration.md"))).results().toList();
		assertThat(rows).isNotEmpty();
		for (MatchResult row : rows) {
			showsPropertiesThatExist(row.group(1));
			assertThat(row.group(2))
				.isEqualTo(row.group(1).replace("-", "").replace('.', '_').toUpperCase(Locale.ROOT));
		}
	}

	private void checkExistence(Properties properties) {
		assertThat(properties.stringPropertyNames()).isNotEmpty()
			.filteredOn((name) -> !this.types.containsKey(ConfigurationPropertyName.of(name)))
			.allSatisfy((name) -> bindEntryOfMap(ConfigurationPropertyName.of(name), properties));
	}

	/**
	 * What an entry of a map can have is not in the metadata, but in the type of the
	 * entry.
	 */
	private void bindEntryOfMap(ConfigurationPropertyName name, Properties properties) {
		ConfigurationPropertyName map = this.types.keySet()
			.stream()
			.filter((candidate) -> candidate.isAncestorOf(name))
			.filter((candidate) -> MAP.matcher(this.types.get(candidate)).matches())
			.findAny()
			.orElse(null);
		assertThat(map).as("map with property " + name).isNotNull();
		Matcher type = MAP.matcher(this.types.get(map));
		assertThat(type.matches()).isTrue();
		Class<?> keyType = ClassUtils.resolveClassName(type.group(1), null);
		Class<?> entryType = ClassUtils.resolveClassName(type.group(2), null);
		new Binder(new MapConfigurationPropertySource(properties)).bind(map, Bindable.mapOf(keyType, entryType),
				new NoUnboundElementsBindHandler(BindHandler.DEFAULT));
	}

	static List<String> snippets() throws IOException {
		try (Stream<Path> pages = Stream.concat(Stream.of(ROOT.resolve("README.md")),
				Files.list(ROOT.resolve("docs")).filter((file) -> file.toString().endsWith(".md")))) {
			return pages.flatMap((page) -> SNIPPET.matcher(read(page)).results())
				.map((snippet) -> snippet.group(1))
				.toList();
		}
	}

	private static Map<ConfigurationPropertyName, String> types() {
		Map<ConfigurationPropertyName, String> types = new HashMap<>();
		try {
			for (URL url : Collections.list(DocumentedPropertiesTests.class.getClassLoader()
				.getResources("META-INF/spring-configuration-metadata.json"))) {
				try (InputStream stream = url.openStream()) {
					for (JsonNode property : new JsonMapper().readTree(stream).path("properties")) {
						types.put(ConfigurationPropertyName.adapt(property.path("name").asString(), '.'),
								property.path("type").asString(""));
					}
				}
			}
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
		return types;
	}

	private static String read(Path file) {
		try {
			return Files.readString(file);
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
