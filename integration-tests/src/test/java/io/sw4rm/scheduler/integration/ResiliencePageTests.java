package io.sw4rm.scheduler.integration;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that the page on resilience names tests that exist.
 */
class ResiliencePageTests {

	private static final Path ROOT = Path.of("..");

	@Test
	void namesTestsThatExist() throws IOException {
		Map<String, String> sources = testSources();
		List<MatchResult> tests = Pattern.compile("(\\w+Tests)#(\\w+)")
			.matcher(Files.readString(ROOT.resolve("docs/resilience.md")))
			.results()
			.toList();
		assertThat(tests).isNotEmpty();
		assertThat(tests.stream()
			.filter((test) -> !sources.getOrDefault(test.group(1), "").contains("\tvoid " + test.group(2) + "("))
			.map(MatchResult::group)).isEmpty();
	}

	private static Map<String, String> testSources() throws IOException {
		try (Stream<Path> files = Files.find(ROOT, 20, (file, attributes) -> file.toString().endsWith("Tests.java"))) {
			return files.collect(Collectors.toMap((file) -> file.getFileName().toString().replace(".java", ""),
					ResiliencePageTests::read));
		}
	}

	private static String read(Path file) {
		try {
			return Files.readString(file);
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
