package io.sw4rm.scheduler.client;

import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.function.Supplier;

import io.grpc.Metadata;
import org.reactivestreams.Publisher;
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
		return call(() -> this.client.submitTask(submission));
	}

	@Override
	public Flux<TaskOutcome> submitAll(Publisher<? extends TaskSubmission> tasks, BatchOptions options) {
		return ReactiveBatch.flux(this.client.calls(), options, tasks);
	}

	@Override
	public Mono<PreemptionResult> requestPreemption(String agentId, String taskId, String reason) {
		return call(() -> this.client.requestPreemption(agentId, taskId, reason));
	}

	@Override
	public Mono<ShutdownResult> shutdownAgent(String agentId) {
		return call(() -> this.client.shutdownAgent(agentId));
	}

	@Override
	public Mono<ShutdownResult> shutdownAgent(String agentId, Duration gracePeriod) {
		return call(() -> this.client.shutdownAgent(agentId, gracePeriod));
	}

	@Override
	public Flux<ActivityEntry> pollActivityBuffer(String agentId) {
		return call(() -> this.client.pollActivityBuffer(agentId)).flatMapIterable((entries) -> entries);
	}

	@Override
	public Mono<Long> purgeActivity(String agentId, Collection<String> taskIds) {
		return call(() -> this.client.purgeActivity(agentId, taskIds));
	}

	@Override
	public Mono<Long> purgeAllActivity(String agentId) {
		return call(() -> this.client.purgeAllActivity(agentId));
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
		return call(() -> this.client.awaitActivity(agentId, taskId, condition));
	}

	@Override
	public Mono<ActivityEntry> awaitActivity(String agentId, String taskId, Predicate<? super ActivityEntry> condition,
			WatchOptions options) {
		return call(() -> this.client.awaitActivity(agentId, taskId, condition, options));
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

	/**
	 * Each subscription makes one call.
	 */
	private static <R> Mono<R> call(Supplier<CompletableFuture<R>> call) {
		return Mono.deferContextual((context) -> Mono.fromFuture(() -> ReactorContext.visibleTo(call, context)));
	}

}
