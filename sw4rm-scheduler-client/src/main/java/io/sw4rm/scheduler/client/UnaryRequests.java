package io.sw4rm.scheduler.client;

import java.time.Duration;
import java.util.Collection;
import java.util.List;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import org.jspecify.annotations.Nullable;

import io.sw4rm.scheduler.proto.PollActivityBufferRequest;
import io.sw4rm.scheduler.proto.PollActivityBufferResponse;
import io.sw4rm.scheduler.proto.PreemptRequest;
import io.sw4rm.scheduler.proto.PurgeActivityRequest;
import io.sw4rm.scheduler.proto.PurgeActivityResponse;
import io.sw4rm.scheduler.proto.SchedulerServiceGrpc;
import io.sw4rm.scheduler.proto.ShutdownAgentRequest;
import io.sw4rm.scheduler.proto.SubmitTaskRequest;

/**
 * Turns arguments into requests and answers into results: all that the client knows of
 * the protocol's messages. Bad arguments end here, before anything is sent.
 */
final class UnaryRequests {

	/**
	 * The longest duration that {@code google.protobuf.Duration} can hold.
	 */
	private static final Duration MAX_GRACE_PERIOD = Duration.ofSeconds(315_576_000_000L);

	private UnaryRequests() {
	}

	static UnaryRequest<?, ?, SubmitTaskResult> submitTask(TaskSubmission submission, PayloadConverter converter) {
		Checks.notNull(submission, "submission");
		String taskId = submission.taskId();
		return new UnaryRequest<>(SchedulerOperation.SUBMIT_TASK, SchedulerServiceGrpc.getSubmitTaskMethod(),
				SubmitTaskRequest.newBuilder()
					.setAgentId(submission.agentId())
					.setTaskId(taskId)
					.setPriority(submission.priority())
					.setParams(params(submission, converter))
					.setContentType(submission.contentType())
					.setScope(submission.scope())
					.build(),
				(response) -> new SubmitTaskResult(taskId, response.getAccepted(), response.getReason()));
	}

	private static ByteString params(TaskSubmission submission, PayloadConverter converter) {
		if (submission.params() instanceof ByteString bytes) {
			return bytes;
		}
		byte[] converted = converter.convert(submission.params(), submission.contentType());
		return UnsafeByteOperations.unsafeWrap(Checks.notNull(converted, "result of the PayloadConverter"));
	}

	static UnaryRequest<?, ?, PreemptionResult> requestPreemption(String agentId, String taskId, String reason) {
		return new UnaryRequest<>(SchedulerOperation.REQUEST_PREEMPTION,
				SchedulerServiceGrpc.getRequestPreemptionMethod(),
				PreemptRequest.newBuilder()
					.setAgentId(Checks.hasText(agentId, "agentId"))
					.setTaskId(Checks.hasText(taskId, "taskId"))
					.setReason(Checks.wellFormed(reason, "reason"))
					.build(),
				(response) -> new PreemptionResult(response.getEnqueued()));
	}

	static UnaryRequest<?, ?, ShutdownResult> shutdownAgent(String agentId) {
		return shutdown(ShutdownAgentRequest.newBuilder().setAgentId(Checks.hasText(agentId, "agentId")));
	}

	static UnaryRequest<?, ?, ShutdownResult> shutdownAgent(String agentId, Duration gracePeriod) {
		ShutdownAgentRequest.Builder request = ShutdownAgentRequest.newBuilder()
			.setAgentId(Checks.hasText(agentId, "agentId"));
		Checks.notNull(gracePeriod, "gracePeriod");
		if (gracePeriod.isNegative() || gracePeriod.compareTo(MAX_GRACE_PERIOD) > 0) {
			throw new IllegalArgumentException("gracePeriod must be in range [%s, %s], got %s".formatted(Duration.ZERO,
					MAX_GRACE_PERIOD, gracePeriod));
		}
		request.getGracePeriodBuilder().setSeconds(gracePeriod.getSeconds()).setNanos(gracePeriod.getNano());
		return shutdown(request);
	}

	private static UnaryRequest<?, ?, ShutdownResult> shutdown(ShutdownAgentRequest.Builder request) {
		return new UnaryRequest<>(SchedulerOperation.SHUTDOWN_AGENT, SchedulerServiceGrpc.getShutdownAgentMethod(),
				request.build(), (response) -> new ShutdownResult(response.getOk()));
	}

	static UnaryRequest<?, ?, List<ActivityEntry>> pollActivityBuffer(String agentId) {
		return new UnaryRequest<>(SchedulerOperation.POLL_ACTIVITY_BUFFER,
				SchedulerServiceGrpc.getPollActivityBufferMethod(),
				PollActivityBufferRequest.newBuilder().setAgentId(Checks.hasText(agentId, "agentId")).build(),
				UnaryRequests::entries);
	}

	private static List<ActivityEntry> entries(PollActivityBufferResponse response) {
		return response.getEntriesList()
			.stream()
			.map((entry) -> new ActivityEntry(entry.getTaskId(), entry.getRepoId(), entry.getWorktreeId(),
					entry.getBranch(), entry.getDescription(), entry.getTimestamp()))
			.toList();
	}

	/**
	 * Create the request to purge the entries of some tasks.
	 * @return the request, or {@code null} if there are no tasks: on the wire an empty
	 * list would purge everything
	 */
	static @Nullable UnaryRequest<?, ?, Long> purgeActivity(String agentId, Collection<String> taskIds) {
		Checks.notNull(taskIds, "taskIds");
		PurgeActivityRequest.Builder request = PurgeActivityRequest.newBuilder()
			.setAgentId(Checks.hasText(agentId, "agentId"));
		for (String taskId : taskIds) {
			request.addTaskIds(Checks.hasText(taskId, "taskIds[" + request.getTaskIdsCount() + "]"));
		}
		return (request.getTaskIdsCount() > 0) ? purge(request) : null;
	}

	static UnaryRequest<?, ?, Long> purgeAllActivity(String agentId) {
		return purge(PurgeActivityRequest.newBuilder().setAgentId(Checks.hasText(agentId, "agentId")));
	}

	private static UnaryRequest<?, ?, Long> purge(PurgeActivityRequest.Builder request) {
		return new UnaryRequest<>(SchedulerOperation.PURGE_ACTIVITY, SchedulerServiceGrpc.getPurgeActivityMethod(),
				request.build(), UnaryRequests::purged);
	}

	private static long purged(PurgeActivityResponse response) {
		return Integer.toUnsignedLong(response.getPurged());
	}

}
