package io.sw4rm.scheduler.integration;

import java.io.IOException;
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
 * Tests that the page on resilience names a test for each promise, and that it is one
 * that runs. Whether it proves the promise is for people to judge.
 */
class ResiliencePageTests {

	private static final Path ROOT = Path.of("..");

	private static final Pattern TEST = Pattern.compile("(\\w+Tests)#(\\w+)");

	private static String page;

	private static List<Path> testSources;

	@BeforeAll
	static void readSources() throws IOException {
		page = Files.readString(ROOT.resolve("docs/resilience.md"));
		try (Stream<Path> files = Files.find(ROOT, 20,
				(file, attributes) -> file.toString().matches(".*/src/test/java/.*\\.java"))) {
			testSources = files.toList();
		}
	}

	@Test
	void namesTestsThatRun() {
		List<MatchResult> tests = TEST.matcher(page).results().toList();
		assertThat(tests).isNotEmpty()
			.allSatisfy((test) -> assertThat(sourcesOf(test.group(1))).as(test.group())
				.anySatisfy(
						// A method with an annotation of that kind above, and maybe
						// others in
						// between
						(source) -> assertThat(source).as(test.group())
							.containsPattern("(?m)^\\t@\\w*(Test|Property)\\b(?:(?!\\n\\n)[\\s\\S])*?\\n\\tvoid "
									+ test.group(2) + "\\(")
							.doesNotContain("@Disabled")));
	}

	@Test
	void namesTestForEachGuarantee() {
		List<String> guarantees = page.lines()
			.filter((line) -> line.startsWith("| "))
			.filter((line) -> !line.matches("\\| (guarantee|mistake) \\| test \\|"))
			.toList();
		assertThat(guarantees).isNotEmpty().allSatisfy((guarantee) -> assertThat(guarantee).containsPattern(TEST));
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
