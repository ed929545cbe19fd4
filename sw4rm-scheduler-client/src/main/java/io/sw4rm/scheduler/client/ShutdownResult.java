package io.sw4rm.scheduler.client;

/**
 * The scheduler's response to a shutdown request.
 *
 * @param ok whether the shutdown request was accepted
 */
public record ShutdownResult(boolean ok) {

}
