package io.sw4rm.scheduler.client;

import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

import io.grpc.Context;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.context.ContextView;

/**
 * A batch whose tasks and outcomes flow through Reactor's operators.
 */
final class ReactiveBatch extends Batch {

	private final Context context = Context.current();

	/** The tasks that wait for a permit. */
	private final Set<ReactiveTask> waiting = ConcurrentHashMap.newKeySet();

	private final ContextView reactorContext;

	private ReactiveBatch(UnaryCalls calls, BatchOptions options, ContextView reactorContext) {
		super(calls, options);
		this.reactorContext = reactorContext;
	}

	/**
	 * Return the outcomes of a batch, which each subscription starts again.
	 */
	static Flux<TaskOutcome> flux(UnaryCalls calls, BatchOptions options, Publisher<? extends TaskSubmission> tasks) {
		return Flux.deferContextual((reactorContext) -> {
			ReactiveBatch batch = new ReactiveBatch(calls, options, reactorContext);
			// After the cancellation of the operators, which would otherwise request the
			// next tasks
			return batch.outcomes(Checks.notNull(tasks, "tasks")).doFinally((signal) -> batch.stop());
		});
	}

	private Flux<TaskOutcome> outcomes(Publisher<? extends TaskSubmission> tasks) {
		Flux<? extends TaskSubmission> flux = Flux.from(tasks);
		int maxInFlight = options().maxInFlight();
		return options().isOrdered() ? flux.flatMapSequentialDelayError(this::submit, maxInFlight, 1)
				: flux.flatMapDelayError(this::submit, maxInFlight, 1);
	}

	/**
	 * Submit a task. Cancelling the outcome does not cancel the call.
	 */
	private Mono<TaskOutcome> submit(TaskSubmission submission) {
		ReactiveTask task = new ReactiveTask(submission);
		task.submit();
		return Mono.fromFuture(task.future, true);
	}

	@Override
	void stop() {
		super.stop();
		this.waiting.forEach(ReactiveTask::drop);
	}

	@Override
	Context context() {
		return this.context;
	}

	private final class ReactiveTask extends Task {

		private final CompletableFuture<TaskOutcome> future = new CompletableFuture<>();

		private final CallLimit.Claim claim = newClaim(() -> EXECUTOR.execute(this::onPermit));

		ReactiveTask(TaskSubmission submission) {
			super(submission);
		}

		@Override
		void send() {
			ReactorContext.visibleTo(() -> {
				super.send();
				return this;
			}, ReactiveBatch.this.reactorContext);
		}

		void submit() {
			ReactiveBatch.this.waiting.add(this);
			if (this.claim.acquire()) {
				onPermit();
			}
			else if (isStopped()) {
				drop();
			}
		}

		private void onPermit() {
			if (isStopped()) {
				drop();
			}
			else if (ReactiveBatch.this.waiting.remove(this)) {
				this.claim.use();
				send();
			}
		}

		void drop() {
			if (ReactiveBatch.this.waiting.remove(this)) {
				// The thread that submits the task may not have asked for a permit yet
				this.claim.close();
				doNotSend();
			}
		}

		@Override
		void onRecorded() {
			this.future.complete(outcome());
		}

	}

}
