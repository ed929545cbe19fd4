package io.sw4rm.scheduler.embedded;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.grpc.InsecureChannelCredentials;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static io.sw4rm.scheduler.embedded.TestClient.task;
import static org.assertj.core.api.Assertions.assertThat;

class EmbeddedSchedulerMainTests {

	private @Nullable Process process;

	@AfterEach
	void endProcess() {
		if (this.process != null) {
			this.process.destroyForcibly();
		}
	}

	@Test
	void servesClientsUntilItIsTerminated() throws Exception {
		Process process = start("--port=0", "--address=127.0.0.1");
		BufferedReader log = process.inputReader();
		String line = log.readLine();
		assertThat(line).contains("INFO").containsPattern("listens on 127\\.0\\.0\\.1:\\d+$");
		String address = line.substring(line.lastIndexOf(' ') + 1);
		try (TestClient client = new TestClient(address, InsecureChannelCredentials.create())) {
			assertThat(client.submit(task("worker-1", "t")).getAccepted()).isTrue();
			// Process.destroy() would close the log too
			process.toHandle().destroy();
			assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
			// 128 + SIGTERM
			assertThat(process.exitValue()).isEqualTo(143);
			assertThat(log.readLine()).isNull();
		}
	}

	@Test
	void endsWithAMessageWhenThePortIsTaken() throws Exception {
		try (EmbeddedScheduler scheduler = EmbeddedScheduler.start()) {
			Process process = start("--port=" + scheduler.port());
			assertThat(process.inputReader().readLine()).contains("can't listen on " + scheduler.address());
			assertThat(process.waitFor()).isOne();
		}
	}

	@ParameterizedTest
	@CsvSource({ "--port=65536, 65536", "--port=-1, -1", "--port=http, http", "--port=, '\"\"'", "--port, --port",
			"--address=, 'address'", "--verbose, --verbose", "50053, 50053" })
	void endsWithUsageWhenAnArgumentIsWrong(String argument, String named) throws Exception {
		Process process = start(argument);
		assertThat(process.inputReader().lines()).satisfies(
				(lines) -> assertThat(lines.get(0)).startsWith("Invalid argument: ").contains(named),
				(lines) -> assertThat(lines).anyMatch((line) -> line.contains("--port=<port>")));
		assertThat(process.waitFor()).isEqualTo(2);
	}

	@Test
	void showsItsOptions() throws Exception {
		Process process = start("--port=0", "--help");
		assertThat(process.inputReader().lines()).anyMatch((line) -> line.contains("--port=<port>"))
			.anyMatch((line) -> line.contains("--address=<host>"))
			.noneMatch((line) -> line.contains("listens on"));
		assertThat(process.waitFor()).isZero();
	}

	private Process start(String... args) throws IOException {
		List<String> command = new ArrayList<>(
				List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
						System.getProperty("java.class.path"), EmbeddedSchedulerMain.class.getName()));
		command.addAll(List.of(args));
		this.process = new ProcessBuilder(command).redirectErrorStream(true).start();
		return this.process;
	}

}
