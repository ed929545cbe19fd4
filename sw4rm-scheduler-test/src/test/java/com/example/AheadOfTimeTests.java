package com.example;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;

import org.springframework.aot.generate.FileSystemGeneratedFiles;
import org.springframework.context.aot.AbstractAotProcessor;
import org.springframework.test.context.aot.TestContextAotGenerator;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that tests can be processed ahead of time, and then run with what was generated.
 */
@Timeout(180)
class AheadOfTimeTests {

	private static final String CLASS_PATH = System.getProperty("java.class.path");

	private static final List<Class<?>> TESTS = List.of(SchedulerTestTests.class,
			SchedulerTestTests.WithComponent.class, SchedulerTestTests.WithFilters.class, LazyApplicationTests.class,
			TestGrpcTransportTests.class);

	@Test
	void testsRunAfterProcessing(@TempDir Path directory) throws Exception {
		Path sources = directory.resolve("sources");
		Path classes = directory.resolve("classes");
		System.setProperty(AbstractAotProcessor.AOT_PROCESSING, "true");
		try {
			new TestContextAotGenerator(
					new FileSystemGeneratedFiles((kind) -> kind.name().equals("SOURCE") ? sources : classes))
				.processAheadOfTime(TESTS.stream());
		}
		finally {
			System.clearProperty(AbstractAotProcessor.AOT_PROCESSING);
		}
		compile(sources, classes);
		Path log = directory.resolve("log");
		Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
				"-Dspring.aot.enabled=true", "-cp", classes + ":" + CLASS_PATH, AheadOfTimeTests.class.getName())
			.redirectErrorStream(true)
			.redirectOutput(log.toFile())
			.start();
		try {
			assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
			assertThat(process.exitValue()).as(Files.readString(log)).isZero();
			assertThat(log).content().contains("Starting AOT-processed");
		}
		finally {
			process.destroyForcibly();
		}
	}

	private static void compile(Path sources, Path classes) throws IOException {
		JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
		StringWriter messages = new StringWriter();
		try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null);
				Stream<Path> paths = Files.walk(sources)) {
			boolean compiled = compiler
				.getTask(messages, files, null,
						List.of("-proc:none", "-nowarn", "-d", classes.toString(), "-classpath",
								classes + ":" + CLASS_PATH),
						null, files.getJavaFileObjectsFromPaths(paths.filter(Files::isRegularFile).toList()))
				.call();
			assertThat(compiled).as(messages.toString()).isTrue();
		}
	}

	/**
	 * Runs the tests. The exit status is the number of failures, or 100 without any test.
	 * @param arguments not used
	 */
	public static void main(String[] arguments) {
		SummaryGeneratingListener listener = new SummaryGeneratingListener();
		LauncherFactory.create()
			.execute(LauncherDiscoveryRequestBuilder.request()
				.selectors(TESTS.stream().map(DiscoverySelectors::selectClass).toList())
				.build(), listener);
		listener.getSummary().printFailuresTo(new PrintWriter(System.out), 100);
		System.exit((listener.getSummary().getTestsSucceededCount() > 0)
				? (int) listener.getSummary().getTotalFailureCount() : 100);
	}

}
