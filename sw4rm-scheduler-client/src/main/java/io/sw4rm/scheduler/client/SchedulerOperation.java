package io.sw4rm.scheduler.client;

import java.time.Duration;

import io.grpc.MethodDescriptor;

import io.sw4rm.scheduler.proto.SchedulerServiceGrpc;

/**
 * An operation of the scheduler. Each corresponds to an RPC of
 * {@code sw4rm.scheduler.SchedulerService} (specification 6.4.1).
 */
public enum SchedulerOperation {

	/**
	 * Submit a task for scheduling and execution.
	 */
	SUBMIT_TASK(SchedulerServiceGrpc.getSubmitTaskMethod(), Duration.ofSeconds(30)),

	/**
	 * Request a running task to yield.
	 */
	REQUEST_PREEMPTION(SchedulerServiceGrpc.getRequestPreemptionMethod(), Duration.ofSeconds(30)),

	/**
	 * Request an agent to shut down gracefully.
	 */
	SHUTDOWN_AGENT(SchedulerServiceGrpc.getShutdownAgentMethod(), Duration.ofSeconds(30)),

	/**
	 * Read the activity buffer of an agent.
	 */
	POLL_ACTIVITY_BUFFER(SchedulerServiceGrpc.getPollActivityBufferMethod(), Duration.ofSeconds(10)),

	/**
	 * Remove entries from the activity buffer of an agent.
	 */
	PURGE_ACTIVITY(SchedulerServiceGrpc.getPurgeActivityMethod(), Duration.ofSeconds(30));

	private final String methodName;

	private final Duration defaultDeadline;

	SchedulerOperation(MethodDescriptor<?, ?> method, Duration defaultDeadline) {
		String name = method.getBareMethodName();
		this.methodName = (name != null) ? name : method.getFullMethodName();
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
