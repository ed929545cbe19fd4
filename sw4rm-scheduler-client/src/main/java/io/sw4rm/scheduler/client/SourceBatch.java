package io.sw4rm.scheduler.client;

import java.util.Queue;
import java.util.Spliterator;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * A batch whose tasks are read from a source, by one thread at a time.
 */
abstract class SourceBatch extends Batch {

	private final Supplier<? extends Spliterator<? extends TaskSubmission>> source;

	private final Consumer<@Nullable TaskSubmission> taskReader = (
			submission) -> this.next = new SourceTask(submission);

	private final CallLimit.Claim claim = newClaim(this::onPermit);

	/** The tasks that the application has not received the outcomes of. */
	private final AtomicInteger window = new AtomicInteger();

	/** These tasks in the order of the source, if it matters. */
	private final @Nullable Queue<SourceTask> order;

	private volatile boolean cancelled;

	// The following fields are used by the thread that reads the tasks

	private @Nullable Spliterator<? extends TaskSubmission> tasks;

	/** A task that was read and waits for a permit. */
	private @Nullable SourceTask next;

	private boolean ended;

	private @Nullable Throwable failure;

	SourceBatch(UnaryCalls calls, BatchOptions options,
			Supplier<? extends Spliterator<? extends TaskSubmission>> source) {
		super(calls, options);
		this.source = source;
		this.order = options.isOrdered() ? new ConcurrentLinkedQueue<>() : null;
	}

	/**
	 * Called when the batch has a permit that it has waited for, by the thread that
	 * released the permit.
	 */
	abstract void onPermit();

	/**
	 * Process an outcome in the order that the application has chosen, one at a time.
	 */
	abstract void onOutcome(TaskOutcome outcome);

	/**
	 * Read nothing further and send nothing further.
	 */
	void cancel() {
		this.cancelled = true;
		stop();
	}

	boolean isCancelled() {
		return this.cancelled;
	}

	/**
	 * Read and send as many tasks as possible at the moment.
	 */
	void advance() {
		while (isReading() && this.window.get() < options().maxInFlight() && advanceByOne()) {
			continue;
		}
		if (isStopped() || !isReading()) {
			this.claim.abandon();
		}
	}

	private boolean isReading() {
		if (this.cancelled) {
			this.ended = true;
		}
		return !this.ended || this.next != null;
	}

	/**
	 * A task is not read before there is a permit for it, so that none is left over when
	 * the application ends the batch early. Without tasks in flight, it is the other way
	 * round: the source may have ended, which needs no permit.
	 */
	private boolean advanceByOne() {
		if (this.next == null) {
			if (!isStopped() && this.window.get() > 0 && !this.claim.acquire()) {
				return false;
			}
			read();
		}
		SourceTask task = this.next;
		if (task == null) {
			return false;
		}
		boolean stopped = isStopped();
		if (!stopped && !this.claim.acquire()) {
			return false;
		}
		this.next = null;
		this.window.incrementAndGet();
		if (this.order != null) {
			this.order.add(task);
		}
		if (stopped) {
			task.doNotSend();
		}
		else {
			this.claim.use();
			task.send();
		}
		return true;
	}

	private void read() {
		try {
			if (this.tasks == null) {
				this.tasks = this.source.get();
			}
			this.ended = !this.tasks.tryAdvance(this.taskReader);
		}
		catch (Throwable ex) {
			this.ended = true;
			this.failure = ex;
		}
	}

	/**
	 * Return whether the application has received all outcomes.
	 */
	boolean isFinished() {
		return this.ended && this.next == null && this.window.get() == 0;
	}

	/**
	 * Return the exception that the source threw.
	 */
	@Nullable Throwable failure() {
		return this.failure;
	}

	CallLimit.Claim claim() {
		return this.claim;
	}

	/**
	 * Called when the application has received an outcome.
	 */
	void received() {
		this.window.decrementAndGet();
	}

	private final class SourceTask extends Task {

		private boolean recorded;

		SourceTask(@Nullable TaskSubmission submission) {
			super(submission);
		}

		@Override
		void onRecorded() {
			this.recorded = true;
			Queue<SourceTask> order = SourceBatch.this.order;
			if (order == null) {
				onOutcome(outcome());
				return;
			}
			for (SourceTask first = order.peek(); first != null && first.recorded; first = order.peek()) {
				order.remove();
				onOutcome(first.outcome());
			}
		}

	}

}
