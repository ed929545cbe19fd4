package io.sw4rm.scheduler.client;

import java.util.concurrent.CompletableFuture;

/**
 * A batch of tasks that an {@link AsyncSchedulerClient} submits. Thread-safe.
 *
 * @since 0.1.0
 */
public interface TaskBatch {

	/**
	 * End the batch early: no further task is read or sent. Calls in flight are not
	 * cancelled, and their outcomes are still reported. Has no effect if the batch has
	 * ended.
	 */
	void cancel();

	/**
	 * Return the future end of the batch, when all calls were answered and all outcomes
	 * were reported.
	 * @return the final progress; completes exceptionally if the source or the consumer
	 * of the outcomes threw an exception, or if an argument was invalid. Completing the
	 * future early does not end the batch.
	 */
	CompletableFuture<BatchProgress> completion();

}
