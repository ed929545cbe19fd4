package io.sw4rm.scheduler.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import com.google.protobuf.ByteString;
import io.grpc.InsecureChannelCredentials;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.sw4rm.scheduler.proto.PreemptRequest;

import static io.sw4rm.scheduler.embedded.TestClient.task;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for an embedded scheduler whose JVM has 64 MB of memory, and so room for 16 MB of
 * payload and text, and for as much of unread answers.
 */
class SmallHeapTests {

	private Process process;

	private Path log;

	private String address;

	@BeforeEach
	void start(@TempDir Path directory) throws IOException {
		this.log = directory.resolve("log");
		this.process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx64m",
				"-cp", System.getProperty("java.class.path"), EmbeddedSchedulerMain.class.getName(), "--port=0")
			.redirectErrorStream(true)
			.redirectOutput(this.log.toFile())
			.start();
		String firstLine = Awaitility.await().until(this::log, (log) -> log.contains("\n")).lines().toList().get(0);
		this.address = firstLine.substring(firstLine.lastIndexOf(' ') + 1);
	}

	@AfterEach
	void stop() throws InterruptedException {
		this.process.destroyForcibly().waitFor();
	}

	@Test
	void refusesPayloadsThatItHasNoRoomForAndServesOn() {
		ByteString params = ByteString.copyFrom(new byte[3_000_000]);
		try (TestClient client = client()) {
			int accepted = 0;
			List<StatusRuntimeException> refusals = new ArrayList<>();
			for (int i = 0; i < 30; i++) {
				try {
					client.submit(task("worker-1", "large-" + i).setParams(params));
					accepted++;
				}
				catch (StatusRuntimeException ex) {
					refusals.add(ex);
				}
			}
			assertThat(accepted).isBetween(3, 5);
			assertThat(refusals).hasSize(30 - accepted).allSatisfy((ex) -> {
				assertThat(ex.getStatus().getCode()).isEqualTo(Code.RESOURCE_EXHAUSTED);
				assertThat(ex.getStatus().getDescription()).startsWith("memory limit reached: 30000");
			});
			assertThat(client.submit(task("worker-1", "small")).getAccepted()).isTrue();
			assertThat(client.poll("worker-1")).hasSize(accepted + 1);
		}
		assertThat(log()).doesNotContain("OutOfMemoryError");
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 50 })
	void answersOthersWhileManyClientsDoNotReadTheirAnswers(int connections) {
		List<TestClient> slowReaders = new ArrayList<>();
		try (TestClient client = client()) {
			for (int i = 0; i < 100; i++) {
				client.submit(task("worker-1", i + "x".repeat(12_000)));
			}
			for (int i = 0; i < connections; i++) {
				TestClient slowReader = TestClient.withLittleBuffer(this.address);
				slowReaders.add(slowReader);
				for (int j = 0; j < 500 / connections; j++) {
					slowReader.pollWithoutReading("worker-1");
				}
			}
			for (int i = 0; i < 300; i++) {
				assertThat(client.stub()
					.withDeadlineAfter(30, TimeUnit.SECONDS)
					.requestPreemption(PreemptRequest.newBuilder().setAgentId("worker-2").setTaskId("t").build())
					.getEnqueued()).isFalse();
			}
			assertThat(client.poll("worker-1")).hasSize(100);
		}
		finally {
			slowReaders.forEach(TestClient::close);
		}
		assertThat(log()).doesNotContain("OutOfMemoryError");
	}

	private TestClient client() {
		return new TestClient(this.address, InsecureChannelCredentials.create());
	}

	private String log() {
		try {
			return Files.readString(this.log);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
