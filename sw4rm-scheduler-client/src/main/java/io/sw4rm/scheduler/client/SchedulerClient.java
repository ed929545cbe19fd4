package io.sw4rm.scheduler.client;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

import io.grpc.Channel;
import io.grpc.Metadata;

import io.sw4rm.scheduler.client.address.SchedulerAddress;

/**
 * Blocking client of the SW4RM scheduler (specification 6.4).
 * <p>
 * Every call has a deadline and carries a correlation id. A call that fails throws a
 * {@link SchedulerException}, or the exception that the client's
 * {@link SchedulerExceptionTranslator} returns. Invalid arguments cause an
 * {@link IllegalArgumentException} before anything is sent. Interrupting the calling
 * thread cancels the call, which then fails with the status {@code CANCELLED}, and keeps
 * the thread's interrupt flag. On a thread that Reactor reserves for non-blocking work,
 * every operation throws an {@link IllegalStateException} instead of blocking it.
 * <p>
 * Clients are immutable and thread-safe. A client that was created from a channel does
 * not own it; one that was created from an address owns its channel and must be closed.
 *
 * @since 0.1.0
 * @see AsyncSchedulerClient
 * @see ReactiveSchedulerClient
 */
public interface SchedulerClient extends AutoCloseable {

	/**
	 * Submit a task for scheduling and execution. A refusal is a result, not an
	 * exception.
	 * @param submission the task
	 * @return the scheduler's response
	 * @throws SchedulerException if the call failed
	 */
	SubmitTaskResult submitTask(TaskSubmission submission);

	/**
	 * Submit many tasks with the default options.
	 * @param tasks the tasks, read when the returned stream is consumed
	 * @return the outcomes of the tasks, as they come; a lazy sequential stream
	 * @see #submitAll(Iterable, BatchOptions)
	 */
	default Stream<TaskOutcome> submitAll(Iterable<? extends TaskSubmission> tasks) {
		return submitAll(tasks, BatchOptions.defaults());
	}

	/**
	 * Submit many tasks, several at the same time. Each task that is read has exactly one
	 * outcome: neither a refusal nor a failed call nor a task that cannot be sent
	 * (including null) ends the batch or throws an exception, unless the options say so.
	 * <p>
	 * The stream is lazy. The thread that consumes it also reads the tasks and sends
	 * them, and nothing is sent before a terminal operation. At most
	 * {@link BatchOptions#maxInFlight()} tasks are read ahead of the consumed outcomes,
	 * so the number of tasks may exceed the memory. If the client's
	 * {@linkplain SchedulerClientBuilder#maxInFlight(int) limit of calls in flight} is
	 * reached, the batch waits.
	 * <p>
	 * If an operation such as {@code findFirst()} ends the stream early, tasks in flight
	 * are neither recalled nor cancelled. Only the listener in the options receives their
	 * outcomes. Close the stream to wait for them. If the consuming thread is
	 * interrupted, its calls in flight are cancelled and fail with the status
	 * {@code CANCELLED}, all remaining tasks are not sent, and the interrupt flag is
	 * kept.
	 * <p>
	 * An exception that the tasks' iterator throws is thrown by the terminal operation,
	 * after all outcomes of the tasks that were read.
	 * @param tasks the tasks, read when the returned stream is consumed
	 * @param options the options
	 * @return the outcomes of the tasks; a lazy sequential stream. Closing it sends
	 * nothing further and waits for the calls in flight, at most until their deadlines.
	 */
	Stream<TaskOutcome> submitAll(Iterable<? extends TaskSubmission> tasks, BatchOptions options);

	/**
	 * Submit many tasks with the default options.
	 * @param tasks the tasks, read when the returned stream is consumed
	 * @return the outcomes of the tasks, as they come; a lazy sequential stream
	 * @see #submitAll(Stream, BatchOptions)
	 */
	default Stream<TaskOutcome> submitAll(Stream<? extends TaskSubmission> tasks) {
		return submitAll(tasks, BatchOptions.defaults());
	}

