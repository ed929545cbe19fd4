package io.sw4rm.scheduler.embedded;

import org.jspecify.annotations.Nullable;

/**
 * Handles text from requests, which may have any length.
 */
final class Texts {

	private static final int BYTES_PER_CHARACTER = 2;

	private static final int MAX_QUOTED_CHARACTERS = 100;

	private Texts() {
	}

	/**
	 * Return the maximum memory that texts use.
	 */
	static long bytes(@Nullable String... texts) {
		long bytes = 0;
		for (String text : texts) {
			bytes += (text != null) ? (long) text.length() * BYTES_PER_CHARACTER : 0;
		}
		return bytes;
	}

	/**
	 * Quote a text for a message and truncate it if necessary: messages are sent as
	 * metadata, which clients limit to a few kilobytes.
	 */
	static String quote(String text) {
		return '"' + ((text.length() > MAX_QUOTED_CHARACTERS) ? text.substring(0, MAX_QUOTED_CHARACTERS) + "…" : text)
				+ '"';
	}

}
