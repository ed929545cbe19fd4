package io.sw4rm.scheduler.client;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.function.BiConsumer;

import io.grpc.Context;
import io.grpc.SynchronizationContext;
import org.jspecify.annotations.Nullable;

/**
 * What batches of all styles of clients have in common: sends tasks, and records their
 * outcomes one at a time. To record an outcome, it is counted, the stop condition is
 * evaluated, and the listener is notified. A thread that has an outcome never waits for
 * one that records another.
 */
abstract class Batch {

	private static final System.Logger logger = System.getLogger(BatchOptions.class.getName());

	/**
	 * Runs what has no thread of its own: a thread of another caller must not send the
	 * tasks of a batch. Without workers, the common pool would run nothing.
	 */
	static final Executor EXECUTOR = (ForkJoinPool.getCommonPoolParallelism() > 0) ? ForkJoinPool.commonPool()
			: new CompletableFuture<>().defaultExecutor();

	private final UnaryCalls calls;

	private final BatchOptions options;

	private final SynchronizationContext recording = newSynchronizationContext();

	private volatile boolean stopped;

	/** Changed by the thread that reads the tasks. */
	private volatile long read;

	/** The thread that evaluates the stop condition and notifies the listener. */
	private volatile @Nullable Thread recorder;

	// The following fields are guarded by the synchronization context

	private long accepted;

	private long refused;

	private long failed;

	private long notSent;

	private boolean listenerHasFailed;

	private @Nullable CompletableFuture<Void> answered;

	Batch(UnaryCalls calls, BatchOptions options) {
		this.calls = calls;
		this.options = Checks.notNull(options, "options");
	}

	static SynchronizationContext newSynchronizationContext() {
		return new SynchronizationContext((thread, ex) -> logger.log(System.Logger.Level.ERROR,
				"A batch of tasks threw an unexpected exception", ex));
	}

	BatchOptions options() {
		return this.options;
	}

	/**
	 * Return whether nothing further is sent.
	 */
	boolean isStopped() {
		return this.stopped;
	}

	/**
	 * Send nothing further.
	 */
	void stop() {
		this.stopped = true;
	}

	/**
	 * Return the context for calls.
	 */
	abstract Context context();

	/**
	 * Return a claim that need not be notified when it gets the permit of a call of this
	 * batch.
	 */
	CallLimit.@Nullable Claim ownClaim() {
		return null;
	}

	/**
	 * Called by the thread that has an outcome, outside of the synchronization context.
	 */
	void afterOutcome() {
	}

	CallLimit.Claim newClaim(Runnable onPermit) {
		return new CallLimit.Claim(this.calls.limit(), onPermit);
	}

	/**
	 * Return the progress. Must be called while an outcome is recorded, or after the last
	 * one.
	 */
	BatchProgress progress() {
		long outcomes = this.accepted + this.refused + this.failed + this.notSent;
		return new BatchProgress(this.accepted, this.refused, this.failed, this.notSent, (int) (this.read - outcomes));
	}

	/**
	 * Return whether the stop condition or the listener has called the current method.
	 */
	boolean isCalledByOptions() {
		return this.recorder == Thread.currentThread();
	}

	/**
	 * Return a future that completes when all tasks that were read have an outcome.
	 */
	CompletableFuture<Void> answered() {
		CompletableFuture<Void> answered = new CompletableFuture<>();
		this.recording.execute(() -> {
			this.answered = answered;
			completeIfAnswered();
		});
		return answered;
	}

	private void completeIfAnswered() {
		if (this.answered != null && progress().inFlight() == 0) {
			this.answered.complete(null);
		}
	}

	private void record(TaskOutcome outcome) {
		switch (outcome.status()) {
			case ACCEPTED -> this.accepted++;
			case REFUSED -> this.refused++;
			case FAILED -> this.failed++;
			case NOT_SENT -> this.notSent++;
		}
		this.recorder = Thread.currentThread();
		if (!this.stopped && stops(outcome)) {
			stop();
		}
		notifyListener(outcome);
		this.recorder = null;
	}

	private boolean stops(TaskOutcome outcome) {
		try {
			return this.options.stopCondition().test(outcome);
		}
		catch (Throwable ex) {
			logger.log(System.Logger.Level.WARNING,
					"The stop condition of a batch of tasks threw an exception; the batch stops", ex);
			return true;
		}
	}

	private void notifyListener(TaskOutcome outcome) {
		try {
			this.options.listener().accept(outcome, progress());
		}
		catch (Throwable ex) {
			if (!this.listenerHasFailed) {
				this.listenerHasFailed = true;
				logger.log(System.Logger.Level.WARNING,
						"The listener of a batch of tasks threw an exception; further failures are not logged", ex);
			}
		}
	}

	/**
	 * A task, from when it was read until its outcome was recorded.
	 */
	abstract class Task implements BiConsumer<@Nullable SubmitTaskResult, @Nullable Throwable>, Runnable {

		private final long index;

		private final @Nullable TaskSubmission submission;

		private @Nullable TaskOutcome outcome;

		/**
		 * Create a task. Called by one thread at a time.
		 */
		Task(@Nullable TaskSubmission submission) {
			this.index = Batch.this.read;
			this.submission = submission;
			Batch.this.read = this.index + 1;
		}

		/**
		 * Called when the outcome was recorded, before the next one is.
		 */
		abstract void onRecorded();

		/**
		 * Send the task with a permit of the client's limit.
		 */
		void send() {
			Context context = context();
			Context previous = context.attach();
			try {
				call().executeAsync(this);
			}
			catch (Throwable ex) {
				// The call was not started
				accept(null, ex);
			}
			finally {
				context.detach(previous);
			}
		}

		private UnaryCall<?, ?, SubmitTaskResult> call() {
			if (this.submission == null) {
				throw new IllegalArgumentException("tasks[%d] must not be null".formatted(this.index));
			}
			return Batch.this.calls.submitTask(this.submission);
		}

		final void doNotSend() {
			end(TaskOutcome.Status.NOT_SENT, null, null);
		}

		/**
		 * Called when the call has ended.
		 */
		@Override
		public final void accept(@Nullable SubmitTaskResult result, @Nullable Throwable failure) {
			if (result == null) {
				end(TaskOutcome.Status.FAILED, null, failure);
			}
			else {
				end(result.accepted() ? TaskOutcome.Status.ACCEPTED : TaskOutcome.Status.REFUSED, result, null);
			}
		}

		private void end(TaskOutcome.Status status, @Nullable SubmitTaskResult result, @Nullable Throwable failure) {
			this.outcome = new TaskOutcome(this.index, this.submission, status, result, failure);
			Batch.this.recording.execute(this);
			afterOutcome();
		}

		/**
		 * Record the outcome, in the synchronization context.
		 */
		@Override
		public final void run() {
			record(outcome());
			try {
				releasePermit();
			}
			finally {
				onRecorded();
				completeIfAnswered();
			}
		}

		/**
		 * Not before the stop condition was evaluated, which would otherwise be too late
		 * for the task that gets the permit.
		 */
		private void releasePermit() {
			CallLimit limit = Batch.this.calls.limit();
			if (limit != null && outcome().status() != TaskOutcome.Status.NOT_SENT) {
				limit.release(ownClaim());
			}
		}

		final TaskOutcome outcome() {
			if (this.outcome == null) {
				throw new IllegalStateException("No outcome yet");
			}
			return this.outcome;
		}

	}

}