	/**
	 * Submit many tasks, several at the same time.
	 * @param tasks the tasks, read when the returned stream is consumed, and closed with
	 * it
	 * @param options the options
	 * @return the outcomes of the tasks; a lazy sequential stream. Closing it sends
	 * nothing further and waits for the calls in flight, at most until their deadlines.
	 * @see #submitAll(Iterable, BatchOptions)
	 */
	Stream<TaskOutcome> submitAll(Stream<? extends TaskSubmission> tasks, BatchOptions options);

	/**
	 * Request a running task to yield, without a reason.
	 * @param agentId the agent that runs the task, not blank
	 * @param taskId the task, not blank
	 * @return the scheduler's response
	 * @throws SchedulerException if the call failed
	 */
	default PreemptionResult requestPreemption(String agentId, String taskId) {
		return requestPreemption(agentId, taskId, "");
	}

	/**
	 * Request a running task to yield.
	 * @param agentId the agent that runs the task, not blank
	 * @param taskId the task, not blank
	 * @param reason a human-readable reason why the task should yield; may be empty
	 * @return the scheduler's response
	 * @throws SchedulerException if the call failed
	 */
	PreemptionResult requestPreemption(String agentId, String taskId, String reason);

	/**
	 * Request an agent to shut down, with the scheduler's default grace period.
	 * @param agentId the agent, not blank
	 * @return the scheduler's response
	 * @throws SchedulerException if the call failed
	 */
	ShutdownResult shutdownAgent(String agentId);

	/**
	 * Request an agent to shut down.
	 * @param agentId the agent, not blank
	 * @param gracePeriod the time that running tasks have to complete, 0 to 315576000000
	 * seconds
	 * @return the scheduler's response
	 * @throws SchedulerException if the call failed
	 */
	ShutdownResult shutdownAgent(String agentId, Duration gracePeriod);

	/**
	 * Read the activity buffer of an agent.
	 * @param agentId the agent, not blank
	 * @return the entries, in the scheduler's order; an unmodifiable list
	 * @throws SchedulerException if the call failed
	 */
	List<ActivityEntry> pollActivityBuffer(String agentId);

	/**
	 * Remove the entries of some tasks from the activity buffer of an agent. Without task
	 * ids, nothing is sent and nothing is removed, although an empty list means
	 * "everything" in the protocol. Use {@link #purgeAllActivity(String)} to remove all
	 * entries.
	 * <p>
	 * If the task ids exceed the size of the largest message, they are sent with several
	 * calls, one after the other. If one of these calls fails, those before it have
	 * removed entries.
	 * @param agentId the agent, not blank
	 * @param taskIds the tasks, none of them blank
	 * @return the number of removed entries, which may exceed 4294967295 with several
	 * calls
	 * @throws SchedulerException if a call failed
	 */
	long purgeActivity(String agentId, Collection<String> taskIds);

	/**
	 * Remove all entries from the activity buffer of an agent.
	 * @param agentId the agent, not blank
	 * @return the number of removed entries, 0..4294967295
	 * @throws SchedulerException if the call failed
	 */
	long purgeAllActivity(String agentId);

	/**
	 * Watch the activity buffer of an agent, with the options of the client. Returns
	 * immediately; the buffer is polled in the background until the watch is closed.
	 * Watches continue if the client is garbage collected, and end if its channel is shut
	 * down. Their calls have the deadline and the metadata of this client.
	 * @param agentId the agent, not blank
	 * @param listener is told of new entries
	 * @return the watch, which the caller must close
	 * @see SchedulerClientBuilder#watchOptions(WatchOptions)
	 */
	ActivityWatch watchActivity(String agentId, ActivityListener listener);

	/**
	 * Watch the activity buffer of an agent. Returns immediately; the buffer is polled in
	 * the background until the watch is closed.
	 * @param agentId the agent, not blank
	 * @param options the options
	 * @param listener is told of new entries
	 * @return the watch, which the caller must close
	 */
	ActivityWatch watchActivity(String agentId, WatchOptions options, ActivityListener listener);

