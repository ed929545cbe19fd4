package io.sw4rm.scheduler.embedded;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;

/**
 * Runs a standalone {@link EmbeddedScheduler}, for clients in other languages. The build
 * of this module creates a jar for it:
 *
 * <pre class="code">
 * mvn -q -pl sw4rm-scheduler-embedded -am package -DskipTests
 * java -jar sw4rm-scheduler-embedded/target/*-runnable.jar --port=50053
 * </pre>
 *
 * <p>
 * {@code --help} prints the options. The address is logged when the scheduler is ready.
 * It stops gracefully on SIGTERM and Ctrl+C. The exit code is 0 after {@code --help}, 1
 * if the scheduler can't listen on its address, and 2 if an argument is invalid.
 *
 * @since 0.1.0
 */
public final class EmbeddedSchedulerMain {

	private static final int DEFAULT_PORT = 50053;

	private static final String USAGE = """
			Runs an in-memory SW4RM scheduler for development and tests.

			Options:
			  --port=<port>     Port to listen on, 0 to 65535; 0 selects any free one. Default: 50053
			  --address=<host>  Host name or IP address of this machine to listen on.
			                    0.0.0.0 lets other machines connect. Default: localhost
			  --help            Show this text
			""";

	private EmbeddedSchedulerMain() {
	}

	/**
	 * Run the scheduler until the process is terminated.
	 * @param args the options
	 * @throws InterruptedException if the main thread is interrupted
	 */
	public static void main(String[] args) throws InterruptedException {
		if (System.getProperty("java.util.logging.SimpleFormatter.format") == null) {
			System.setProperty("java.util.logging.SimpleFormatter.format", "%1$tFT%1$tT %4$s %5$s%6$s%n");
		}
		int exitCode = run(args);
		if (exitCode != 0) {
			System.exit(exitCode);
		}
	}

	private static int run(String... args) throws InterruptedException {
		if (List.of(args).contains("--help")) {
			System.out.print(USAGE);
			return 0;
		}
		EmbeddedScheduler.Builder builder;
		try {
			builder = parse(args);
		}
		catch (IllegalArgumentException ex) {
			System.err.println("Invalid argument: " + ex.getMessage() + System.lineSeparator());
			System.err.print(USAGE);
			return 2;
		}
		Logger logger = System.getLogger(EmbeddedSchedulerMain.class.getName());
		try (EmbeddedScheduler scheduler = builder.start()) {
			Runtime.getRuntime().addShutdownHook(new Thread(scheduler::close, "shutdown"));
			logger.log(Level.INFO, "SW4RM embedded scheduler listens on " + scheduler.address());
			scheduler.awaitTermination();
			return 0;
		}
		catch (EmbeddedSchedulerStartException ex) {
			logger.log(Level.ERROR, ex.getMessage());
			return 1;
		}
	}

	private static EmbeddedScheduler.Builder parse(String... args) {
		EmbeddedScheduler.Builder builder = EmbeddedScheduler.builder().port(DEFAULT_PORT);
		for (String arg : args) {
			if (arg.startsWith("--port=")) {
				builder.port(parsePort(arg.substring("--port=".length())));
			}
			else if (arg.startsWith("--address=")) {
				builder.address(arg.substring("--address=".length()));
			}
			else {
				throw new IllegalArgumentException("unknown option \"%s\"".formatted(arg));
			}
		}
		return builder;
	}

	private static int parsePort(String port) {
		try {
			return Integer.parseInt(port);
		}
		catch (NumberFormatException ex) {
			throw new IllegalArgumentException("'port' must be in range [0, 65535], got \"%s\"".formatted(port), ex);
		}
	}

}
