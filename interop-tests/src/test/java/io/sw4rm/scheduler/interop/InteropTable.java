package io.sw4rm.scheduler.interop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.TestWatcher;

/**
 * Prints the results of all {@link InteropTests} as a table, and writes it to
 * {@code target/interop.md}.
 */
class InteropTable implements TestWatcher {

	@Override
	public void testSuccessful(ExtensionContext context) {
		add(context, Result.PASSED);
	}

	@Override
	public void testAborted(ExtensionContext context, Throwable cause) {
		add(context, Result.SKIPPED);
	}

	@Override
	public void testFailed(ExtensionContext context, Throwable cause) {
		add(context, Result.FAILED);
	}

	private static void add(ExtensionContext context, Result result) {
		InteropTests test = (InteropTests) context.getRequiredTestInstance();
		Results results = context.getRoot()
			.getStore(Namespace.create(InteropTable.class))
			.computeIfAbsent(Results.class);
		test.roles()
			.forEach((role) -> results.add(sentence(context.getRequiredTestMethod().getName()),
					test.language + " " + role, result));
	}

	/**
	 * Return the columns of roles, such as "Python client".
	 */
	static List<String> columns(List<String> roles) {
		return roles.stream()
			.flatMap((role) -> Stream.of(Language.values()).map((language) -> language + " " + role))
			.toList();
	}

	/**
	 * Return the name of a method as a sentence: {@code transfersUnicode} as "Transfers
	 * unicode".
	 */
	static String sentence(String method) {
		String words = method.replaceAll("(?=[A-Z])", " ").toLowerCase(Locale.ROOT);
		return Character.toUpperCase(words.charAt(0)) + words.substring(1);
	}

	enum Result {

		PASSED, SKIPPED, FAILED

	}

	static final class Results implements AutoCloseable {

		private final Map<String, Map<String, List<Result>>> rows = new TreeMap<>();

		synchronized void add(String row, String column, Result result) {
			this.rows.computeIfAbsent(row, (key) -> new TreeMap<>())
				.computeIfAbsent(column, (key) -> new ArrayList<>())
				.add(result);
		}

		@Override
		public synchronized void close() throws IOException {
			List<String> columns = columns(List.of("client", "scheduler"));
			List<String> lines = new ArrayList<>();
			lines.add(line("behavior", columns.stream()));
			lines.add("|---".repeat(columns.size() + 1) + "|");
			this.rows.forEach(
					(row, cells) -> lines.add(line(row, columns.stream().map((column) -> cell(cells.get(column))))));
			lines.add("");
			for (Language language : Language.values()) {
				lines.add(language.description());
			}
			Files.write(Path.of("target/interop.md"), lines);
			lines.forEach(System.out::println);
		}

		private static String line(String row, Stream<String> cells) {
			return Stream.concat(Stream.of(row), cells).collect(Collectors.joining(" | ", "| ", " |"));
		}

		private static String cell(List<Result> results) {
			if (results == null) {
				return "–";
			}
			if (results.contains(Result.FAILED)) {
				return "FAILED";
			}
			if (results.contains(Result.SKIPPED)) {
				return "skipped";
			}
			return (results.size() > 1) ? "yes (%d)".formatted(results.size()) : "yes";
		}

	}

}
