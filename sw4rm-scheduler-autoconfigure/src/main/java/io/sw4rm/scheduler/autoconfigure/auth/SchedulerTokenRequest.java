package io.sw4rm.scheduler.autoconfigure.auth;

import org.jspecify.annotations.Nullable;

import io.sw4rm.scheduler.client.SchedulerOperation;

/**
 * The call that a token is requested for. A scheduler may accept a token for some agents
 * and operations only: the reference policy of the protocol requires the subject of a
 * token to be the agent for submissions, polls and purges, and {@code scheduler} for
 * preemptions and shutdowns.
 *
 * @param operation the operation, or {@code null} for calls that are not made by a
 * scheduler client, such as health checks
 * @param agentId the agent that the call applies to, or {@code null} for such calls
 * @since 0.1.0
 */
public record SchedulerTokenRequest(@Nullable SchedulerOperation operation, @Nullable String agentId) {

}
