package io.sw4rm.scheduler.client;

import java.util.Spliterator;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;

import io.grpc.Context;
import io.grpc.SynchronizationContext;
import org.jspecify.annotations.Nullable;

/**
 * A batch without a thread of its own: threads that have received an answer read and send
 * further tasks. A source that blocks does not delay outcomes, because each has its own
 * synchronization context.
 */
final class AsyncBatch extends SourceBatch implements TaskBatch {

	private final Consumer<? super TaskOutcome> consumer;

	private final AutoCloseable resource;

	private final Context context = Context.current();

	private final SynchronizationContext sending = newSynchronizationContext();

	private final AtomicBoolean scheduled = new AtomicBoolean();

	private final CompletableFuture<BatchProgress> completion = new CompletableFuture<>();

	private volatile @Nullable Throwable consumerFailure;

	/** Guarded by the synchronization context of sending. */
	private boolean closed;

	/**
	 * Create a batch.
	 * @param source supplies the tasks, called once
	 * @param resource closed when the batch ends
	 */
	private AsyncBatch(UnaryCalls calls, BatchOptions options,
			Supplier<? extends Spliterator<? extends TaskSubmission>> source, AutoCloseable resource,
			Consumer<? super TaskOutcome> consumer) {
		super(calls, options, source);
		this.resource = resource;
		this.consumer = Checks.notNull(consumer, "consumer");
	}

	static TaskBatch start(UnaryCalls calls, BatchOptions options, Iterable<? extends TaskSubmission> tasks,
			Consumer<? super TaskOutcome> consumer) {
		return start(() -> new AsyncBatch(calls, options, Checks.notNull(tasks, "tasks")::spliterator, () -> {
		}, consumer));
	}

	static TaskBatch start(UnaryCalls calls, BatchOptions options, Stream<? extends TaskSubmission> tasks,
			Consumer<? super TaskOutcome> consumer) {
		return start(() -> new AsyncBatch(calls, options, Checks.notNull(tasks, "tasks")::spliterator, tasks::close,
				consumer));
	}

	private static TaskBatch start(Supplier<AsyncBatch> newBatch) {
		try {
			AsyncBatch batch = newBatch.get();
			EXECUTOR.execute(batch::afterOutcome);
			return batch;
		}
		catch (Throwable ex) {
			return new InvalidBatch(CompletableFuture.failedFuture(ex));
		}
	}

	@Override
	public CompletableFuture<BatchProgress> completion() {
		return this.completion;
	}

	@Override
	public void cancel() {
		super.cancel();
		afterOutcome();
	}

	@Override
	CallLimit.Claim ownClaim() {
		return claim();
	}

	@Override
	Context context() {
		return this.context;
	}

	@Override
	void onPermit() {
		EXECUTOR.execute(this::afterOutcome);
	}

	@Override
	void onOutcome(TaskOutcome outcome) {
		if (this.consumerFailure == null) {
			try {
				this.consumer.accept(outcome);
			}
			catch (Throwable ex) {
				this.consumerFailure = ex;
				super.cancel();
			}
		}
		received();
	}

	@Override
	void afterOutcome() {
		if (this.scheduled.compareAndSet(false, true)) {
			this.sending.execute(this::proceed);
		}
	}

	private void proceed() {
		this.scheduled.set(false);
		Context previous = this.context.attach();
		try {
			advance();
			if (isFinished() && !this.closed) {
				this.closed = true;
				complete();
			}
		}
		finally {
			this.context.detach(previous);
		}
	}

	private void complete() {
		Throwable failure = (this.consumerFailure != null) ? this.consumerFailure : failure();
		try {
			this.resource.close();
		}
		catch (Throwable ex) {
			if (failure == null) {
				failure = ex;
			}
			else if (failure != ex) {
				failure.addSuppressed(ex);
			}
		}
		if (failure != null) {
			this.completion.completeExceptionally(failure);
		}
		else {
			this.completion.complete(progress());
		}
	}

	/**
	 * A batch that was not started because an argument is invalid.
	 */
	private record InvalidBatch(CompletableFuture<BatchProgress> completion) implements TaskBatch {

		@Override
		public void cancel() {
		}

	}

}
