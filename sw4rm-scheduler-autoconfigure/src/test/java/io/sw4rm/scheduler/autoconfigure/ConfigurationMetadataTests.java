package io.sw4rm.scheduler.autoconfigure;

import java.io.InputStream;
import java.net.URL;
import java.util.Collections;
import java.util.List;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the configuration metadata, which tools show to users.
 */
class ConfigurationMetadataTests {

	private final JsonNode metadata = metadata();

	@Test
	void describesEveryProperty() {
		assertThat(properties()).hasSizeGreaterThan(20).allSatisfy((property) -> {
			assertThat(property.path("name").asString()).matches(
					"(sw4rm\\.scheduler|management\\.(endpoint\\.sw4rmscheduler|(health|info)\\.sw4rm-scheduler))\\..*");
			assertThat(property.path("description").asString("")).as(property.path("name").asString())
				.endsWith(".")
				.isEqualTo(property.path("description").asString("").strip());
		});
	}

	@Test
	void typesEveryProperty() {
		assertThat(properties()).allSatisfy(
				(property) -> assertThat(property.path("type").asString("")).as(property.path("name").asString())
					.isNotEmpty());
	}

	@Test
	void tellsDefaultOfEveryProperty() {
		assertThat(properties()).filteredOn((property) -> !property.path("type").asString().startsWith("java.util.Map"))
			.allSatisfy((property) -> assertThat(
					property.has("defaultValue") || property.path("description").asString("").contains("When not set"))
				.as(property.path("name").asString())
				.isTrue());
	}

	@Test
	void hintsAtKnownValues() {
		assertThat(this.metadata.path("hints").valueStream().map((hint) -> hint.path("name").asString())).contains(
				"sw4rm.scheduler.address", "sw4rm.scheduler.load-balancing-policy", "sw4rm.scheduler.compression");
	}

	@Test
	void hintsNameExistingProperties() {
		List<String> names = properties().stream().map((property) -> property.path("name").asString()).toList();
		assertThat(this.metadata.path("hints").valueStream().map((hint) -> hint.path("name").asString()))
			.isSubsetOf(names);
	}

	private List<JsonNode> properties() {
		return this.metadata.path("properties").valueStream().toList();
	}

	static JsonNode metadata() {
		try {
			for (URL url : Collections.list(ConfigurationMetadataTests.class.getClassLoader()
				.getResources("META-INF/spring-configuration-metadata.json"))) {
				try (InputStream stream = url.openStream()) {
					JsonNode metadata = new JsonMapper().readTree(stream);
					if (metadata.toString().contains("\"sw4rm.scheduler.address\"")) {
						return metadata;
					}
				}
			}
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
		throw new IllegalStateException("no metadata of sw4rm.scheduler.*");
	}

}
