package io.sw4rm.scheduler.client;

import java.util.concurrent.CompletableFuture;

/**
 * A watch on the activity buffer of an agent: polls the buffer and tells an
 * {@link ActivityListener} of each new entry, until it is closed or a failure ends it.
 * <p>
 * The protocol has no subscription and its entries have no id. The watch compares each
 * answer with the one before: an entry is new if the answer contains it more often. Equal
 * entries are delivered as often as the buffer contains them, and an entry that
 * disappeared and returned is new. An entry that is added and removed between two polls
 * is not noticed. The watch keeps the entries of one answer in memory.
 * <p>
 * At most one call of a watch is in flight. The next poll follows when the listener has
 * returned, after {@linkplain WatchOptions#interval() an interval}. If a call fails and
 * {@linkplain SchedulerException#isRetryable() another attempt may succeed}, or if the
 * server cancelled it, the watch tries again, after intervals that double up to a
 * {@linkplain WatchOptions#maxBackoff() maximum}, without a limit. Any other failure ends
 * the watch, as does shutting down the channel.
 * <p>
 * Thread-safe.
 *
 * @since 0.1.0
 * @see SchedulerClient#watchActivity(String, ActivityListener)
 */
public interface ActivityWatch extends AutoCloseable {

	/**
	 * Stop polling until {@link #resume()} is called. The listener call that is in
	 * progress continues. The remaining entries of the answer are not delivered; after
	 * the watch is resumed, they are polled again. Without effect if the watch is paused
	 * or closed.
	 */
	void pause();

	/**
	 * Continue polling. The interval since the last poll is kept. Without effect if the
	 * watch is running or closed.
	 */
	void resume();

	/**
	 * Return the state of the watch.
	 * @return the state
	 */
	State state();

	/**
	 * Return a future that completes when the watch has ended and no listener call is in
	 * progress: normally after it was closed, exceptionally if a failure ended it.
	 * Cancelling the future does not close the watch.
	 * @return a new future
	 */
	CompletableFuture<Void> completion();

	/**
	 * Close the watch without waiting for a listener call in progress. The call in flight
	 * is cancelled.
	 * @return the {@link #completion()}
	 */
	CompletableFuture<Void> closeAsync();

	/**
	 * Close the watch. The call in flight is cancelled, and a listener call in progress
	 * is waited for, unless this method is called from the listener. No listener call
	 * starts after this method returned. Interrupting the thread ends the wait and keeps
	 * its interrupt flag. Without effect if the watch has ended.
	 */
	@Override
	void close();

	/**
	 * The state of a watch.
	 */
	enum State {

		/**
		 * The watch polls the buffer.
		 */
		RUNNING,

		/**
		 * The watch does not poll until it is resumed.
		 */
		PAUSED,

		/**
		 * The watch was closed, or a failure ended it.
		 */
		CLOSED

	}

}
