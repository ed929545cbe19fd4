package io.sw4rm.scheduler.sample;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A page of the documentation.
 *
 * @param file the file, relative to the root of the repository
 * @param text the content
 */
record MarkdownPage(Path file, String text) {

	static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

	private static final Pattern BLOCK = Pattern.compile("(?ms)^```(\\w*)\n(.*?)^```$");

	private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.+)$");

	private static final Pattern LINK = Pattern.compile("]\\((?!https?:)([^)]+)\\)");

	static MarkdownPage read(Path file) {
		try {
			return new MarkdownPage(file, Files.readString(ROOT.resolve(file)));
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Return the pages in the root and in docs.
	 */
	static List<MarkdownPage> all() {
		return Stream.of("", "docs").flatMap(MarkdownPage::files).map(MarkdownPage::read).toList();
	}

	private static Stream<Path> files(String directory) {
		try (Stream<Path> files = Files.list(ROOT.resolve(directory))) {
			return files.filter((file) -> file.toString().endsWith(".md"))
				.sorted()
				.map(ROOT::relativize)
				.toList()
				.stream();
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	List<Block> blocks() {
		return BLOCK.matcher(this.text)
			.results()
			.map((block) -> new Block(this.file + ":" + line(block), block.group(1), block.group(2)))
			.toList();
	}

	private long line(MatchResult match) {
		return this.text.substring(0, match.start()).lines().count() + 1;
	}

	List<String> links() {
		return LINK.matcher(prose()).results().map((link) -> link.group(1)).toList();
	}

	/**
	 * Return the anchors that GitHub gives to the headings.
	 */
	List<String> anchors() {
		return HEADING.matcher(prose())
			.results()
			.map((heading) -> heading.group(1).toLowerCase(Locale.ROOT).replaceAll("[^\\w -]", "").replace(' ', '-'))
			.toList();
	}

	private String prose() {
		return BLOCK.matcher(this.text).replaceAll("");
	}

	@Override
	public String toString() {
		return this.file.toString();
	}

	/**
	 * A block of code.
	 *
	 * @param location the file and the line
	 * @param language the language, empty if there is none
	 * @param text the content
	 */
	record Block(String location, String language, String text) {

		@Override
		public String toString() {
			return this.location;
		}

	}

}
