package io.sw4rm.scheduler.client;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link JacksonPayloadConverter}.
 */
class JacksonPayloadConverterTests {

	private final PayloadConverter converter = new JacksonPayloadConverter(new JsonMapper());

	@ParameterizedTest
	@ValueSource(strings = { "application/json", "APPLICATION/JSON", "application/vnd.acme.task+json",
			"application/json;charset=utf-8", "application/json ; charset=UTF-8", "application/vnd.acme+json; v=1" })
	void writesJson(String contentType) {
		assertThat(this.converter.convert(Map.of("action", "grüßen"), contentType)).asString(StandardCharsets.UTF_8)
			.isEqualTo("{\"action\":\"grüßen\"}");
	}

	@Test
	void writesJsonAsMapperIsConfigured() {
		JsonMapper jsonMapper = JsonMapper.builder()
			.propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
			.build();
		assertThat(new JacksonPayloadConverter(jsonMapper).convert(new Job("process"), "application/json")).asString()
			.isEqualTo("{\"job_name\":\"process\"}");
	}

	@ParameterizedTest
	@ValueSource(strings = { "text/plain", "application/xml", "application/jsonlines", "application/json-seq",
			"text/plain;format=application/json", "text/plain; profile=x+json" })
	void refusesOtherContentType(String contentType) {
		assertThatIllegalArgumentException().isThrownBy(() -> this.converter.convert(new Job("process"), contentType))
			.withMessage("params of type %s can't be converted to content type '%s': only JSON is supported",
					Job.class.getName(), contentType);
	}

	@Test
	void refusesObjectThatCannotBeWritten() {
		List<Object> params = new ArrayList<>();
		params.add(params);
		assertThatIllegalArgumentException().isThrownBy(() -> this.converter.convert(params, "application/json"))
			.withMessage("params of type java.util.ArrayList can't be written as JSON")
			.withCauseInstanceOf(JacksonException.class);
	}

	@Test
	@SuppressWarnings("NullAway")
	void needsMapper() {
		assertThatIllegalArgumentException().isThrownBy(() -> new JacksonPayloadConverter(null))
			.withMessage("jsonMapper must not be null");
	}

	record Job(String jobName) {

	}

}
