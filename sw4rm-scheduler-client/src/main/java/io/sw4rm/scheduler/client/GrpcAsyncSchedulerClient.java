package io.sw4rm.scheduler.client;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;

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
	public TaskBatch submitAll(Iterable<? extends TaskSubmission> tasks, BatchOptions options,
			Consumer<? super TaskOutcome> consumer) {
		return AsyncBatch.start(this.calls, options, tasks, consumer);
	}

	@Override
	public TaskBatch submitAll(Stream<? extends TaskSubmission> tasks, BatchOptions options,
			Consumer<? super TaskOutcome> consumer) {
		return AsyncBatch.start(this.calls, options, tasks, consumer);
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
			List<UnaryCall<?, ?, Long>> calls = this.calls.purgeActivity(agentId, taskIds);
			return (calls.size() == 1) ? calls.get(0).executeAsync() : new SequentialPurge(calls).start();
		}
		catch (Throwable ex) {
			return CompletableFuture.failedFuture(ex);
		}
	}

	@Override
	public CompletableFuture<Long> purgeAllActivity(String agentId) {
		return execute(() -> this.calls.purgeAllActivity(agentId));
	}

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
