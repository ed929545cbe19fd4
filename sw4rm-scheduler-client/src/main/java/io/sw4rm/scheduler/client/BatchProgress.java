package io.sw4rm.scheduler.client;

/**
 * The progress of a batch. The sum of all numbers is the number of tasks that were read.
 *
 * @param accepted the number of tasks that the scheduler accepted
 * @param refused the number of tasks that the scheduler refused
 * @param failed the number of tasks that failed
 * @param notSent the number of tasks that were not sent because the batch had stopped
 * @param inFlight the number of tasks that were read and have no outcome yet
 * @since 0.1.0
 */
public record BatchProgress(long accepted, long refused, long failed, long notSent, int inFlight) {

	/**
	 * Return the number of tasks that have an outcome.
	 * @return the number of outcomes
	 */
	public long outcomes() {
		return this.accepted + this.refused + this.failed + this.notSent;
	}

}
