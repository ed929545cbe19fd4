package io.sw4rm.scheduler.benchmarks.calls;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * The arguments of measured calls.
 *
 * @param params the parameters of a submitted task: bytes, or an object that is sent as
 * JSON
 * @param polledAgent the agent whose activity buffer is polled
 */
record CallArguments(Object params, String polledAgent) {

	static final String AGENT = "worker-1";

	static final String TASK = "task-1";

	static final String REASON = "benchmark";

	static final Duration GRACE_PERIOD = Duration.ofSeconds(5);

	static final List<String> PURGED_TASKS = List.of(TASK);

	/**
	 * Parameters of 24 bytes, and an activity buffer with one entry.
	 */
	static final CallArguments DEFAULT = payload(24);

	static CallArguments payload(int bytes) {
		return new CallArguments(new byte[bytes], CannedScheduler.agentWithBuffer(1));
	}

	static CallArguments json() {
		return new CallArguments(Map.of("action", "process"), CannedScheduler.agentWithBuffer(1));
	}

	static CallArguments buffer(int entries) {
		return new CallArguments(new byte[0], CannedScheduler.agentWithBuffer(entries));
	}

}
