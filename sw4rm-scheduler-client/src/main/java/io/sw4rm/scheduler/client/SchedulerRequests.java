package io.sw4rm.scheduler.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.UnsafeByteOperations;

import io.sw4rm.scheduler.proto.PollActivityBufferRequest;
import io.sw4rm.scheduler.proto.PreemptRequest;
import io.sw4rm.scheduler.proto.PurgeActivityRequest;
import io.sw4rm.scheduler.proto.ShutdownAgentRequest;
import io.sw4rm.scheduler.proto.SubmitTaskRequest;

/**
 * Creates request messages from arguments. Invalid arguments are rejected here, before
 * anything is sent.
 */
final class SchedulerRequests {

	/**
	 * The longest duration that {@code google.protobuf.Duration} can hold.
	 */
	private static final Duration MAX_GRACE_PERIOD = Duration.ofSeconds(315_576_000_000L);

	private SchedulerRequests() {
	}

	static SubmitTaskRequest submitTask(TaskSubmission submission, PayloadConverter converter) {
		Checks.notNull(submission, "submission");
		return SubmitTaskRequest.newBuilder()
			.setAgentId(submission.agentId())
			.setTaskId(submission.taskId())
			.setPriority(submission.priority())
			.setParams(params(submission, converter))
			.setContentType(submission.contentType())
			.setScope(submission.scope())
			.build();
	}

	private static ByteString params(TaskSubmission submission, PayloadConverter converter) {
		if (submission.params() instanceof ByteString bytes) {
			return bytes;
		}
		byte[] converted = converter.convert(submission.params(), submission.contentType());
		return UnsafeByteOperations.unsafeWrap(Checks.notNull(converted, "result of the PayloadConverter"));
	}

	static PreemptRequest requestPreemption(String agentId, String taskId, String reason) {
		return PreemptRequest.newBuilder()
			.setAgentId(Checks.hasText(agentId, "agentId"))
			.setTaskId(Checks.hasText(taskId, "taskId"))
			.setReason(Checks.wellFormed(reason, "reason"))
			.build();
	}

	static ShutdownAgentRequest shutdownAgent(String agentId) {
		return ShutdownAgentRequest.newBuilder().setAgentId(Checks.hasText(agentId, "agentId")).build();
	}

	static ShutdownAgentRequest shutdownAgent(String agentId, Duration gracePeriod) {
		ShutdownAgentRequest.Builder request = shutdownAgent(agentId).toBuilder();
		Checks.notNull(gracePeriod, "gracePeriod");
		if (gracePeriod.isNegative() || gracePeriod.compareTo(MAX_GRACE_PERIOD) > 0) {
			throw new IllegalArgumentException("gracePeriod must be in range [%s, %s], got %s".formatted(Duration.ZERO,
					MAX_GRACE_PERIOD, gracePeriod));
		}
		request.getGracePeriodBuilder().setSeconds(gracePeriod.getSeconds()).setNanos(gracePeriod.getNano());
		return request.build();
	}

	static PollActivityBufferRequest pollActivityBuffer(String agentId) {
		return PollActivityBufferRequest.newBuilder().setAgentId(Checks.hasText(agentId, "agentId")).build();
	}

	/**
	 * Create the requests to purge the entries of some tasks. Without tasks there is
	 * none: on the wire an empty list means "everything".
	 * @param maxSize the size of the largest request, in bytes, which a single task id
	 * may exceed
	 */
	static List<PurgeActivityRequest> purgeActivity(String agentId, Collection<String> taskIds, int maxSize) {
		PurgeActivityRequest empty = purgeAllActivity(agentId);
		List<PurgeActivityRequest> requests = new ArrayList<>(1);
		PurgeActivityRequest.Builder request = empty.toBuilder();
		long size = empty.getSerializedSize();
		int index = 0;
		for (String taskId : Checks.notNull(taskIds, "taskIds")) {
			Checks.hasText(taskId, "taskIds", index++);
			int taskIdSize = CodedOutputStream.computeStringSize(PurgeActivityRequest.TASK_IDS_FIELD_NUMBER, taskId);
			if (size + taskIdSize > maxSize && request.getTaskIdsCount() > 0) {
				requests.add(request.build());
				request = empty.toBuilder();
				size = empty.getSerializedSize();
			}
			request.addTaskIds(taskId);
			size += taskIdSize;
		}
		if (request.getTaskIdsCount() > 0) {
			requests.add(request.build());
		}
		return requests;
	}

	static PurgeActivityRequest purgeAllActivity(String agentId) {
		return PurgeActivityRequest.newBuilder().setAgentId(Checks.hasText(agentId, "agentId")).build();
	}

}
