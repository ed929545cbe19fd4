package io.sw4rm.scheduler.client;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.function.Supplier;

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
		return execute(() -> this.calls.submitTask(submission));
	}

	@Override
	public CompletableFuture<PreemptionResult> requestPreemption(String agentId, String taskId, String reason) {
		return execute(() -> this.calls.requestPreemption(agentId, taskId, reason));
	}

	@Override
	public CompletableFuture<ShutdownResult> shutdownAgent(String agentId) {
		return execute(() -> this.calls.shutdownAgent(agentId));
	}

	@Override
	public CompletableFuture<ShutdownResult> shutdownAgent(String agentId, Duration gracePeriod) {
		return execute(() -> this.calls.shutdownAgent(agentId, gracePeriod));
	}

	@Override
	public CompletableFuture<List<ActivityEntry>> pollActivityBuffer(String agentId) {
		return execute(() -> this.calls.pollActivityBuffer(agentId));
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
		return execute(() -> this.calls.purgeAllActivity(agentId));
	}

	@Override
	public ActivityWatch watchActivity(String agentId, ActivityListener listener) {
		return watchActivity(agentId, this.calls.watchOptions(), listener);
	}

	@Override
	public ActivityWatch watchActivity(String agentId, WatchOptions options, ActivityListener listener) {
		return PollingActivityWatch.start(this.calls, agentId, options, listener);
	}

	@Override
	public CompletableFuture<ActivityEntry> awaitActivity(String agentId, String taskId,
			Predicate<? super ActivityEntry> condition) {
		return awaitActivity(agentId, taskId, condition, this.calls.watchOptions());
	}

	@Override
	public CompletableFuture<ActivityEntry> awaitActivity(String agentId, String taskId,
			Predicate<? super ActivityEntry> condition, WatchOptions options) {
		try {
			return ActivityAwaiter.start(this.calls, agentId, taskId, condition, options);
		}
		catch (Throwable ex) {
			return CompletableFuture.failedFuture(ex);
		}
	}

	/**
	 * Return what makes the calls, for the reactive client.
	 */
	UnaryCalls calls() {
		return this.calls;
	}

	@Override
	public GrpcAsyncSchedulerClient withDeadline(Duration deadline) {
		return new GrpcAsyncSchedulerClient(this.calls.withDeadline(deadline));
	}

	@Override
	public GrpcAsyncSchedulerClient withMetadata(Metadata metadata) {
		return new GrpcAsyncSchedulerClient(this.calls.withMetadata(metadata));
	}

	@Override
	public void close() {
		this.calls.close();
	}

	private static <R> CompletableFuture<R> execute(Supplier<UnaryCall<?, ?, R>> call) {
		try {
			return call.get().executeAsync();
		}
		catch (Throwable ex) {
			return CompletableFuture.failedFuture(ex);
		}
	}

}
