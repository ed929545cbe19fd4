package io.sw4rm.scheduler.benchmarks;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

import com.google.protobuf.ByteString;

import io.sw4rm.scheduler.client.TaskSubmission;
import io.sw4rm.scheduler.embedded.ScheduledTask;

/**
 * A task whose values are derived from its number, so that it can be verified later.
 *
 * @param number the number of the call that submits the task
 */
record SoakTask(int number) {

	static final List<String> AGENT_IDS = IntStream.range(0, 8).mapToObj((agent) -> "worker-" + agent).toList();

	private static final String ID_PREFIX = "task-";

	private static final Pattern ID = Pattern.compile(ID_PREFIX + "\\d{1,9}");

	private static final int[] PAYLOAD_SIZES = { 0, 24, 24, 24, 24, 100, 100, 500, 500, 500, 2_000, 2_000, 10_000,
			10_000, 30_000, 200_000, 24 };

	/**
	 * Return the number in a task's identifier.
	 * @param taskId the identifier
	 * @return the number, or empty if the identifier is not that of a soak task
	 */
	static OptionalInt number(String taskId) {
		return ID.matcher(taskId).matches() ? OptionalInt.of(Integer.parseInt(taskId.substring(ID_PREFIX.length())))
				: OptionalInt.empty();
	}

	String id() {
		return ID_PREFIX + this.number;
	}

	String agentId() {
		return AGENT_IDS.get(this.number % AGENT_IDS.size());
	}

	TaskSubmission submission() {
		return TaskSubmission.forAgent(agentId())
			.taskId(id())
			.priority(priority())
			.scope(scope())
			.params(payload())
			.contentType("application/octet-stream")
			.build();
	}

	boolean matches(ScheduledTask task) {
		return task.taskId().equals(id()) && task.agentId().equals(agentId()) && task.priority() == priority()
				&& task.scope().equals(scope()) && task.params().equals(payload())
				&& task.contentType().equals("application/octet-stream");
	}

	private int priority() {
		return this.number % 40 - 19;
	}

	private String scope() {
		return (this.number % 10 == 0) ? "soak." + this.number % 7 : "";
	}

	private ByteString payload() {
		byte[] payload = new byte[PAYLOAD_SIZES[this.number % PAYLOAD_SIZES.length]];
		Arrays.fill(payload, (byte) (this.number % 251));
		return ByteString.copyFrom(payload);
	}

}
