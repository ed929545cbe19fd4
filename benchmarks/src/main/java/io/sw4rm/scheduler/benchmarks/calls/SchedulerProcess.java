package io.sw4rm.scheduler.benchmarks.calls;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/**
 * A {@link CannedScheduler} in a process of its own, so that its memory and CPU time are
 * not measured. The process ends with this one, even if it is killed.
 */
public final class SchedulerProcess implements AutoCloseable {

	/**
	 * The program that starts a JVM of the same version.
	 */
	public static final String JAVA = Path.of(System.getProperty("java.home"), "bin", "java").toString();

	private final Process process;

	private final String address;

	/**
	 * Start the process.
	 */
	public SchedulerProcess() {
		try {
			this.process = new ProcessBuilder(JAVA, "-XX:+UseSerialGC", "-cp", System.getProperty("java.class.path"),
					CannedScheduler.class.getName())
				.redirectError(ProcessBuilder.Redirect.DISCARD)
				.start();
			this.address = "localhost:" + readPort();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private String readPort() throws IOException {
		BufferedReader output = this.process.inputReader();
		String port = output.readLine();
		if (port == null) {
			throw new IOException("The scheduler did not start");
		}
		return port;
	}

	/**
	 * Return the address of the scheduler.
	 * @return the host and port
	 */
	public String address() {
		return this.address;
	}

	@Override
	public void close() {
		this.process.destroy();
	}

}
