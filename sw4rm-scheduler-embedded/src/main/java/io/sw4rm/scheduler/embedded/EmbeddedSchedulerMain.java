package io.sw4rm.scheduler.embedded;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/**
 * Runs an {@link EmbeddedScheduler} alone, for clients in other languages. With this
 * module's jar and its dependencies in the folder {@code lib}:
 *
 * <pre class="code">
 * java -cp "lib/*" io.sw4rm.scheduler.embedded.EmbeddedSchedulerMain --port=50053
 * </pre>
 *
 * <p>
 * Options are {@code --port=} (50053 unless given; 0 takes any free one) and
 * {@code --address=} ({@code localhost} unless given; {@code 0.0.0.0} lets other machines
 * connect). The address is logged once the scheduler can be called. It stops gracefully
 * on SIGTERM and Ctrl+C. The exit code is 2 when an argument is wrong and 1 when the
 * scheduler can't listen on its address.
 */
public final class EmbeddedSchedulerMain {

	private static final int DEFAULT_PORT = 50053;

	private static final String USAGE = "Usage: EmbeddedSchedulerMain [--port=0..65535] [--address=HOST]";

	private EmbeddedSchedulerMain() {
	}

	/**
	 * Run the scheduler until the process is told to end.
	 * @param args the options
	 * @throws InterruptedException if the main thread is interrupted
	 */
	public static void main(String[] args) throws InterruptedException {
		if (System.getProperty("java.util.logging.SimpleFormatter.format") == null) {
			System.setProperty("java.util.logging.SimpleFormatter.format", "%1$tFT%1$tT %4$s %5$s%6$s%n");
		}
		int exitCode = run(System.getLogger(EmbeddedSchedulerMain.class.getName()), args);
		if (exitCode != 0) {
			System.exit(exitCode);
		}
	}

	private static int run(Logger logger, String... args) throws InterruptedException {
		EmbeddedScheduler.Builder builder;
		try {
			builder = parse(args);
		}
		catch (IllegalArgumentException ex) {
			logger.log(Level.ERROR, ex.getMessage() + ". " + USAGE);
			return 2;
		}
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
				throw new IllegalArgumentException("unknown argument \"%s\"".formatted(arg));
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
