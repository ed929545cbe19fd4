package io.sw4rm.scheduler.client;

import java.time.Duration;

/**
 * An operation of the scheduler. Each corresponds to an RPC of
 * {@code sw4rm.scheduler.SchedulerService} (specification 6.4.1).
 *
 * @since 0.1.0
 */
public enum SchedulerOperation {

	/**
	 * Submit a task for scheduling and execution.
	 */
	SUBMIT_TASK("SubmitTask", Duration.ofSeconds(30)),

	/**
	 * Request a running task to yield.
	 */
	REQUEST_PREEMPTION("RequestPreemption", Duration.ofSeconds(30)),

	/**
	 * Request an agent to shut down gracefully.
	 */
	SHUTDOWN_AGENT("ShutdownAgent", Duration.ofSeconds(30)),

	/**
	 * Read the activity buffer of an agent.
	 */
	POLL_ACTIVITY_BUFFER("PollActivityBuffer", Duration.ofSeconds(10)),

	/**
	 * Remove entries from the activity buffer of an agent.
	 */
	PURGE_ACTIVITY("PurgeActivity", Duration.ofSeconds(30));

	private final String methodName;

	private final Duration defaultDeadline;

	// Does not load the generated messages, which the start of an application does not
	// need
	SchedulerOperation(String methodName, Duration defaultDeadline) {
		this.methodName = methodName;
		this.defaultDeadline = defaultDeadline;
	}

	/**
	 * Return the name of the RPC, such as {@code SubmitTask}.
	 * @return the bare gRPC method name
	 */
	public String methodName() {
		return this.methodName;
	}

	/**
	 * Return the deadline that applies when none is configured: 10 seconds for
	 * {@link #POLL_ACTIVITY_BUFFER}, 30 seconds for all others (timeout profiles of
	 * SW4-002).
	 * @return the default deadline
	 */
	public Duration defaultDeadline() {
		return this.defaultDeadline;
	}

}
