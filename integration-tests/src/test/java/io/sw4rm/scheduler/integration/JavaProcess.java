package io.sw4rm.scheduler.integration;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A Java program in a JVM of its own, whose standard input and output a test uses.
 */
final class JavaProcess implements AutoCloseable {

	static final String CLASS_PATH = System.getProperty("java.class.path");

	private final Process process;

	private final PrintWriter input;

	private final BufferedReader output;

	private JavaProcess(Process process) {
		this.process = process;
		this.input = new PrintWriter(process.outputWriter(), true);
		this.output = process.inputReader();
	}

	static JavaProcess start(String classPath, Map<String, String> environment, String... options) throws IOException {
		List<String> command = new ArrayList<>(
				List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1",
						"-XX:+UseSerialGC", "-cp", classPath));
		command.addAll(List.of(options));
		ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
		builder.environment().putAll(environment);
		return new JavaProcess(builder.start());
	}

	/**
	 * Return all further lines of a program that ends.
	 */
	String awaitEnd() throws InterruptedException {
		String lines = this.output.lines().collect(Collectors.joining("\n"));
		assertThat(this.process.waitFor(1, TimeUnit.MINUTES)).as("ended").isTrue();
		return lines;
	}

	/**
	 * Return the next line that contains a text, and skip those before.
	 */
	String awaitLine(String text) {
		List<String> skipped = new ArrayList<>();
		Stream<String> lines = this.output.lines().peek(skipped::add);
		return lines.filter((line) -> line.contains(text))
			.findFirst()
			.orElseThrow(() -> new AssertionError("No line '%s': %s".formatted(text, String.join("\n", skipped))));
	}

	void writeLine(String line) {
		this.input.println(line);
	}

	@Override
	public void close() {
		this.process.destroyForcibly().onExit().join();
	}

}
