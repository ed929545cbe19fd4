package io.sw4rm.scheduler.client;

/**
 * The scheduler's answer to a preemption request.
 *
 * @param enqueued whether the preemption request was queued; some schedulers answer
 * {@code false} for a task that they don't know
 */
public record PreemptionResult(boolean enqueued) {

}
