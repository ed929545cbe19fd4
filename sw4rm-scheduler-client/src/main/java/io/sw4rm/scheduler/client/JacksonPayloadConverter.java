package io.sw4rm.scheduler.client;

import java.util.Locale;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@link PayloadConverter} that writes JSON with Jackson. Supports the content types
 * {@code application/json} and those with the suffix {@code +json}.
 *
 * @since 0.1.0
 */
public class JacksonPayloadConverter implements PayloadConverter {

	private final JsonMapper jsonMapper;

	/**
	 * Create a converter.
	 * @param jsonMapper the mapper that writes JSON
	 */
	public JacksonPayloadConverter(JsonMapper jsonMapper) {
		this.jsonMapper = Checks.notNull(jsonMapper, "jsonMapper");
	}

	@Override
	public byte[] convert(Object params, String contentType) {
		Checks.notNull(params, "params");
		if (!isJson(Checks.notNull(contentType, "contentType"))) {
			throw new IllegalArgumentException(
					"params of type %s can't be converted to content type '%s': only JSON is supported"
						.formatted(params.getClass().getName(), contentType));
		}
		try {
			return this.jsonMapper.writeValueAsBytes(params);
		}
		catch (JacksonException ex) {
			throw new IllegalArgumentException(
					"params of type %s can't be written as JSON".formatted(params.getClass().getName()), ex);
		}
	}

	private static boolean isJson(String contentType) {
		int end = contentType.indexOf(';');
		String type = ((end != -1) ? contentType.substring(0, end) : contentType).strip().toLowerCase(Locale.ROOT);
		return type.equals("application/json") || type.endsWith("+json");
	}

}
