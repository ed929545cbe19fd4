package io.sw4rm.scheduler.test;

import io.sw4rm.scheduler.embedded.EmbeddedScheduler;

/**
 * Entry point of the assertions for schedulers. Can be imported statically together with
 * {@link org.assertj.core.api.Assertions}:
 *
 * <pre class="code">
 * assertThat(scheduler).hasAccepted("task-123").forAgent("worker-1").withPriority(5);
 * </pre>
 *
 * @since 0.1.0
 */
public final class SchedulerAssertions {

	private SchedulerAssertions() {
	}

	/**
	 * Create an assertion for the calls that an embedded scheduler has received so far.
	 * @param scheduler the scheduler
	 * @return a new assertion
	 */
	public static SchedulerAssert assertThat(EmbeddedScheduler scheduler) {
		return new SchedulerAssert(scheduler.calls(), scheduler.faults());
	}

	/**
	 * Create an assertion for the calls that a client has recorded so far.
	 * @param client the client
	 * @return a new assertion
	 */
	public static SchedulerAssert assertThat(RecordingSchedulerClient client) {
		return new SchedulerAssert(client.calls(), null);
	}

}
