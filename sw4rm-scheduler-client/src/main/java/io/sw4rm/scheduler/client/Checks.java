package io.sw4rm.scheduler.client;

import java.time.Duration;

import com.google.common.base.Utf8;
import org.jspecify.annotations.Nullable;

/**
 * Checks of arguments. Each failure names the argument, the rule and the value.
 */
final class Checks {

	private Checks() {
	}

	static <T> T notNull(@Nullable T value, String name) {
		if (value == null) {
			throw new IllegalArgumentException(name + " must not be null");
		}
		return value;
	}

	/**
	 * Return a text that can be sent: Protocol Buffers would replace an unpaired
	 * surrogate with a question mark.
	 */
	static String wellFormed(@Nullable String value, String name) {
		String text = notNull(value, name);
		try {
			Utf8.encodedLength(text);
		}
		catch (IllegalArgumentException ex) {
			throw new IllegalArgumentException("%s must be well-formed Unicode: %s".formatted(name, ex.getMessage()));
		}
		return text;
	}

	static String hasText(@Nullable String value, String name) {
		String text = wellFormed(value, name);
		if (text.isBlank()) {
			throw new IllegalArgumentException("%s must not be blank, got '%s'".formatted(name, text));
		}
		return text;
	}

	/**
	 * Check an element of a collection. Its name is only created for a failure.
	 */
	static String hasText(@Nullable String value, String name, int index) {
		try {
			return hasText(value, "");
		}
		catch (IllegalArgumentException ex) {
			throw new IllegalArgumentException("%s[%d]%s".formatted(name, index, ex.getMessage()), ex.getCause());
		}
	}

	static int range(int value, int min, int max, String name) {
		if (value < min || value > max) {
			throw new IllegalArgumentException("%s must be in range [%d, %d], got %d".formatted(name, min, max, value));
		}
		return value;
	}

	static Duration positive(@Nullable Duration value, String name) {
		Duration duration = notNull(value, name);
		if (duration.isZero() || duration.isNegative()) {
			throw new IllegalArgumentException("%s must be positive, got %s".formatted(name, duration));
		}
		return duration;
	}

}
