package io.sw4rm.scheduler.client;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

import io.grpc.Metadata;

/**
 * {@link SchedulerClient} over gRPC.
 */
final class GrpcSchedulerClient implements SchedulerClient {

	private final UnaryCalls calls;

	GrpcSchedulerClient(UnaryCalls calls) {
		this.calls = calls;
	}

	@Override
	public SubmitTaskResult submitTask(TaskSubmission submission) {
		return this.calls.submitTask(submission).execute();
	}

	@Override
	public Stream<TaskOutcome> submitAll(Iterable<? extends TaskSubmission> tasks, BatchOptions options) {
		Checks.notNull(tasks, "tasks");
		return BlockingBatch.stream(this.calls, options, tasks::spliterator);
	}

	@Override
	public Stream<TaskOutcome> submitAll(Stream<? extends TaskSubmission> tasks, BatchOptions options) {
		Checks.notNull(tasks, "tasks");
		return BlockingBatch.stream(this.calls, options, tasks::spliterator).onClose(tasks::close);
	}

	@Override
	public PreemptionResult requestPreemption(String agentId, String taskId, String reason) {
		return this.calls.requestPreemption(agentId, taskId, reason).execute();
	}

	@Override
	public ShutdownResult shutdownAgent(String agentId) {
		return this.calls.shutdownAgent(agentId).execute();
	}

	@Override
	public ShutdownResult shutdownAgent(String agentId, Duration gracePeriod) {
		return this.calls.shutdownAgent(agentId, gracePeriod).execute();
	}

	@Override
	public List<ActivityEntry> pollActivityBuffer(String agentId) {
		return this.calls.pollActivityBuffer(agentId).execute();
	}

	@Override
	public long purgeActivity(String agentId, Collection<String> taskIds) {
		long purged = 0;
		for (UnaryCall<?, ?, Long> call : this.calls.purgeActivity(agentId, taskIds)) {
			purged += call.execute();
		}
		return purged;
	}

	@Override
	public long purgeAllActivity(String agentId) {
		return this.calls.purgeAllActivity(agentId).execute();
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
	public ActivityEntry awaitActivity(String agentId, String taskId, Predicate<? super ActivityEntry> condition,
			Duration timeout) {
		return awaitActivity(agentId, taskId, condition, timeout, this.calls.watchOptions());
	}

	@Override
	public ActivityEntry awaitActivity(String agentId, String taskId, Predicate<? super ActivityEntry> condition,
			Duration timeout, WatchOptions options) {
		return ActivityAwaiter.await(this.calls, agentId, taskId, condition, options, timeout);
	}

	@Override
	public SchedulerClient withDeadline(Duration deadline) {
		return new GrpcSchedulerClient(this.calls.withDeadline(deadline));
	}

	@Override
	public SchedulerClient withMetadata(Metadata metadata) {
		return new GrpcSchedulerClient(this.calls.withMetadata(metadata));
	}

	@Override
	public void close() {
		this.calls.close();
	}

}
