package io.sw4rm.scheduler.embedded;

/**
 * Decides which resource scopes conflict. A scope includes everything below it:
 * {@code repo} covers {@code repo.file} and {@code repo/file}, but not
 * {@code repository}.
 */
final class Scopes {

	private Scopes() {
	}

	static boolean overlap(String one, String other) {
		return covers(one, other) || covers(other, one);
	}

	private static boolean covers(String outer, String inner) {
		if (outer.isEmpty() || !inner.startsWith(outer)) {
			return false;
		}
		return inner.length() == outer.length() || isSeparator(inner.charAt(outer.length()))
				|| isSeparator(outer.charAt(outer.length() - 1));
	}

	private static boolean isSeparator(char character) {
		return character == '.' || character == '/';
	}

}
