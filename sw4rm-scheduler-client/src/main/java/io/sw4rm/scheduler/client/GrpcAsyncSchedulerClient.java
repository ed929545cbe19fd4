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

	private final UnaryCalls calls;

	GrpcAsyncSchedulerClient(UnaryCalls calls) {
		this.calls = calls;
	}

	@Override
	public CompletableFuture<SubmitTaskResult> submitTask(TaskSubmission submission) {
		try {
			return this.calls.submitTask(submission).executeAsync();
		}
		catch (Throwable ex) {
			return CompletableFuture.failedFuture(ex);
		}
	}

	@Override
	public CompletableFuture<PreemptionResult> requestPreemption(String agentId, String taskId, String reason) {
		try {
			return this.calls.requestPreemption(agentId, taskId, reason).executeAsync();
		}
		catch (Throwable ex) {
			return CompletableFuture.failedFuture(ex);
		}
	}

	@Override
	public CompletableFuture<ShutdownResult> shutdownAgent(String agentId) {
		try {
			return this.calls.shutdownAgent(agentId).executeAsync();
		}
		catch (Throwable ex) {
			return CompletableFuture.failedFuture(ex);
		}
	}

	@Override
	public CompletableFuture<ShutdownResult> shutdownAgent(String agentId, Duration gracePeriod) {
		try {
			return this.calls.shutdownAgent(agentId, gracePeriod).executeAsync();
		}
		catch (Throwable ex) {
			return CompletableFuture.failedFuture(ex);
		}
	}

	@Override
	public CompletableFuture<List<ActivityEntry>> pollActivityBuffer(String agentId) {
		try {
			return this.calls.pollActivityBuffer(agentId).executeAsync();
		}
		catch (Throwable ex) {
			return CompletableFuture.failedFuture(ex);
		}
	}

	@Override
	public CompletableFuture<Long> purgeActivity(String agentId, Collection<String> taskIds) {
		try {
			UnaryCall<?, ?, Long> call = this.calls.purgeActivity(agentId, taskIds);
			return (call != null) ? call.executeAsync() : CompletableFuture.completedFuture(0L);
		}
		catch (Throwable ex) {
			return CompletableFuture.failedFuture(ex);
		}
	}

	@Override
	public CompletableFuture<Long> purgeAllActivity(String agentId) {
		try {
			return this.calls.purgeAllActivity(agentId).executeAsync();
		}
		catch (Throwable ex) {
			return CompletableFuture.failedFuture(ex);
		}
	}

	@Override
	public AsyncSchedulerClient withDeadline(Duration deadline) {
		return new GrpcAsyncSchedulerClient(this.calls.withDeadline(deadline));
	}

	@Override
	public AsyncSchedulerClient withMetadata(Metadata metadata) {
		return new GrpcAsyncSchedulerClient(this.calls.withMetadata(metadata));
	}

	@Override
	public void close() {
		this.calls.close();
	}

}
