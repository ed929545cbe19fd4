package io.sw4rm.scheduler.integration;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that there is a test for each guarantee of the page on resilience, and that it is
 * one that runs. Whether it proves the guarantee is for people to judge.
 */
class ResiliencePageTests {

	private static final Path ROOT = Path.of("..");

	private static final Pattern SECTION = Pattern.compile("(?ms)^## (.+?)\n(.*?)(?=^## |\\z)");

	private static final Pattern GUARANTEE = Pattern.compile("(?m)^- (.+(?:\n  .+)*)");

	private static final Pattern GUARANTEE_WITH_TEST = Pattern.compile("(?m)^\\| (.+) \\| `\\w+Tests#\\w+`.* \\|$");

	private static final Pattern TEST = Pattern.compile("(\\w+Tests)#(\\w+)");

	private static final String GUARANTEES_PAGE = read(ROOT.resolve("docs/resilience.md"));

	private static final String TESTS_PAGE = read(ROOT.resolve("docs/resilience-tests.md"));

	private static List<Path> testSources;

	@BeforeAll
	static void findSources() throws IOException {
		try (Stream<Path> modules = Files.list(ROOT)) {
			testSources = modules.map((module) -> module.resolve("src/test/java"))
				.filter(Files::isDirectory)
				.flatMap(ResiliencePageTests::javaFiles)
				.toList();
		}
	}

	private static Stream<Path> javaFiles(Path directory) {
		try (Stream<Path> files = Files.walk(directory)) {
			return files.filter((file) -> file.toString().endsWith(".java")).toList().stream();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Test
	void namesTestForEachGuarantee() {
		assertThat(sentences(TESTS_PAGE, GUARANTEE_WITH_TEST)).isNotEmpty()
			.containsExactlyElementsOf(sentences(GUARANTEES_PAGE, GUARANTEE));
	}

	@Test
	void namesTestsThatRun() {
		List<MatchResult> tests = TEST.matcher(TESTS_PAGE).results().toList();
		assertThat(tests).isNotEmpty()
			.allSatisfy((test) -> assertThat(sourcesOf(test.group(1))).as(test.group())
				.anySatisfy(
						// A method with an annotation of that kind above, and maybe
						// others in between
						(source) -> assertThat(source).as(test.group())
							.containsPattern("(?m)^\\t@\\w*(Test|Property)\\b(?:(?!\\n\\n)[\\s\\S])*?\\n\\tvoid "
									+ test.group(2) + "\\(")
							.doesNotContain("@Disabled")));
	}

	/**
	 * Return the sentences of each section, without those about limits.
	 */
	private static List<String> sentences(String page, Pattern pattern) {
		return SECTION.matcher(page)
			.results()
			.flatMap((section) -> pattern.matcher(section.group(2).split("\nLimits:\n")[0])
				.results()
				.map((sentence) -> section.group(1) + ": "
						+ sentence.group(1).replaceAll("\\s+", " ").replaceFirst("\\.$", "")))
			.toList();
	}

	private static List<String> sourcesOf(String className) {
		return testSources.stream()
			.filter((file) -> file.endsWith(className + ".java"))
			.map(ResiliencePageTests::read)
			.toList();
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
