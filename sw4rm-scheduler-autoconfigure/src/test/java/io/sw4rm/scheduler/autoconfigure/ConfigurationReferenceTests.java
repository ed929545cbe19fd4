package io.sw4rm.scheduler.autoconfigure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the reference of all properties, which is generated from the configuration
 * metadata. With the system property {@code docs.update}, the page is written.
 */
class ConfigurationReferenceTests {

	private static final Path PAGE = Path.of("../docs/configuration.md");

	private static final String START = "<!-- Generated from the configuration metadata by ConfigurationReferenceTests -->\n";

	private static final String ROOT = "sw4rm.scheduler";

	@Test
	void listsEveryProperty() throws IOException {
		String page = Files.readString(PAGE);
		assertThat(page).contains(START);
		String expected = page.substring(0, page.indexOf(START) + START.length()) + reference();
		if (Boolean.getBoolean("docs.update")) {
			Files.writeString(PAGE, expected);
		}
		assertThat(PAGE).as("To update this page, see CONTRIBUTING.md").content().isEqualTo(expected);
	}

	private static String reference() {
		Map<String, List<JsonNode>> groups = ConfigurationMetadataTests.metadata()
			.path("properties")
			.valueStream()
			.sorted(Comparator.comparing(ConfigurationReferenceTests::name))
			.collect(Collectors.groupingBy(ConfigurationReferenceTests::group,
					() -> new TreeMap<>(Comparator.comparing((String group) -> !group.startsWith(ROOT))
						.thenComparing(Comparator.naturalOrder())),
					Collectors.toList()));
		return groups.entrySet().stream().map((group) -> """

				### %s

				| property | default | meaning |
				|---|---|---|
				%s""".formatted(group.getKey(), rows(group.getValue()))).collect(Collectors.joining());
	}

	/**
	 * Return the prefix of a property, such as {@code sw4rm.scheduler.retry}.
	 */
	private static String group(JsonNode property) {
		String name = name(property);
		if (!name.startsWith(ROOT)) {
			return "management";
		}
		int end = name.indexOf('.', ROOT.length() + 1);
		return (end != -1) ? name.substring(0, end) : ROOT;
	}

	private static String rows(List<JsonNode> properties) {
		return properties.stream().map(ConfigurationReferenceTests::row).collect(Collectors.joining());
	}

	private static String row(JsonNode property) {
		String key = property.path("type").asString().startsWith("java.util.Map") ? ".*" : "";
		JsonNode value = property.path("defaultValue");
		String defaultValue = value.isArray()
				? value.valueStream().map(JsonNode::asString).collect(Collectors.joining(",")) : value.asString("");
		return "| `%s%s` | %s | %s |\n".formatted(name(property), key,
				defaultValue.isEmpty() ? "" : "`" + defaultValue + "`", property.path("description").asString());
	}

	private static String name(JsonNode property) {
		return property.path("name").asString();
	}

}
