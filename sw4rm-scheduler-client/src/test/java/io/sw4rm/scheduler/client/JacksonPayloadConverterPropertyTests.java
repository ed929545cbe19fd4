package io.sw4rm.scheduler.client;

import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ArgumentsSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link JacksonPayloadConverter}, with any arguments.
 */
@ExtendWith(AnyValues.class)
class JacksonPayloadConverterPropertyTests {

	private final JsonMapper jsonMapper = new JsonMapper();

	private final JacksonPayloadConverter converter = new JacksonPayloadConverter(this.jsonMapper);

	@ParameterizedTest
	@ArgumentsSource(AnyValues.class)
	void writesOrRefusesText(@Nullable String text) {
		if (text == null) {
			assertThatIllegalArgumentException().isThrownBy(() -> this.converter.convert(null, "application/json"))
				.withMessage("params must not be null");
			return;
		}
		try {
			byte[] json = this.converter.convert(List.of(text), "application/json");
			assertThat(this.jsonMapper.readValue(json, String[].class)).containsExactly(text);
		}
		catch (IllegalArgumentException ex) {
			assertThat(text).matches((refused) -> !AnyValues.isText(refused), "can't be sent");
		}
	}

	@ParameterizedTest
	@ArgumentsSource(AnyValues.class)
	void refusesOtherContentTypes(@Nullable String contentType) {
		if (contentType == null || !contentType.contains("json")) {
			assertThatIllegalArgumentException().isThrownBy(() -> this.converter.convert(List.of(), contentType));
		}
	}

	@ParameterizedTest
	@MethodSource
	void writesOrRefusesObject(Object params) {
		try {
			assertThat(this.converter.convert(params, "application/json")).isNotEmpty();
		}
		catch (IllegalArgumentException ex) {
			assertThat(ex).hasMessage("params of type %s can't be written as JSON", params.getClass().getName());
		}
	}

	static Stream<Object> writesOrRefusesObject() {
		return Stream.of(new Object(), new ContainsItself(), Collections.singletonMap(null, null),
				Collections.singletonList(null), Double.NaN, Float.NEGATIVE_INFINITY, Thread.currentThread(),
				new FailingGetter());
	}

	static final class ContainsItself {

		public ContainsItself getSelf() {
			return this;
		}

	}

	static final class FailingGetter {

		public String getName() {
			throw new IllegalStateException("no name");
		}

	}

}
