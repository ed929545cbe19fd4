package io.sw4rm.scheduler.interop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.platform.commons.annotation.Testable;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.commons.support.HierarchyTraversalMode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that the page on interoperability contains the table of all tests.
 */
class InteroperabilityPageTests {

	@Test
	void containsTableOfAllTests() throws IOException {
		Set<String> expected = new TreeSet<>();
		for (InteropTests tests : List.of(new ForeignClientTests(), new ForeignSchedulerTests(),
				new WireVectorTests())) {
			AnnotationSupport.findAnnotatedMethods(tests.getClass(), Testable.class, HierarchyTraversalMode.TOP_DOWN)
				.forEach((method) -> InteropTable.columns(tests.roles())
					.forEach((column) -> expected.add(InteropTable.sentence(method.getName()) + ", " + column)));
		}
		assertThat(promises(Files.readAllLines(Path.of("../docs/interoperability.md")))).isEqualTo(expected);
	}

	/**
	 * Return each cell of the table with a yes, as its row and column.
	 */
	private static Set<String> promises(List<String> lines) {
		List<List<String>> table = lines.stream()
			.filter((line) -> line.startsWith("| "))
			.map((line) -> Stream.of(line.split("\\|")).skip(1).map(String::strip).toList())
			.toList();
		Set<String> promises = new TreeSet<>();
		for (List<String> row : table) {
			for (int column = 1; column < row.size(); column++) {
				if (row.get(column).startsWith("yes")) {
					promises.add(row.get(0) + ", " + table.get(0).get(column));
				}
			}
		}
		return promises;
	}

}
