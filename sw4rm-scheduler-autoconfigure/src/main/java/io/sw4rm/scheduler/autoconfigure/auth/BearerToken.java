package io.sw4rm.scheduler.autoconfigure.auth;

import io.grpc.Metadata;
import org.jspecify.annotations.Nullable;

/**
 * A token and the metadata that contains it, which is created once and must not be
 * changed. Not a record, because it must not be printed.
 */
final class BearerToken {

	static final Metadata.Key<String> AUTHORIZATION = Metadata.Key.of("authorization",
			Metadata.ASCII_STRING_MARSHALLER);

	static final String RULE = "It must be the token only, without 'Bearer': visible ASCII characters, without spaces or line breaks.";

	private final String value;

	private final Metadata metadata = new Metadata();

	/**
	 * Create a token.
	 * @throws TokenNotSentException if the token can't be sent
	 */
	BearerToken(@Nullable String value) {
		if (value == null || !isValid(value)) {
			throw new TokenNotSentException("The token for the scheduler can't be sent. " + RULE);
		}
		this.value = value;
		this.metadata.put(AUTHORIZATION, "Bearer " + value);
	}

	static boolean isValid(String token) {
		return !token.isEmpty() && token.chars().allMatch((character) -> character > 0x20 && character < 0x7F);
	}

	String value() {
		return this.value;
	}

	boolean hasValue(@Nullable String value) {
		return this.value.equals(value);
	}

	Metadata metadata() {
		return this.metadata;
	}

}
