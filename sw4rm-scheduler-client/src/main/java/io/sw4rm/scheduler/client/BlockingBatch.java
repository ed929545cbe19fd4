package io.sw4rm.scheduler.client;

import java.util.Spliterator;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedTransferQueue;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

import com.google.common.base.Throwables;
import com.google.common.util.concurrent.Uninterruptibles;
import io.grpc.Context;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * A batch that the thread which consumes the outcomes reads and sends.
 */
final class BlockingBatch extends SourceBatch implements Spliterator<TaskOutcome> {

	/** Wakes the consumer up. */
	private static final TaskOutcome NONE = new TaskOutcome(0, null, TaskOutcome.Status.NOT_SENT, null, null);

	private final BlockingQueue<TaskOutcome> outcomes = new LinkedTransferQueue<>();

	private volatile Context.@Nullable CancellableContext context;

	private boolean interrupted;

	private BlockingBatch(UnaryCalls calls, BatchOptions options,
			Supplier<? extends Spliterator<? extends TaskSubmission>> source) {
		super(calls, options, source);
	}

	/**
	 * Return the outcomes of a batch.
	 * @param source supplies the tasks, called once
	 */
	static Stream<TaskOutcome> stream(UnaryCalls calls, BatchOptions options,
			Supplier<? extends Spliterator<? extends TaskSubmission>> source) {
		BlockingBatch batch = new BlockingBatch(calls, options, source);
		return StreamSupport.stream(batch, false).onClose(batch::close);
	}

	@Override
	public boolean tryAdvance(Consumer<? super TaskOutcome> action) {
		NonBlockingThreads.checkNotCurrent("submitAll");
		TaskOutcome outcome = next();
		if (outcome == null) {
			return false;
		}
		action.accept(outcome);
		return true;
	}

	private @Nullable TaskOutcome next() {
		try {
			TaskOutcome outcome = NONE;
			while (outcome == NONE) {
				if (Thread.currentThread().isInterrupted()) {
					interrupt();
				}
				advance();
				if (isCancelled() || isFinished()) {
					return end();
				}
				outcome = take();
			}
			received();
			return outcome;
		}
		finally {
			claim().abandon();
		}
	}

	private TaskOutcome take() {
		if (this.interrupted) {
			return Uninterruptibles.takeUninterruptibly(this.outcomes);
		}
		try {
			return this.outcomes.take();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return NONE;
		}
	}

	private @Nullable TaskOutcome end() {
		if (isFinished()) {
			cancelCalls(null);
		}
		if (failure() != null) {
			Throwables.throwIfUnchecked(failure());
			throw new IllegalStateException(failure());
		}
		return null;
	}

	private void interrupt() {
		this.interrupted = true;
		stop();
		cancelCalls(Status.CANCELLED.withDescription("The calling thread was interrupted").asException());
	}

	private void cancelCalls(@Nullable Throwable cause) {
		Context.CancellableContext context = this.context;
		if (context != null) {
			context.cancel(cause);
		}
	}

	/**
	 * Wait for the calls in flight, unless the stop condition or the listener closes the
	 * stream: it would wait for itself.
	 */
	private void close() {
		cancel();
		wakeUp();
		CompletableFuture<?> end = answered().thenRun(() -> cancelCalls(null));
		if (isCalledByOptions()) {
			return;
		}
		try {
			end.get();
		}
		catch (InterruptedException ex) {
			interrupt();
			end.join();
			Thread.currentThread().interrupt();
		}
		catch (ExecutionException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private void wakeUp() {
		this.outcomes.add(NONE);
	}

	@Override
	void onOutcome(TaskOutcome outcome) {
		this.outcomes.add(outcome);
	}

	@Override
	void onPermit() {
		wakeUp();
	}

	@Override
	Context context() {
		Context.CancellableContext context = this.context;
		if (context == null) {
			context = Context.current().withCancellation();
			this.context = context;
		}
		return context;
	}

	@Override
	public @Nullable Spliterator<TaskOutcome> trySplit() {
		return null;
	}

	@Override
	public long estimateSize() {
		return Long.MAX_VALUE;
	}

	@Override
	public int characteristics() {
		return Spliterator.NONNULL | (options().isOrdered() ? Spliterator.ORDERED : 0);
	}

}
