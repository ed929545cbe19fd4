package io.sw4rm.scheduler.embedded;

import io.grpc.MethodDescriptor;

import io.sw4rm.scheduler.proto.SchedulerServiceGrpc;

/**
 * The operations of {@code sw4rm.scheduler.SchedulerService}, for which {@link Faults}
 * can be scripted.
 */
public enum Operation {

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

	private final String fullMethodName;

	Operation(MethodDescriptor<?, ?> method) {
		this.fullMethodName = method.getFullMethodName();
	}

	static Operation of(MethodDescriptor<?, ?> method) {
		for (Operation operation : values()) {
			if (operation.fullMethodName.equals(method.getFullMethodName())) {
				return operation;
			}
		}
		throw new IllegalArgumentException("method must belong to SchedulerService, got " + method.getFullMethodName());
	}

}
