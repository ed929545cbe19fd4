package io.sw4rm.scheduler.smoke;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An application that runs from its jar in its own process.
 */
public final class PackagedApplication implements AutoCloseable {

	private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");

	private static final Pattern STARTED = Pattern.compile("Tomcat started on port (\\d+)");

	private static final int TIMEOUT_SECONDS = 60;

	private final StringBuffer log = new StringBuffer();

	private final CompletableFuture<Integer> port = new CompletableFuture<>();

	private final Process process;

	private final Thread logReader = new Thread(this::readLog, "log");

	private PackagedApplication(Process process) {
		this.process = process;
		this.logReader.start();
	}

	/**
	 * Start an application with a web server on any free port.
	 * @param jar the jar
	 * @param environment the environment variables, in addition to those of this process
	 * @param jvmOptions the options of the JVM
	 * @return the application, which may still be starting
	 */
	public static PackagedApplication start(Path jar, Map<String, String> environment, String... jvmOptions) {
		List<String> command = new ArrayList<>(List.of(JAVA.toString(), "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
		command.addAll(List.of(jvmOptions));
		command.addAll(List.of("-jar", jar.toString(), "--server.port=0"));
		ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
		builder.environment().putAll(environment);
		try {
			return new PackagedApplication(builder.start());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Wait until the web server of the application has started.
	 * @return its port
	 */
	public int awaitPort() {
		try {
			return this.port.get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
		}
		catch (ExecutionException | TimeoutException | InterruptedException ex) {
			throw new AssertionError("The application has not started:\n" + this.log, ex);
		}
	}

	/**
	 * Wait until the application has terminated because it could not start.
	 * @return what it has logged
	 */
	public String awaitFailure() {
		try {
			assertThat(this.process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)).as("terminated:\n%s", this.log)
				.isTrue();
			this.logReader.join();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
		assertThat(this.process.exitValue()).isNotZero();
		return this.log.toString();
	}

	/**
	 * Return what the application has logged so far.
	 * @return the log
	 */
	public String log() {
		return this.log.toString();
	}

	@Override
	public void close() {
		this.process.destroyForcibly();
	}

	private void readLog() {
		try (BufferedReader reader = this.process.inputReader()) {
			for (String line = reader.readLine(); line != null; line = reader.readLine()) {
				this.log.append(line).append('\n');
				Matcher started = STARTED.matcher(line);
				if (started.find()) {
					this.port.complete(Integer.valueOf(started.group(1)));
				}
			}
			this.port.completeExceptionally(new IOException("end of log"));
		}
		catch (IOException ex) {
			this.port.completeExceptionally(ex);
		}
	}

}
