package io.sw4rm.scheduler.integration;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

import io.sw4rm.scheduler.client.SchedulerClient;
import io.sw4rm.scheduler.client.SchedulerException;
import io.sw4rm.scheduler.embedded.EmbeddedScheduler;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for applications with versions of gRPC and Netty that don't fit together.
 */
@Timeout(180)
class LibraryMismatchTests {

	private static final Path OLD_LIBRARIES = Path.of("target", "old-libraries");

	@Test
	void runsWithLibrariesThatFit() throws Exception {
		assertThat(run(JavaProcess.CLASS_PATH)).contains("Activity: []");
	}

	@Test
	void doesNotStartWithOldNetty() throws Exception {
		assertThat(run(classPathWithOld("netty-common"))).contains("APPLICATION FAILED TO START")
			.contains("NoClassDefFoundError: io/netty/util/concurrent/")
			.contains("Remove the properties 'grpc-java.version' and 'netty.version'");
	}

	@Test
	void doesNotStartWithOldGrpc() throws Exception {
		assertThat(run(classPathWithOld("grpc-core"))).contains("APPLICATION FAILED TO START")
			.contains("'void io.grpc.internal.")
			.contains("grpc-core-1.60.0.jar")
			.contains("Correct the classpath of your application");
	}

	@Test
	void failsFirstCallAtOnceWhenLibraryIsMissing() throws Exception {
		assertThat(run(classPathWithout("netty-handler"), "--sw4rm.scheduler.deadline=1h"))
			.contains("Failure: PollActivityBuffer at ")
			.contains("The gRPC and Netty libraries on the class path are incompatible");
	}

	@Test
	void doesNotStartWhenLibraryIsMissingAndApplicationMustReachScheduler() throws Exception {
		assertThat(run(classPathWithout("netty-handler"), "--sw4rm.scheduler.startup=fail-fast"))
			.contains("APPLICATION FAILED TO START")
			.contains("NoClassDefFoundError: io/netty/handler/logging/LogLevel")
			.contains("Remove the properties 'grpc-java.version' and 'netty.version'");
	}

	@Test
	void saysThatTransportIsMissing() throws Exception {
		assertThat(run(classPathWithout("grpc-netty"))).contains("APPLICATION FAILED TO START")
			.contains("there is no gRPC channel to the scheduler");
	}

	private String run(String classPath, String... arguments) throws IOException, InterruptedException {
		try (EmbeddedScheduler scheduler = EmbeddedScheduler.start()) {
			String[] options = Stream
				.concat(Stream.of(Application.class.getName(), "--sw4rm.scheduler.address=" + scheduler.address(),
						// A channel that failed in the transport's code never ends by
						// itself
						"--sw4rm.scheduler.shutdown-grace-period=100ms"), Arrays.stream(arguments))
				.toArray(String[]::new);
			try (JavaProcess process = JavaProcess.start(classPath, Map.of(), options)) {
				return process.awaitEnd();
			}
		}
	}

	private static String classPathWithOld(String library) throws IOException {
		try (Stream<Path> jars = Files.list(OLD_LIBRARIES)) {
			return jars.filter((jar) -> is(library, jar)).findAny().orElseThrow() + File.pathSeparator
					+ classPathWithout(library);
		}
	}

	private static String classPathWithout(String library) {
		return Arrays.stream(JavaProcess.CLASS_PATH.split(File.pathSeparator))
			.filter((path) -> !is(library, Path.of(path)))
			.collect(Collectors.joining(File.pathSeparator));
	}

	private static boolean is(String library, Path jar) {
		return jar.getFileName().toString().matches(library + "-\\d.*");
	}

	/**
	 * The application, which has a JVM of its own.
	 */
	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		Application(SchedulerClient client) {
		}

		public static void main(String[] args) {
			try (ConfigurableApplicationContext context = SpringApplication.run(Application.class, args)) {
				System.out.println("Activity: " + context.getBean(SchedulerClient.class).pollActivityBuffer("agent-1"));
			}
			catch (SchedulerException ex) {
				System.out.println("Failure: " + ex.getMessage());
			}
		}

	}

}
