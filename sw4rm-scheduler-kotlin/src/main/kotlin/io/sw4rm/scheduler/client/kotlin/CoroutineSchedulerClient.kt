package io.sw4rm.scheduler.client.kotlin

import io.grpc.Metadata
import io.sw4rm.scheduler.client.ActivityEntry
import io.sw4rm.scheduler.client.BatchOptions
import io.sw4rm.scheduler.client.PreemptionResult
import io.sw4rm.scheduler.client.ReactiveSchedulerClient
import io.sw4rm.scheduler.client.ShutdownResult
import io.sw4rm.scheduler.client.SubmitTaskResult
import io.sw4rm.scheduler.client.TaskOutcome
import io.sw4rm.scheduler.client.TaskSubmission
import io.sw4rm.scheduler.client.WatchOptions
import kotlinx.coroutines.Job
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.emitAll
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.reactive.asFlow
import kotlinx.coroutines.reactive.asPublisher
import kotlinx.coroutines.reactor.awaitSingle
import kotlin.time.Duration
import kotlin.time.toJavaDuration

/**
 * Client of the SW4RM scheduler with suspending functions and flows. It has the operations,
 * limits and exceptions of the [ReactiveSchedulerClient] that it delegates to, which is
 * closed by its owner. Cancelling a coroutine cancels its call.
 *
 * Thread-safe.
 *
 * @property client the client that makes the calls
 * @see coroutines
 * @since 0.1.0
 */
public class CoroutineSchedulerClient(private val client: ReactiveSchedulerClient) {

	/**
	 * Submits a task.
	 *
	 * @return whether the scheduler accepted the task, and the reason if it did not
	 * @throws IllegalArgumentException if the request would be too large, or its parameters
	 * cannot be converted
	 * @throws io.sw4rm.scheduler.client.SchedulerException if the call fails
	 */
	public suspend fun submitTask(submission: TaskSubmission): SubmitTaskResult = client.submitTask(submission).awaitSingle()

	/**
	 * Submits all tasks of a flow. The flow of outcomes is cold: each collection collects
	 * [tasks] in its own context and submits them. Not more tasks are in flight than the
	 * options permit. If the collector is slow, no further tasks are collected.
	 *
	 * @return the outcome of each task. Refusals and failures are outcomes, and not
	 * exceptions
	 */
	public fun submitAll(tasks: Flow<TaskSubmission>, options: BatchOptions = BatchOptions.defaults()): Flow<TaskOutcome> =
		flow {
			val context = currentCoroutineContext().minusKey(Job)
			emitAll(client.submitAll(tasks.asPublisher(context), options).asFlow())
		}

	/**
	 * Asks an agent to preempt a task.
	 *
	 * @param reason the reason for the agent
	 * @return whether the request was enqueued
	 * @throws IllegalArgumentException if an identifier is blank
	 * @throws io.sw4rm.scheduler.client.SchedulerException if the call fails
	 */
	public suspend fun requestPreemption(agentId: String, taskId: String, reason: String = ""): PreemptionResult =
		client.requestPreemption(agentId, taskId, reason).awaitSingle()

	/**
	 * Shuts an agent down.
	 *
	 * @param gracePeriod the time that running tasks have to end, not negative. If `null`,
	 * the scheduler uses its own default, which differs between schedulers
	 * @return whether the scheduler shuts the agent down
	 * @throws IllegalArgumentException if the identifier is blank, or the period is negative
	 * @throws io.sw4rm.scheduler.client.SchedulerException if the call fails
	 */
	public suspend fun shutdownAgent(agentId: String, gracePeriod: Duration? = null): ShutdownResult =
		if (gracePeriod == null) {
			client.shutdownAgent(agentId).awaitSingle()
		} else {
			client.shutdownAgent(agentId, gracePeriod.toJavaDuration()).awaitSingle()
		}

	/**
	 * Returns the entries of an agent's activity buffer.
	 *
	 * @throws IllegalArgumentException if the identifier is blank
	 * @throws io.sw4rm.scheduler.client.SchedulerException if the call fails
	 */
	public suspend fun pollActivityBuffer(agentId: String): List<ActivityEntry> =
		client.pollActivityBuffer(agentId).collectList().awaitSingle()

	/**
	 * Removes the entries of some tasks. Without task ids, sends nothing and returns 0.
	 *
	 * @return the number of removed entries
	 * @throws IllegalArgumentException if an identifier is blank
	 * @throws io.sw4rm.scheduler.client.SchedulerException if the call fails
	 */
	public suspend fun purgeActivity(agentId: String, taskIds: Collection<String>): Long =
		client.purgeActivity(agentId, taskIds).awaitSingle()

	/**
	 * Removes all entries of an agent's activity buffer.
	 *
	 * @return the number of removed entries
	 * @throws IllegalArgumentException if the identifier is blank
	 * @throws io.sw4rm.scheduler.client.SchedulerException if the call fails
	 */
	public suspend fun purgeAllActivity(agentId: String): Long = client.purgeAllActivity(agentId).awaitSingle()

	/**
	 * Watches the activity of an agent. The flow is cold and does not end by itself: each
	 * collection polls the buffer, and continues during outages that may end. It ends with
	 * the exception of a call that is not worth another try.
	 *
	 * @param options the options, or `null` for those of the client
	 * @return new entries
	 * @throws IllegalArgumentException if the identifier is blank
	 */
	public fun watchActivity(agentId: String, options: WatchOptions? = null): Flow<ActivityEntry> =
		(if (options == null) client.watchActivity(agentId) else client.watchActivity(agentId, options)).asFlow()

	/**
	 * Suspends until the activity buffer contains an entry of a task. To limit the time, use
	 * `withTimeout`.
	 *
	 * @param options the options, or `null` for those of the client
	 * @param condition the entry must satisfy it
	 * @return the entry
	 * @throws IllegalArgumentException if an identifier is blank
	 * @throws io.sw4rm.scheduler.client.SchedulerException if a call fails and is not worth
	 * another try
	 */
	public suspend fun awaitActivity(
		agentId: String,
		taskId: String,
		options: WatchOptions? = null,
		condition: (ActivityEntry) -> Boolean = { true },
	): ActivityEntry =
		if (options == null) {
			client.awaitActivity(agentId, taskId, condition).awaitSingle()
		} else {
			client.awaitActivity(agentId, taskId, condition, options).awaitSingle()
		}

	/**
	 * Returns a client with another deadline.
	 *
	 * @param deadline the deadline of each call, positive
	 */
	public fun withDeadline(deadline: Duration): CoroutineSchedulerClient =
		client.withDeadline(deadline.toJavaDuration()).coroutines()

	/**
	 * Returns a client that sends additional metadata.
	 *
	 * @throws IllegalArgumentException if the name or the value is not valid in metadata
	 */
	public fun withMetadata(name: String, value: String): CoroutineSchedulerClient =
		client.withMetadata(name, value).coroutines()

	/**
	 * Returns a client that sends additional metadata.
	 *
	 * @throws IllegalArgumentException if the correlation id is not valid
	 */
	public fun withMetadata(metadata: Metadata): CoroutineSchedulerClient = client.withMetadata(metadata).coroutines()
}

/**
 * Returns a client with suspending functions and flows.
 *
 * @since 0.1.0
 */
public fun ReactiveSchedulerClient.coroutines(): CoroutineSchedulerClient = CoroutineSchedulerClient(this)
