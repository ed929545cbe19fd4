package io.sw4rm.scheduler.client;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import io.grpc.Metadata;

/**
 * {@link AsyncSchedulerClient} over gRPC.
 */
final class GrpcAsyncSchedulerClient implements AsyncSchedulerClient {

	private final SchedulerCalls calls;

	GrpcAsyncSchedulerClient(SchedulerCalls calls) {
		this.calls = calls;
	}

	@Override
	public CompletableFuture<SubmitTaskResult> submitTask(TaskSubmission submission) {
		return this.calls.callAsync(UnaryRequests.submitTask(submission, this.calls.payloadConverter()));
	}

	@Override
	public CompletableFuture<PreemptionResult> requestPreemption(String agentId, String taskId, String reason) {
		return this.calls.callAsync(UnaryRequests.requestPreemption(agentId, taskId, reason));
	}

	@Override
	public CompletableFuture<ShutdownResult> shutdownAgent(String agentId) {
		return this.calls.callAsync(UnaryRequests.shutdownAgent(agentId));
	}

	@Override
	public CompletableFuture<ShutdownResult> shutdownAgent(String agentId, Duration gracePeriod) {
		return this.calls.callAsync(UnaryRequests.shutdownAgent(agentId, gracePeriod));
	}

	@Override
	public CompletableFuture<List<ActivityEntry>> pollActivityBuffer(String agentId) {
		return this.calls.callAsync(UnaryRequests.pollActivityBuffer(agentId));
	}

	@Override
	public CompletableFuture<Long> purgeActivity(String agentId, Collection<String> taskIds) {
		UnaryRequest<?, ?, Long> request = UnaryRequests.purgeActivity(agentId, taskIds);
		return (request != null) ? this.calls.callAsync(request) : CompletableFuture.completedFuture(0L);
	}

	@Override
	public CompletableFuture<Long> purgeAllActivity(String agentId) {
		return this.calls.callAsync(UnaryRequests.purgeAllActivity(agentId));
	}

	@Override
	public AsyncSchedulerClient withDeadline(Duration deadline) {
		return new GrpcAsyncSchedulerClient(this.calls.withDeadline(deadline));
	}

	@Override
	public AsyncSchedulerClient withMetadata(Metadata metadata) {
		return new GrpcAsyncSchedulerClient(this.calls.withMetadata(metadata));
	}

}
