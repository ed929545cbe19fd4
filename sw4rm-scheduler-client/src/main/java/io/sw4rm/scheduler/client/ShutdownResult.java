package io.sw4rm.scheduler.client;

/**
 * The scheduler's response to a shutdown request.
 *
 * @param ok whether the shutdown request was accepted
 * @since 0.1.0
 */
public record ShutdownResult(boolean ok) {

}
