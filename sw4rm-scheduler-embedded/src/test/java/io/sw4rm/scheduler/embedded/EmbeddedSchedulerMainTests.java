package io.sw4rm.scheduler.embedded;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

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

	/**
	 * The image itself is not built.
	 */
	@Test
	void dockerfileStartsItOnItsPortOfAllAddressesWithoutRoot() throws Exception {
		Map<String, String> instructions = Files.readAllLines(Path.of("Dockerfile"))
			.stream()
			.filter((line) -> !line.isBlank() && !line.startsWith("#"))
			.map((line) -> line.split(" ", 2))
			.collect(Collectors.toMap((words) -> words[0], (words) -> words[1]));
		assertThat(instructions).containsOnlyKeys("FROM", "COPY", "USER", "EXPOSE", "ENTRYPOINT")
			.containsEntry("EXPOSE", "50053")
			.hasEntrySatisfying("USER", (user) -> assertThat(user).matches("[1-9]\\d*:[1-9]\\d*"));
		List<String> command = Pattern.compile("\"([^\"]+)\"")
			.matcher(instructions.get("ENTRYPOINT"))
			.results()
			.map((match) -> match.group(1))
			.toList();
		String jar = instructions.get("COPY").replaceFirst(".* ", "");
		assertThat(command).containsSequence("-jar", jar);
		List<String> arguments = command.subList(command.indexOf(jar) + 1, command.size());
		assertThat(arguments).containsExactly("--address=0.0.0.0");
		Process process = start(arguments.get(0), "--port=0");
		assertThat(process.inputReader().readLine()).contains("listens on localhost:");
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