	/**
	 * Wait for an entry of a task, with the interval of the client's watch options. The
	 * entries that are already in the buffer are considered. Nothing is purged.
	 * <p>
	 * The protocol has no state of tasks. What an entry means is decided by those who
	 * write it: its description is free text, and several entries of a task are possible.
	 * A missing entry proves nothing: a full buffer refuses entries, others may purge
	 * them, and an entry that is added and purged between two polls is not seen.
	 * @param agentId the agent, not blank
	 * @param taskId the task, not blank
	 * @param condition decides which entry of the task is awaited
	 * @param timeout the longest time to wait, positive
	 * @return the first entry that meets the condition
	 * @throws ActivityTimeoutException if there was no such entry within the timeout
	 * @throws SchedulerException if a poll failed and another attempt can't succeed, or
	 * the thread was interrupted
	 */
	ActivityEntry awaitActivity(String agentId, String taskId, Predicate<? super ActivityEntry> condition,
			Duration timeout);

	/**
	 * Wait for an entry of a task, as
	 * {@link #awaitActivity(String, String, Predicate, Duration)} does.
	 * @param agentId the agent, not blank
	 * @param taskId the task, not blank
	 * @param condition decides which entry of the task is awaited
	 * @param timeout the longest time to wait, positive
	 * @param options the interval, jitter and maximum back-off of polls; other options
	 * have no effect
	 * @return the first entry that meets the condition
	 * @throws ActivityTimeoutException if there was no such entry within the timeout
	 * @throws SchedulerException if a poll failed and another attempt can't succeed, or
	 * the thread was interrupted
	 */
	ActivityEntry awaitActivity(String agentId, String taskId, Predicate<? super ActivityEntry> condition,
			Duration timeout, WatchOptions options);

	/**
	 * Return a client that gives every call the same deadline.
	 * @param deadline the maximum duration of a call, positive
	 * @return a client on the same channel; this one is unchanged
	 */
	SchedulerClient withDeadline(Duration deadline);

	/**
	 * Return a client that sends metadata with every call, replacing earlier values with
	 * the same name. The name {@code x-correlation-id} sets the correlation id, at most
	 * 128 characters.
	 * @param name the name of the metadata, without the suffix {@code -bin}, and not a
	 * name that gRPC or HTTP reserves, such as {@code user-agent}
	 * @param value the value, printable ASCII
	 * @return a client on the same channel; this one is unchanged
	 */
	default SchedulerClient withMetadata(String name, String value) {
		return withMetadata(CallMetadata.of(name, value));
	}

	/**
	 * Return a client that sends metadata with every call, replacing earlier values with
	 * the same names. The name {@code x-correlation-id} sets the correlation id, at most
	 * 128 characters.
	 * @param metadata the metadata, copied; names and texts as for
	 * {@link #withMetadata(String, String)}, binary values may be any bytes
	 * @return a client on the same channel; this one is unchanged
	 */
	SchedulerClient withMetadata(Metadata metadata);

	/**
	 * Shut down the channel of a client that was created from an address. Calls in flight
	 * have 5 seconds to complete and are cancelled after that. Clients derived from this
	 * one share the channel. A channel that was passed to the client remains open.
	 */
	@Override
	default void close() {
	}

	/**
	 * Create a client with default settings.
	 * @param channel the channel to the scheduler, which the caller must shut down
	 * @return a new client
	 */
	static SchedulerClient create(Channel channel) {
		return builder(channel).build();
	}

	/**
	 * Create a client with default settings and its own channel, which {@link #close()}
	 * shuts down.
	 * @param address the address of the scheduler, in a format that
	 * {@link SchedulerAddress} supports
	 * @return a new client
	 * @throws IllegalArgumentException if the address is invalid
	 */
	static SchedulerClient create(String address) {
		return builder(address).build();
	}

	/**
	 * Return a builder for a client.
	 * @param channel the channel to the scheduler, which the caller must shut down
	 * @return a new builder; call {@link SchedulerClientBuilder#build()} to create the
	 * client
	 */
	static SchedulerClientBuilder builder(Channel channel) {
		return new SchedulerClientBuilder(channel);
	}

	/**
	 * Return a builder for a client with its own channel, which {@link #close()} shuts
	 * down.
	 * @param address the address of the scheduler, in a format that
	 * {@link SchedulerAddress} supports
	 * @return a new builder; call {@link SchedulerClientBuilder#build()} to create the
	 * client
	 * @throws IllegalArgumentException if the address is invalid
	 */
	static SchedulerClientBuilder builder(String address) {
		return new SchedulerClientBuilder(SchedulerAddress.parse(address));
	}

}
