package io.sw4rm.scheduler.embedded;

import java.util.function.Consumer;
import java.util.stream.Stream;

import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static io.sw4rm.scheduler.embedded.TestClient.task;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class BlankIdentifierTests {

	@AutoClose
	private final EmbeddedScheduler scheduler = EmbeddedScheduler.start();

	@AutoClose
	private final TestClient client = new TestClient(this.scheduler);

	@ParameterizedTest
	@MethodSource("callsWithBlankAgentId")
	void blankAgentIdIsAnInvalidArgument(Consumer<TestClient> call) {
		assertInvalid(call, "agent_id must not be blank, got \"  \"");
		assertThat(this.scheduler.agentIds()).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", "\t" })
	void blankTaskIdOfAPreemptionIsAnInvalidArgument(String taskId) {
		assertInvalid((client) -> client.preempt("worker-1", taskId, ""),
				"task_id must not be blank, got \"%s\"".formatted(taskId));
	}

	static Stream<Named<Consumer<TestClient>>> callsWithBlankAgentId() {
		return Stream.of(Named.of("SubmitTask", (client) -> client.submit(task("  ", "t"))),
				Named.of("RequestPreemption", (client) -> client.preempt("  ", "t", "")),
				Named.of("ShutdownAgent", (client) -> client.shutDown("  ")),
				Named.of("PollActivityBuffer", (client) -> client.poll("  ")),
				Named.of("PurgeActivity", (client) -> client.purge("  ")));
	}

	private void assertInvalid(Consumer<TestClient> call, String description) {
		assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(() -> call.accept(this.client))
			.satisfies((ex) -> {
				assertThat(ex.getStatus().getCode()).isEqualTo(Code.INVALID_ARGUMENT);
				assertThat(ex.getStatus().getDescription()).isEqualTo(description);
			});
	}

}
