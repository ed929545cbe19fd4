package io.sw4rm.scheduler.client;

import java.util.List;

import com.google.protobuf.MessageLite;
import io.grpc.MethodDescriptor;

import io.sw4rm.scheduler.proto.PollActivityBufferRequest;
import io.sw4rm.scheduler.proto.PollActivityBufferResponse;
import io.sw4rm.scheduler.proto.PreemptRequest;
import io.sw4rm.scheduler.proto.PreemptResponse;
import io.sw4rm.scheduler.proto.PurgeActivityRequest;
import io.sw4rm.scheduler.proto.PurgeActivityResponse;
import io.sw4rm.scheduler.proto.SchedulerServiceGrpc;
import io.sw4rm.scheduler.proto.ShutdownAgentRequest;
import io.sw4rm.scheduler.proto.ShutdownAgentResponse;
import io.sw4rm.scheduler.proto.SubmitTaskRequest;
import io.sw4rm.scheduler.proto.SubmitTaskResponse;

/**
 * The gRPC method of an operation, and how its response is converted to a result.
 *
 * @param <Q> the request message
 * @param <S> the response message
 * @param <R> the result
 * @param operation the operation
 * @param descriptor the gRPC method
 * @param reader reads the response to a call
 */
record SchedulerMethod<Q extends MessageLite, S, R>(SchedulerOperation operation, MethodDescriptor<Q, S> descriptor,
		ResponseReader<S, R> reader) {

	static final SchedulerMethod<SubmitTaskRequest, SubmitTaskResponse, SubmitTaskResult> SUBMIT_TASK = new SchedulerMethod<>(
			SchedulerOperation.SUBMIT_TASK, SchedulerServiceGrpc.getSubmitTaskMethod(), SchedulerMethod::submission);

	static final SchedulerMethod<PreemptRequest, PreemptResponse, PreemptionResult> REQUEST_PREEMPTION = new SchedulerMethod<>(
			SchedulerOperation.REQUEST_PREEMPTION, SchedulerServiceGrpc.getRequestPreemptionMethod(),
			(response, call) -> new PreemptionResult(response.getEnqueued()));

	static final SchedulerMethod<ShutdownAgentRequest, ShutdownAgentResponse, ShutdownResult> SHUTDOWN_AGENT = new SchedulerMethod<>(
			SchedulerOperation.SHUTDOWN_AGENT, SchedulerServiceGrpc.getShutdownAgentMethod(),
			(response, call) -> new ShutdownResult(response.getOk()));

	static final SchedulerMethod<PollActivityBufferRequest, PollActivityBufferResponse, List<ActivityEntry>> POLL_ACTIVITY_BUFFER = new SchedulerMethod<>(
			SchedulerOperation.POLL_ACTIVITY_BUFFER, SchedulerServiceGrpc.getPollActivityBufferMethod(),
			(response, call) -> entries(response));

	/** The number is unsigned on the wire. */
	static final SchedulerMethod<PurgeActivityRequest, PurgeActivityResponse, Long> PURGE_ACTIVITY = new SchedulerMethod<>(
			SchedulerOperation.PURGE_ACTIVITY, SchedulerServiceGrpc.getPurgeActivityMethod(),
			(response, call) -> Integer.toUnsignedLong(response.getPurged()));

	private static SubmitTaskResult submission(SubmitTaskResponse response, UnaryCall<?, ?, ?> call) {
		return new SubmitTaskResult(String.valueOf(call.taskId()), response.getAccepted(), response.getReason(),
				Math.max(call.attempts(), 1));
	}

	private static List<ActivityEntry> entries(PollActivityBufferResponse response) {
		return response.getEntriesList()
			.stream()
			.map((entry) -> new ActivityEntry(entry.getTaskId(), entry.getRepoId(), entry.getWorktreeId(),
					entry.getBranch(), entry.getDescription(), entry.getTimestamp()))
			.toList();
	}

	/**
	 * Reads a response.
	 *
	 * @param <S> the response message
	 * @param <R> the result
	 */
	@FunctionalInterface
	interface ResponseReader<S, R> {

		R read(S response, UnaryCall<?, ?, ?> call);

	}

}
