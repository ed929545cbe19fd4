package io.sw4rm.scheduler.client;

import java.util.Collections;
import java.util.List;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.domains.Domain;
import net.jqwik.api.domains.DomainContext;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link JacksonPayloadConverter}, with any arguments.
 */
@Domain(DomainContext.Global.class)
@Domain(AnyValues.class)
class JacksonPayloadConverterPropertyTests {

	private final JsonMapper jsonMapper = new JsonMapper();

	private final JacksonPayloadConverter converter = new JacksonPayloadConverter(this.jsonMapper);

	@Property
	void writesOrRefusesText(@ForAll @Nullable String text) {
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

	@Property
	void refusesOtherContentTypes(@ForAll @Nullable String contentType) {
		if (contentType == null || !contentType.contains("json")) {
			assertThatIllegalArgumentException().isThrownBy(() -> this.converter.convert(List.of(), contentType));
		}
	}

	@Property
	void writesOrRefusesObject(@ForAll("objects") Object params) {
		try {
			assertThat(this.converter.convert(params, "application/json")).isNotEmpty();
		}
		catch (IllegalArgumentException ex) {
			assertThat(ex).hasMessage("params of type %s can't be written as JSON", params.getClass().getName());
		}
	}

	@Provide
	Arbitrary<Object> objects() {
		return Arbitraries.of(new Object(), new ContainsItself(), Collections.singletonMap(null, null),
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
