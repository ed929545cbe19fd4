package io.sw4rm.scheduler.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Tests that a client in another language, generated from the same protocol file, drives
 * all five operations.
 */
class PythonClientTests {

	private static final String PYTHON = "/usr/bin/python3";

	private static final Path PROTOCOL = Path.of("../proto/src/main/proto");

	@Test
	void drivesAllOperations(@TempDir Path stubs) throws Exception {
		assumeTrue(Files.isExecutable(Path.of(PYTHON)) && run(PYTHON, "-c", "import grpc, grpc_tools").waitFor() == 0,
				"needs gRPC for Python: apt-get install python3-grpcio python3-grpc-tools");
		assertThat(output(PYTHON, "-m", "grpc_tools.protoc", "-I" + PROTOCOL, "--python_out=" + stubs,
				"--grpc_python_out=" + stubs, "sw4rm/scheduler/scheduler.proto"))
			.isEmpty();
		try (EmbeddedScheduler scheduler = EmbeddedScheduler.start()) {
			assertThat(output(PYTHON, "src/test/python/drive_scheduler.py", stubs.toString(), scheduler.address()))
				.containsExactly("accepted: True ",
						"accepted: False task \"task-123\" is already queued; choose another task_id or wait until it has finished",
						"enqueued: True", "entries: ['task-123']", "purged: 1", "ok: True",
						"refused: INVALID_ARGUMENT priority must be in range [-19, 20], got 21");
		}
	}

	private static List<String> output(String... command) throws IOException {
		Process process = run(command);
		return process.inputReader().lines().toList();
	}

	private static Process run(String... command) throws IOException {
		return new ProcessBuilder(command).redirectErrorStream(true).start();
	}

}
