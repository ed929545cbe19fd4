package io.sw4rm.scheduler.client;

import java.util.Locale;
import java.util.Set;

import io.grpc.Metadata;
import org.jspecify.annotations.Nullable;

/**
 * Rules for metadata of calls.
 */
final class CallMetadata {

	static final Metadata.Key<String> CORRELATION_ID = Metadata.Key.of("x-correlation-id",
			Metadata.ASCII_STRING_MARSHALLER);

	/**
	 * A correlation id is sent with each call, and logged with each call. Long ones would
	 * exceed the limit of servers for all metadata.
	 */
	static final int MAX_CORRELATION_ID_LENGTH = 128;

	/**
	 * Names that gRPC overwrites, or that cause HTTP/2 to reject the call.
	 */
	private static final Set<String> RESERVED_NAMES = Set.of("connection", "content-length", "content-type", "host",
			"keep-alive", "proxy-connection", "te", "transfer-encoding", "upgrade", "user-agent");

	private CallMetadata() {
	}

	/**
	 * Return the correlation id that the caller set in the metadata, or null if there is
	 * none that can be sent.
	 */
	static @Nullable String correlationId(Metadata metadata) {
		return orNullIfUnfit(metadata.get(CORRELATION_ID));
	}

	/**
	 * Return the correlation id, or null if it is too long or gRPC would drop or corrupt
	 * it.
	 */
	static @Nullable String orNullIfUnfit(@Nullable String correlationId) {
		return (correlationId != null && correlationId.length() <= MAX_CORRELATION_ID_LENGTH && !correlationId.isBlank()
				&& isPrintableAscii(correlationId)) ? correlationId : null;
	}

	/**
	 * Return new metadata: the given one with the values of each key in
	 * {@code replacement} replaced.
	 * @throws IllegalArgumentException if gRPC would drop or corrupt an entry of the
	 * replacement, or if its correlation id is too long. Another correlation id that
	 * can't be sent is replaced.
	 */
	static Metadata replacing(Metadata metadata, Metadata replacement) {
		Metadata result = new Metadata();
		result.merge(metadata);
		for (String name : replacement.keys()) {
			check(replacement, name);
			result.discardAll(key(name));
		}
		result.merge(replacement);
		return result;
	}

	private static void check(Metadata metadata, String name) {
		if (isBinary(name)) {
			return;
		}
		if (name.equals(CORRELATION_ID.name())) {
			checkLength(String.valueOf(metadata.get(CORRELATION_ID)));
			return;
		}
		Iterable<String> values = metadata.getAll(textKey(name));
		if (values != null) {
			values.forEach((value) -> check(name, value));
		}
	}

	private static void checkLength(String correlationId) {
		if (correlationId.length() > MAX_CORRELATION_ID_LENGTH) {
			throw new IllegalArgumentException("correlation id must not be longer than %d characters, got %d characters"
				.formatted(MAX_CORRELATION_ID_LENGTH, correlationId.length()));
		}
	}

	static Metadata.Key<?> key(String name) {
		return isBinary(name) ? Metadata.Key.of(name, Metadata.BINARY_BYTE_MARSHALLER) : textKey(name);
	}

	static Metadata.Key<String> textKey(String name) {
		return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
	}

	private static boolean isBinary(String name) {
		return name.endsWith(Metadata.BINARY_HEADER_SUFFIX);
	}

	static Metadata withoutCorrelationId(Metadata metadata) {
		Metadata result = new Metadata();
		result.merge(metadata);
		result.discardAll(CORRELATION_ID);
		return result;
	}

	/**
	 * Return metadata with a single entry.
	 * @throws IllegalArgumentException if gRPC would drop or corrupt the entry
	 */
	static Metadata of(String name, String value) {
		Checks.hasText(name, "name");
		check(name, Checks.notNull(value, "value"));
		Metadata metadata = new Metadata();
		metadata.put(textKey(name), value);
		return metadata;
	}

	private static void check(String name, String value) {
		if (isReserved(name.toLowerCase(Locale.ROOT))) {
			throw new IllegalArgumentException(
					"metadata '%s' can't be set: the name is reserved by gRPC or HTTP".formatted(name));
		}
		if (!isPrintableAscii(value)) {
			throw new IllegalArgumentException("value of metadata '%s' must be printable ASCII".formatted(name));
		}
	}

	private static boolean isReserved(String name) {
		return RESERVED_NAMES.contains(name) || name.startsWith("grpc-");
	}

	private static boolean isPrintableAscii(String value) {
		for (int i = 0; i < value.length(); i++) {
			if (value.charAt(i) < 0x20 || value.charAt(i) > 0x7E) {
				return false;
			}
		}
		return true;
	}

}
