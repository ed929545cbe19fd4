package io.sw4rm.scheduler.benchmarks.calls;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

import org.springframework.boot.SpringBootVersion;

/**
 * The machine and the JDK that measurements depend on.
 */
public final class Machine {

	private static final Path CPUS = Path.of("/proc/cpuinfo");

	private Machine() {
	}

	/**
	 * Describe the machine.
	 * @return the description, in one line
	 */
	public static String description() {
		return "JDK %s (%s), %s %s, %s with %d processors; Spring Boot %s".formatted(Runtime.version(),
				System.getProperty("java.vendor"), System.getProperty("os.name"), System.getProperty("os.arch"), cpu(),
				Runtime.getRuntime().availableProcessors(), SpringBootVersion.getVersion());
	}

	private static String cpu() {
		if (!Files.isReadable(CPUS)) {
			return "unknown CPU";
		}
		try (Stream<String> lines = Files.lines(CPUS)) {
			return lines.filter((line) -> line.startsWith("model name"))
				.map((line) -> line.substring(line.indexOf(':') + 1).strip())
				.findFirst()
				.orElse("unknown CPU");
		}
		catch (IOException ex) {
			return "unknown CPU";
		}
	}

}
