package io.sw4rm.scheduler.client;

import java.util.function.BiConsumer;
import java.util.function.Predicate;

/**
 * How a batch of tasks is submitted. Immutable and thread-safe, if the stop condition and
 * the listener are.
 *
 * @since 0.1.0
 * @see SchedulerClient#submitAll(Iterable, BatchOptions)
 * @see AsyncSchedulerClient#submitAll(Iterable, BatchOptions,
 * java.util.function.Consumer)
 * @see ReactiveSchedulerClient#submitAll(org.reactivestreams.Publisher, BatchOptions)
 */
public final class BatchOptions {

	/**
	 * The largest possible {@link #maxInFlight()}.
	 */
	public static final int MAX_IN_FLIGHT_LIMIT = 65536;

	private static final BatchOptions DEFAULTS = new BatchOptions(64, false, (outcome) -> false,
			(outcome, progress) -> {
			});

	private final int maxInFlight;

	private final boolean ordered;

	private final Predicate<? super TaskOutcome> stopCondition;

	private final BiConsumer<? super TaskOutcome, ? super BatchProgress> listener;

	private BatchOptions(int maxInFlight, boolean ordered, Predicate<? super TaskOutcome> stopCondition,
			BiConsumer<? super TaskOutcome, ? super BatchProgress> listener) {
		this.maxInFlight = maxInFlight;
		this.ordered = ordered;
		this.stopCondition = stopCondition;
		this.listener = listener;
	}

	/**
	 * Return the default options: at most 64 tasks in flight, outcomes as they come, no
	 * stop condition and no listener.
	 * @return the default options
	 */
	public static BatchOptions defaults() {
		return DEFAULTS;
	}

	/**
	 * Return options with another limit of tasks in flight. A task counts from when it is
	 * read until the application has received its outcome, so the limit also bounds the
	 * memory that the batch needs. If it exceeds the client's own
	 * {@linkplain SchedulerClientBuilder#maxInFlight(int) limit of calls in flight}, the
	 * batch uses all permits of that limit, and other calls fail while it runs.
	 * @param tasks the largest number of tasks in flight, 1..65536
	 * @return new options; these are unchanged
	 */
	public BatchOptions withMaxInFlight(int tasks) {
		return new BatchOptions(Checks.range(tasks, 1, MAX_IN_FLIGHT_LIMIT, "maxInFlight"), this.ordered,
				this.stopCondition, this.listener);
	}

	/**
	 * Return options with outcomes in the order of the tasks. An outcome then waits for
	 * those of all earlier tasks. By default, outcomes come in the order in which the
	 * scheduler answers.
	 * @return new options; these are unchanged
	 */
	public BatchOptions inOrder() {
		return new BatchOptions(this.maxInFlight, true, this.stopCondition, this.listener);
	}

	/**
	 * Return options that stop the batch at the first task that was not accepted: that
	 * the scheduler refused, or whose call failed.
	 * @return new options; these are unchanged
	 */
	public BatchOptions stopOnRefusalOrFailure() {
		return stopWhen((outcome) -> outcome.status() != TaskOutcome.Status.ACCEPTED);
	}

	/**
	 * Return options that stop the batch at the first failure. A refusal is an answer and
	 * does not stop the batch.
	 * @return new options; these are unchanged
	 */
	public BatchOptions stopOnFailure() {
		return stopWhen((outcome) -> outcome.status() == TaskOutcome.Status.FAILED);
	}

	/**
	 * Return options with another stop condition. When an outcome matches, nothing
	 * further is sent. Calls in flight are answered, and all remaining tasks have the
	 * status {@link TaskOutcome.Status#NOT_SENT}. They are still read from the source
	 * when the application requests their outcomes: if the source is endless, the
	 * application has to end the batch.
	 * <p>
	 * The condition is evaluated once for each task that was sent or failed, when its
	 * answer arrives, by one thread at a time, until the batch stops. If it throws an
	 * exception, the exception is logged and the batch stops.
	 * @param condition the condition; must not block
	 * @return new options; these are unchanged
	 */
	public BatchOptions stopWhen(Predicate<? super TaskOutcome> condition) {
		return new BatchOptions(this.maxInFlight, this.ordered, Checks.notNull(condition, "condition"), this.listener);
	}

	/**
	 * Return options with another listener. It is notified of each outcome when the
	 * answer arrives, before the application receives the outcome, and also after the
	 * application has ended the batch early: every task that was read is reported here.
	 * <p>
	 * The listener is called by one thread at a time, in the order in which the scheduler
	 * answers. Exceptions that it throws are logged and have no other effect.
	 * @param listener receives the outcome and the progress of the batch including it;
	 * must not block
	 * @return new options; these are unchanged
	 */
	public BatchOptions withListener(BiConsumer<? super TaskOutcome, ? super BatchProgress> listener) {
		return new BatchOptions(this.maxInFlight, this.ordered, this.stopCondition,
				Checks.notNull(listener, "listener"));
	}

	/**
	 * Return the largest number of tasks in flight.
	 * @return the number of tasks, 1..65536
	 */
	public int maxInFlight() {
		return this.maxInFlight;
	}

	/**
	 * Return whether outcomes are in the order of the tasks.
	 * @return whether outcomes are in the order of the tasks
	 */
	public boolean isOrdered() {
		return this.ordered;
	}

	/**
	 * Return the stop condition.
	 * @return the stop condition
	 */
	public Predicate<? super TaskOutcome> stopCondition() {
		return this.stopCondition;
	}

	/**
	 * Return the listener.
	 * @return the listener
	 */
	public BiConsumer<? super TaskOutcome, ? super BatchProgress> listener() {
		return this.listener;
	}

}
