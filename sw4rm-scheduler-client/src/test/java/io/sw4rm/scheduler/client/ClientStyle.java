package io.sw4rm.scheduler.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Predicate;
import java.util.stream.Stream;

import io.grpc.Metadata;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The styles of client, each seen as a blocking one: what holds for all of them is tested
 * once.
 */
enum ClientStyle {

	BLOCKING {

		@Override
		SchedulerClient build(SchedulerClientBuilder builder) {
			return builder.build();
		}

	},

	ASYNC {

		@Override
		SchedulerClient build(SchedulerClientBuilder builder) {
			return new JoiningClient(builder.buildAsync());
		}

	},

	REACTIVE {

		@Override
		SchedulerClient build(SchedulerClientBuilder builder) {
			return new SubscribingClient(builder.buildReactive());
		}

	};

	abstract SchedulerClient build(SchedulerClientBuilder builder);

	private record JoiningClient(AsyncSchedulerClient client) implements SchedulerClient {

		@Override
		public SubmitTaskResult submitTask(TaskSubmission submission) {
			return join(this.client.submitTask(submission));
		}

		@Override
		public Stream<TaskOutcome> submitAll(Iterable<? extends TaskSubmission> tasks, BatchOptions options) {
			List<TaskOutcome> outcomes = new ArrayList<>();
			join(this.client.submitAll(tasks, options, outcomes::add).completion());
			return outcomes.stream();
		}

		@Override
		public Stream<TaskOutcome> submitAll(Stream<? extends TaskSubmission> tasks, BatchOptions options) {
			List<TaskOutcome> outcomes = new ArrayList<>();
			join(this.client.submitAll(tasks, options, outcomes::add).completion());
			return outcomes.stream();
		}

		@Override
		public PreemptionResult requestPreemption(String agentId, String taskId) {
			return join(this.client.requestPreemption(agentId, taskId));
		}

		@Override
		public PreemptionResult requestPreemption(String agentId, String taskId, String reason) {
			return join(this.client.requestPreemption(agentId, taskId, reason));
		}

		@Override
		public ShutdownResult shutdownAgent(String agentId) {
			return join(this.client.shutdownAgent(agentId));
		}

		@Override
		public ShutdownResult shutdownAgent(String agentId, Duration gracePeriod) {
			return join(this.client.shutdownAgent(agentId, gracePeriod));
		}

		@Override
		public List<ActivityEntry> pollActivityBuffer(String agentId) {
			return join(this.client.pollActivityBuffer(agentId));
		}

		@Override
		public long purgeActivity(String agentId, Collection<String> taskIds) {
			return join(this.client.purgeActivity(agentId, taskIds));
		}

		@Override
		public long purgeAllActivity(String agentId) {
			return join(this.client.purgeAllActivity(agentId));
		}

		@Override
		public ActivityWatch watchActivity(String agentId, ActivityListener listener) {
			return this.client.watchActivity(agentId, listener);
		}

		@Override
		public ActivityWatch watchActivity(String agentId, WatchOptions options, ActivityListener listener) {
			return this.client.watchActivity(agentId, options, listener);
		}

		@Override
		public ActivityEntry awaitActivity(String agentId, String taskId, Predicate<? super ActivityEntry> condition,
				Duration timeout) {
			return join(this.client.awaitActivity(agentId, taskId, condition));
		}

		@Override
		public ActivityEntry awaitActivity(String agentId, String taskId, Predicate<? super ActivityEntry> condition,
				Duration timeout, WatchOptions options) {
			return join(this.client.awaitActivity(agentId, taskId, condition, options));
		}

		@Override
		public SchedulerClient withDeadline(Duration deadline) {
			return new JoiningClient(this.client.withDeadline(deadline));
		}

		@Override
		public SchedulerClient withMetadata(String name, String value) {
			return new JoiningClient(this.client.withMetadata(name, value));
		}

		@Override
		public SchedulerClient withMetadata(Metadata metadata) {
			return new JoiningClient(this.client.withMetadata(metadata));
		}

		private static <T> T join(CompletableFuture<T> future) {
			try {
				return future.join();
			}
			catch (CompletionException ex) {
				throw (ex.getCause() instanceof RuntimeException cause) ? cause : ex;
			}
		}

	}

	private record SubscribingClient(ReactiveSchedulerClient client) implements SchedulerClient {

