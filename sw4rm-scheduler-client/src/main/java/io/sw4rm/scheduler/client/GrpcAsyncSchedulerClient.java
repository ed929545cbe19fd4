package io.sw4rm.scheduler.client;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;

import io.grpc.Metadata;

/**
 * {@link AsyncSchedulerClient} over gRPC. Does not share the handling of invalid
 * arguments in a method that takes a lambda expression: that would be one more object for
 * each call.
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
			List<UnaryCall<?, ?, Long>> calls = this.calls.purgeActivity(agentId, taskIds);
			return (calls.size() == 1) ? calls.get(0).executeAsync() : new SequentialPurge(calls).start();
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

	UnaryCalls calls() {
		return this.calls;
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

}
