package io.sw4rm.scheduler.client.kotlin

import io.sw4rm.scheduler.client.TaskSubmission

/**
 * Creates a task.
 *
 * ```
 * val task = taskSubmission("worker-1") {
 *     priority(5)
 *     params(Job("process"))
 * }
 * ```
 *
 * @param agentId the identifier of the agent, not blank
 * @param init sets further values. Without a task id, the task has a random one
 * @throws IllegalArgumentException if a value is not valid
 * @since 0.1.0
 */
public fun taskSubmission(agentId: String, init: TaskSubmission.Builder.() -> Unit = {}): TaskSubmission =
	TaskSubmission.forAgent(agentId).apply(init).build()
