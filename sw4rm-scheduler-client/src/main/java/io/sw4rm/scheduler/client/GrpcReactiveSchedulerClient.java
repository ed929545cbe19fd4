package io.sw4rm.scheduler.client;

import java.time.Duration;
import java.util.Collection;
import java.util.function.Predicate;

import io.grpc.Metadata;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * {@link ReactiveSchedulerClient} over gRPC that uses a {@link GrpcAsyncSchedulerClient}.
 */
final class GrpcReactiveSchedulerClient implements ReactiveSchedulerClient {

	private final GrpcAsyncSchedulerClient client;

	GrpcReactiveSchedulerClient(GrpcAsyncSchedulerClient client) {
		this.client = client;
	}

	@Override
	public Mono<SubmitTaskResult> submitTask(TaskSubmission submission) {
		return Mono.fromFuture(() -> this.client.submitTask(submission));
	}

	@Override
	public Mono<PreemptionResult> requestPreemption(String agentId, String taskId, String reason) {
		return Mono.fromFuture(() -> this.client.requestPreemption(agentId, taskId, reason));
	}

	@Override
	public Mono<ShutdownResult> shutdownAgent(String agentId) {
		return Mono.fromFuture(() -> this.client.shutdownAgent(agentId));
	}

	@Override
	public Mono<ShutdownResult> shutdownAgent(String agentId, Duration gracePeriod) {
		return Mono.fromFuture(() -> this.client.shutdownAgent(agentId, gracePeriod));
	}

	@Override
	public Flux<ActivityEntry> pollActivityBuffer(String agentId) {
		return Mono.fromFuture(() -> this.client.pollActivityBuffer(agentId)).flatMapIterable((entries) -> entries);
	}

	@Override
	public Mono<Long> purgeActivity(String agentId, Collection<String> taskIds) {
		return Mono.fromFuture(() -> this.client.purgeActivity(agentId, taskIds));
	}

	@Override
	public Mono<Long> purgeAllActivity(String agentId) {
		return Mono.fromFuture(() -> this.client.purgeAllActivity(agentId));
	}

	@Override
	public Flux<ActivityEntry> watchActivity(String agentId) {
		return watchActivity(agentId, this.client.calls().watchOptions());
	}

	@Override
	public Flux<ActivityEntry> watchActivity(String agentId, WatchOptions options) {
		return ActivityFlux.create(this.client.calls(), agentId, options);
	}

	@Override
	public Mono<ActivityEntry> awaitActivity(String agentId, String taskId,
			Predicate<? super ActivityEntry> condition) {
		return Mono.fromFuture(() -> this.client.awaitActivity(agentId, taskId, condition));
	}

	@Override
	public Mono<ActivityEntry> awaitActivity(String agentId, String taskId, Predicate<? super ActivityEntry> condition,
			WatchOptions options) {
		return Mono.fromFuture(() -> this.client.awaitActivity(agentId, taskId, condition, options));
	}

	@Override
	public ReactiveSchedulerClient withDeadline(Duration deadline) {
		return new GrpcReactiveSchedulerClient(this.client.withDeadline(deadline));
	}

	@Override
	public ReactiveSchedulerClient withMetadata(Metadata metadata) {
		return new GrpcReactiveSchedulerClient(this.client.withMetadata(metadata));
	}

	@Override
	public void close() {
		this.client.close();
	}

}