		@Override
		public SubmitTaskResult submitTask(TaskSubmission submission) {
			return block(this.client.submitTask(submission));
		}

		@Override
		public Stream<TaskOutcome> submitAll(Iterable<? extends TaskSubmission> tasks, BatchOptions options) {
			return block(this.client.submitAll(Flux.fromIterable(tasks), options).collectList()).stream();
		}

		@Override
		public Stream<TaskOutcome> submitAll(Stream<? extends TaskSubmission> tasks, BatchOptions options) {
			return block(this.client.submitAll(Flux.fromStream(tasks), options).collectList()).stream();
		}

		@Override
		public PreemptionResult requestPreemption(String agentId, String taskId) {
			return block(this.client.requestPreemption(agentId, taskId));
		}

		@Override
		public PreemptionResult requestPreemption(String agentId, String taskId, String reason) {
			return block(this.client.requestPreemption(agentId, taskId, reason));
		}

		@Override
		public ShutdownResult shutdownAgent(String agentId) {
			return block(this.client.shutdownAgent(agentId));
		}

		@Override
		public ShutdownResult shutdownAgent(String agentId, Duration gracePeriod) {
			return block(this.client.shutdownAgent(agentId, gracePeriod));
		}

		@Override
		public List<ActivityEntry> pollActivityBuffer(String agentId) {
			return block(this.client.pollActivityBuffer(agentId).collectList());
		}

		@Override
		public long purgeActivity(String agentId, Collection<String> taskIds) {
			return block(this.client.purgeActivity(agentId, taskIds));
		}

		@Override
		public long purgeAllActivity(String agentId) {
			return block(this.client.purgeAllActivity(agentId));
		}

		@Override
		public ActivityWatch watchActivity(String agentId, ActivityListener listener) {
			return new Subscription(this.client.watchActivity(agentId), listener);
		}

		@Override
		public ActivityWatch watchActivity(String agentId, WatchOptions options, ActivityListener listener) {
			return new Subscription(this.client.watchActivity(agentId, options), listener);
		}

		@Override
		public ActivityEntry awaitActivity(String agentId, String taskId, Predicate<? super ActivityEntry> condition,
				Duration timeout) {
			return block(this.client.awaitActivity(agentId, taskId, condition));
		}

		@Override
		public ActivityEntry awaitActivity(String agentId, String taskId, Predicate<? super ActivityEntry> condition,
				Duration timeout, WatchOptions options) {
			return block(this.client.awaitActivity(agentId, taskId, condition, options));
		}

		@Override
		public SchedulerClient withDeadline(Duration deadline) {
			return new SubscribingClient(this.client.withDeadline(deadline));
		}

		@Override
		public SchedulerClient withMetadata(String name, String value) {
			return new SubscribingClient(this.client.withMetadata(name, value));
		}

		@Override
		public SchedulerClient withMetadata(Metadata metadata) {
			return new SubscribingClient(this.client.withMetadata(metadata));
		}

		private static <T> T block(Mono<T> mono) {
			return Objects.requireNonNull(mono.block());
		}

	}

	/**
	 * A subscription that can be closed, but not paused.
	 */
	private static final class Subscription implements ActivityWatch {

		private final CompletableFuture<Void> completion = new CompletableFuture<>();

		private final Disposable subscription;

		Subscription(Flux<ActivityEntry> entries, ActivityListener listener) {
			this.subscription = entries.doOnError(this.completion::completeExceptionally)
				.subscribe((entry) -> deliver(entry, listener), listener::onError);
		}

		private static void deliver(ActivityEntry entry, ActivityListener listener) {
			try {
				listener.onActivity(entry);
			}
			catch (Exception ex) {
				throw new IllegalStateException(ex);
			}
		}

		@Override
		public void pause() {
			throw new UnsupportedOperationException();
		}

		@Override
		public void resume() {
			throw new UnsupportedOperationException();
		}

		@Override
		public State state() {
			return this.subscription.isDisposed() ? State.CLOSED : State.RUNNING;
		}

		@Override
		public CompletableFuture<Void> completion() {
			return this.completion;
		}

		@Override
		public CompletableFuture<Void> closeAsync() {
			close();
			return this.completion;
		}

		@Override
		public void close() {
			this.subscription.dispose();
			this.completion.complete(null);
		}

	}

}
