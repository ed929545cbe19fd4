package io.sw4rm.scheduler.client;

import java.time.Duration;
import java.util.Collection;
import java.util.List;

import io.grpc.Metadata;

/**
 * {@link SchedulerClient} over gRPC.
 */
final class GrpcSchedulerClient implements SchedulerClient {

	private final SchedulerCalls calls;

	GrpcSchedulerClient(SchedulerCalls calls) {
		this.calls = calls;
	}

	@Override
	public SubmitTaskResult submitTask(TaskSubmission submission) {
		return this.calls.call(UnaryRequests.submitTask(submission, this.calls.payloadConverter()));
	}

	@Override
	public PreemptionResult requestPreemption(String agentId, String taskId, String reason) {
		return this.calls.call(UnaryRequests.requestPreemption(agentId, taskId, reason));
	}

	@Override
	public ShutdownResult shutdownAgent(String agentId) {
		return this.calls.call(UnaryRequests.shutdownAgent(agentId));
	}

	@Override
	public ShutdownResult shutdownAgent(String agentId, Duration gracePeriod) {
		return this.calls.call(UnaryRequests.shutdownAgent(agentId, gracePeriod));
	}

	@Override
	public List<ActivityEntry> pollActivityBuffer(String agentId) {
		return this.calls.call(UnaryRequests.pollActivityBuffer(agentId));
	}

	@Override
	public long purgeActivity(String agentId, Collection<String> taskIds) {
		UnaryRequest<?, ?, Long> request = UnaryRequests.purgeActivity(agentId, taskIds);
		return (request != null) ? this.calls.call(request) : 0;
	}

	@Override
	public long purgeAllActivity(String agentId) {
		return this.calls.call(UnaryRequests.purgeAllActivity(agentId));
	}

	@Override
	public SchedulerClient withDeadline(Duration deadline) {
		return new GrpcSchedulerClient(this.calls.withDeadline(deadline));
	}

	@Override
	public SchedulerClient withMetadata(Metadata metadata) {
		return new GrpcSchedulerClient(this.calls.withMetadata(metadata));
	}

}
