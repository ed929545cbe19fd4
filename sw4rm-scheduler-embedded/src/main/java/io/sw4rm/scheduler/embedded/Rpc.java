package io.sw4rm.scheduler.embedded;

import java.util.Objects;

import io.grpc.MethodDescriptor;

import io.sw4rm.scheduler.proto.SchedulerServiceGrpc;

/**
 * The RPCs of {@code sw4rm.scheduler.SchedulerService}, for which {@link Faults} can be
 * configured and whose calls are counted.
 *
 * @since 0.1.0
 */
public enum Rpc {

	/**
	 * {@code SubmitTask}.
	 */
	SUBMIT_TASK(SchedulerServiceGrpc.getSubmitTaskMethod()),

	/**
	 * {@code RequestPreemption}.
	 */
	REQUEST_PREEMPTION(SchedulerServiceGrpc.getRequestPreemptionMethod()),

	/**
	 * {@code ShutdownAgent}.
	 */
	SHUTDOWN_AGENT(SchedulerServiceGrpc.getShutdownAgentMethod()),

	/**
	 * {@code PollActivityBuffer}.
	 */
	POLL_ACTIVITY_BUFFER(SchedulerServiceGrpc.getPollActivityBufferMethod()),

	/**
	 * {@code PurgeActivity}.
	 */
	PURGE_ACTIVITY(SchedulerServiceGrpc.getPurgeActivityMethod());

	private final MethodDescriptor<?, ?> method;

	Rpc(MethodDescriptor<?, ?> method) {
		this.method = method;
	}

	/**
	 * Return the name of the method in the protocol.
	 * @return the name, such as {@code SubmitTask}
	 */
	public String methodName() {
		return Objects.requireNonNull(this.method.getBareMethodName());
	}

	static Rpc of(MethodDescriptor<?, ?> method) {
		for (Rpc rpc : values()) {
			if (rpc.method.getFullMethodName().equals(method.getFullMethodName())) {
				return rpc;
			}
		}
		throw new IllegalArgumentException("method must belong to SchedulerService, got " + method.getFullMethodName());
	}

}
