package io.sw4rm.scheduler.client;

import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import org.jspecify.annotations.Nullable;

/**
 * Sends a client's metadata and the correlation id with each call.
 */
final class CallMetadata implements ClientInterceptor {

	static final CallOptions.Key<String> CORRELATION_ID_OPTION = CallOptions.Key.create("sw4rm-correlation-id");

	private static final Metadata.Key<String> CORRELATION_ID = Metadata.Key.of("x-correlation-id",
			Metadata.ASCII_STRING_MARSHALLER);

	/**
	 * Names that gRPC overwrites, or that make HTTP/2 refuse the whole call.
	 */
	private static final Set<String> RESERVED_NAMES = Set.of("connection", "content-length", "content-type", "host",
			"keep-alive", "proxy-connection", "te", "transfer-encoding", "upgrade", "user-agent");

	private final Metadata metadata;

	CallMetadata(Metadata metadata) {
		this.metadata = replacing(metadata, new Metadata());
		this.metadata.discardAll(CORRELATION_ID);
	}

	@Override
	public <Q, S> ClientCall<Q, S> interceptCall(MethodDescriptor<Q, S> method, CallOptions options, Channel next) {
		return new SimpleForwardingClientCall<>(next.newCall(method, options)) {

			@Override
			public void start(Listener<S> responseListener, Metadata headers) {
				headers.merge(CallMetadata.this.metadata);
				headers.put(CORRELATION_ID, options.getOption(CORRELATION_ID_OPTION));
				super.start(responseListener, headers);
			}

		};
	}

	/**
	 * Return the correlation id that the caller fixed with the metadata, or null if there
	 * is none that can be sent.
	 */
	static @Nullable String correlationId(Metadata metadata) {
		return orNullIfUnfit(metadata.get(CORRELATION_ID));
	}

	/**
	 * Return the correlation id, or null if gRPC would drop or garble it.
	 */
	static @Nullable String orNullIfUnfit(@Nullable String correlationId) {
		return (correlationId != null && !correlationId.isBlank() && isPrintableAscii(correlationId)) ? correlationId
				: null;
	}

	/**
	 * Make up a correlation id. A version 4 UUID that need not be unpredictable: the
	 * secure random numbers of {@link UUID#randomUUID()} cost five times as much.
	 */
	static String newCorrelationId() {
		ThreadLocalRandom random = ThreadLocalRandom.current();
		long mostSignificant = (random.nextLong() & 0xFFFF_FFFF_FFFF_0FFFL) | 0x4000L;
		long leastSignificant = (random.nextLong() & 0x3FFF_FFFF_FFFF_FFFFL) | 0x8000_0000_0000_0000L;
		return new UUID(mostSignificant, leastSignificant).toString();
	}

	/**
	 * Return new metadata: the given one with the values of each key in
	 * {@code replacement} replaced.
	 */
	static Metadata replacing(Metadata metadata, Metadata replacement) {
		Metadata result = new Metadata();
		result.merge(metadata);
		for (String name : replacement.keys()) {
			result.discardAll(key(name));
		}
		result.merge(replacement);
		return result;
	}

	private static Metadata.Key<?> key(String name) {
		return name.endsWith(Metadata.BINARY_HEADER_SUFFIX) ? Metadata.Key.of(name, Metadata.BINARY_BYTE_MARSHALLER)
				: Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
	}

	/**
	 * Return metadata with a single entry.
	 * @throws IllegalArgumentException if gRPC would drop or garble the entry
	 */
	static Metadata of(String name, String value) {
		Checks.hasText(name, "name");
		Checks.notNull(value, "value");
		if (isReserved(name.toLowerCase(Locale.ROOT))) {
			throw new IllegalArgumentException(
					"metadata '%s' can't be set: the name belongs to gRPC and HTTP".formatted(name));
		}
		if (!isPrintableAscii(value)) {
			throw new IllegalArgumentException("value of metadata '%s' must be printable ASCII".formatted(name));
		}
		Metadata metadata = new Metadata();
		metadata.put(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER), value);
		return metadata;
	}

	private static boolean isReserved(String name) {
		return RESERVED_NAMES.contains(name) || name.startsWith("grpc-");
	}

	private static boolean isPrintableAscii(String value) {
		return value.chars().allMatch((character) -> character >= 0x20 && character <= 0x7E);
	}

}
