package io.sw4rm.scheduler.client;

/**
 * The scheduler's response to a preemption request.
 *
 * @param enqueued whether the preemption request was queued; some schedulers return
 * {@code false} for an unknown task
 * @since 0.1.0
 */
public record PreemptionResult(boolean enqueued) {

}
