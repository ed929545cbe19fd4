package io.sw4rm.scheduler.client;

import java.time.Duration;

/**
 * Options of an {@link ActivityWatch}. Immutable. Start with {@link #defaults()}.
 *
 * @param interval the time from the delivery of an answer to the next poll, positive
 * @param jitter the fraction by which intervals vary at random, 0 to 1
 * @param maxBackoff the longest interval between attempts during an outage, give or take
 * the jitter, positive; if it is less than the interval, the interval is used
 * @param purge whether to purge entries after they were delivered
 * @param existingEntries whether to deliver the entries that the first poll finds
 * @since 0.1.0
 */
public record WatchOptions(Duration interval, double jitter, Duration maxBackoff, boolean purge,
		boolean existingEntries) {

	private static final WatchOptions DEFAULTS = new WatchOptions(Duration.ofSeconds(1), 0.2, Duration.ofSeconds(30),
			false, true);

	/**
	 * Create options.
	 * @throws IllegalArgumentException if a duration is null or not positive, or the
	 * jitter is out of range
	 */
	public WatchOptions {
		Checks.positive(interval, "interval");
		// Also refuses NaN
		if (!(jitter >= 0 && jitter <= 1)) {
			throw new IllegalArgumentException("jitter must be in range [0, 1], got %s".formatted(jitter));
		}
		Checks.positive(maxBackoff, "maxBackoff");
	}

	/**
	 * Return the default options: an interval of 1 second with a jitter of 0.2, a maximum
	 * back-off of 30 seconds, no purge, existing entries are delivered.
	 * @return the default options
	 */
	public static WatchOptions defaults() {
		return DEFAULTS;
	}

	/**
	 * Return options with another interval.
	 * @param interval the time from the delivery of an answer to the next poll, positive
	 * @return new options
	 */
	public WatchOptions withInterval(Duration interval) {
		return new WatchOptions(interval, this.jitter, this.maxBackoff, this.purge, this.existingEntries);
	}

	/**
	 * Return options with another jitter. It prevents watches from polling at the same
	 * time.
	 * @param jitter the fraction by which intervals vary at random: 0.2 means 80 % to 120
	 * %; 0 to 1
	 * @return new options
	 */
	public WatchOptions withJitter(double jitter) {
		return new WatchOptions(this.interval, jitter, this.maxBackoff, this.purge, this.existingEntries);
	}

	/**
	 * Return options with another maximum of the back-off.
	 * @param maxBackoff the longest interval between attempts during an outage, give or
	 * take the jitter, positive; if it is less than the interval, the interval is used
	 * @return new options
	 */
	public WatchOptions withMaxBackoff(Duration maxBackoff) {
		return new WatchOptions(this.interval, this.jitter, maxBackoff, this.purge, this.existingEntries);
	}

	/**
	 * Return options with or without a purge of delivered entries, so that the buffer
	 * does not fill up.
	 * <p>
	 * When the listener has returned for all entries of an answer, the watch purges the
	 * tasks of these entries. Entries are delivered at least once: if the application
	 * ends between delivery and purge, its next watch delivers them again. A purge that
	 * fails is repeated after the next poll, without a second delivery. Entries for which
	 * the listener threw an exception, and the other entries of the same task, are not
	 * purged, nor are entries without a task id.
	 * <p>
	 * <strong>An entry can be lost.</strong> The protocol purges by task, not by entry:
	 * an entry that is added for one of these tasks after the poll and before the purge
	 * is removed without being delivered. The longer the listener takes, the more likely
	 * this is. The watch compares the number of entries that the scheduler removed with
	 * the number of entries that it knows, and reports a larger one with
	 * {@link ActivityListener#onEntriesLost(long)}. It can't notice the loss if someone
	 * else purged the same entries at the same time, or if the answer to the purge was
	 * lost. If no entry may be lost, do not purge here: purge a task when no further
	 * entries of it are expected.
	 * @param purge whether to purge entries after they were delivered
	 * @return new options
	 */
	public WatchOptions withPurge(boolean purge) {
		return new WatchOptions(this.interval, this.jitter, this.maxBackoff, purge, this.existingEntries);
	}

	/**
	 * Return options with or without the delivery of entries that are in the buffer when
	 * the watch starts. Entries that are not delivered are not purged either.
	 * @param existingEntries whether to deliver the entries that the first poll finds
	 * @return new options
	 */
	public WatchOptions withExistingEntries(boolean existingEntries) {
		return new WatchOptions(this.interval, this.jitter, this.maxBackoff, this.purge, existingEntries);
	}

}
