package io.sw4rm.scheduler.client;

/**
 * The scheduler's response to a preemption request.
 *
 * @param enqueued whether the preemption request was queued; some schedulers return
 * {@code false} for an unknown task
 */
public record PreemptionResult(boolean enqueued) {

}
