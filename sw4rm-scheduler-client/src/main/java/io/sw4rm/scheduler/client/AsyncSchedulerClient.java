package io.sw4rm.scheduler.client;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;

import io.grpc.Channel;
import io.grpc.Metadata;

import io.sw4rm.scheduler.client.address.SchedulerAddress;

/**
 * Asynchronous client of the SW4RM scheduler: the operations of {@link SchedulerClient},
 * returning a {@link CompletableFuture}.
 * <p>
 * Operations that return a future never throw exceptions: all failures complete the
 * future exceptionally, including invalid arguments. Cancelling a future, or completing
 * it early in another way, cancels its call; cancelling a dependent stage does not.
 * Futures complete on a thread of the channel's executor, so dependent stages that block
 * should use their own executor.
 * <p>
 * Clients are immutable and thread-safe. A client that was created from a channel does
 * not own it; one that was created from an address owns its channel and must be closed.
 *
 * @since 0.1.0
 */
public interface AsyncSchedulerClient extends AutoCloseable {

	/**
	 * Submit a task for scheduling and execution.
	 * @param submission the task
	 * @return the scheduler's response
	 * @see SchedulerClient#submitTask(TaskSubmission)
	 */
	CompletableFuture<SubmitTaskResult> submitTask(TaskSubmission submission);

	/**
	 * Submit many tasks, several at the same time. Each task that is read has exactly one
	 * outcome: neither a refusal nor a failed call nor a task that cannot be sent
	 * (including null) ends the batch, unless the options say so. If the client's
	 * {@linkplain SchedulerClientBuilder#maxInFlight(int) limit of calls in flight} is
	 * reached, the batch waits, without blocking a thread.
	 * <p>
	 * The tasks are read and the consumer is called by threads of the channel's executor
	 * and of the JDK's common pool, not by the calling thread: values that are bound to
	 * that thread are not available, except gRPC's context. Neither the tasks' iterator
	 * nor the consumer should block for long. At most {@link BatchOptions#maxInFlight()}
	 * tasks are read ahead of the consumed outcomes, so the number of tasks may exceed
	 * the memory.
	 * <p>
	 * If the tasks' iterator or the consumer throws an exception, no further task is read
	 * or sent. The batch then completes exceptionally after all calls in flight were
	 * answered. A consumer that has thrown an exception is not called again; the listener
	 * in the options receives all outcomes.
	 * @param tasks the tasks, read by one thread at a time
	 * @param options the options
	 * @param consumer receives the outcomes, called by one thread at a time; must not
	 * wait for the end of the batch
	 * @return the batch, which has started
	 * @see SchedulerClient#submitAll(Iterable, BatchOptions)
	 */
	TaskBatch submitAll(Iterable<? extends TaskSubmission> tasks, BatchOptions options,
			Consumer<? super TaskOutcome> consumer);

	/**
	 * Submit many tasks, several at the same time.
	 * @param tasks the tasks, read by one thread at a time, and closed when the batch
	 * ends
	 * @param options the options
	 * @param consumer receives the outcomes, called by one thread at a time; must not
	 * wait for the end of the batch
	 * @return the batch, which has started
	 * @see #submitAll(Iterable, BatchOptions, Consumer)
	 */
	TaskBatch submitAll(Stream<? extends TaskSubmission> tasks, BatchOptions options,
			Consumer<? super TaskOutcome> consumer);

	/**
	 * Request a running task to yield, without a reason.
	 * @param agentId the agent that runs the task, not blank
	 * @param taskId the task, not blank
	 * @return the scheduler's response
	 * @see SchedulerClient#requestPreemption(String, String)
	 */
	default CompletableFuture<PreemptionResult> requestPreemption(String agentId, String taskId) {
		return requestPreemption(agentId, taskId, "");
	}

	/**
	 * Request a running task to yield.
	 * @param agentId the agent that runs the task, not blank
	 * @param taskId the task, not blank
	 * @param reason a human-readable reason why the task should yield; may be empty
	 * @return the scheduler's response
	 * @see SchedulerClient#requestPreemption(String, String, String)
	 */
	CompletableFuture<PreemptionResult> requestPreemption(String agentId, String taskId, String reason);

	/**
	 * Request an agent to shut down, with the scheduler's default grace period.
	 * @param agentId the agent, not blank
	 * @return the scheduler's response
	 * @see SchedulerClient#shutdownAgent(String)
	 */
	CompletableFuture<ShutdownResult> shutdownAgent(String agentId);

	/**
	 * Request an agent to shut down.
	 * @param agentId the agent, not blank
	 * @param gracePeriod the time that running tasks have to complete, 0 to 315576000000
	 * seconds
	 * @return the scheduler's response
	 * @see SchedulerClient#shutdownAgent(String, Duration)
	 */
	CompletableFuture<ShutdownResult> shutdownAgent(String agentId, Duration gracePeriod);

	/**
	 * Read the activity buffer of an agent.
	 * @param agentId the agent, not blank
	 * @return the entries, in the scheduler's order; an unmodifiable list
	 * @see SchedulerClient#pollActivityBuffer(String)
	 */
	CompletableFuture<List<ActivityEntry>> pollActivityBuffer(String agentId);

	/**
	 * Remove the entries of some tasks from the activity buffer of an agent. Without task
	 * ids, nothing is sent and nothing is removed. If several calls are required,
	 * cancelling the future cancels the current one, and further ones are not made.
	 * @param agentId the agent, not blank
	 * @param taskIds the tasks, none of them blank
	 * @return the number of removed entries
	 * @see SchedulerClient#purgeActivity(String, Collection)
	 */
	CompletableFuture<Long> purgeActivity(String agentId, Collection<String> taskIds);

	/**
	 * Remove all entries from the activity buffer of an agent.
	 * @param agentId the agent, not blank
	 * @return the number of removed entries
	 * @see SchedulerClient#purgeAllActivity(String)
	 */
	CompletableFuture<Long> purgeAllActivity(String agentId);

	/**
	 * Watch the activity buffer of an agent, with the options of the client.
	 * @param agentId the agent, not blank
	 * @param listener is told of new entries
	 * @return the watch, which the caller must close
	 * @throws IllegalArgumentException if an argument is invalid
	 * @see SchedulerClient#watchActivity(String, ActivityListener)
	 */
	ActivityWatch watchActivity(String agentId, ActivityListener listener);

	/**
	 * Watch the activity buffer of an agent.
	 * @param agentId the agent, not blank
	 * @param options the options
	 * @param listener is told of new entries
	 * @return the watch, which the caller must close
	 * @throws IllegalArgumentException if an argument is invalid
	 * @see SchedulerClient#watchActivity(String, WatchOptions, ActivityListener)
	 */
	ActivityWatch watchActivity(String agentId, WatchOptions options, ActivityListener listener);

	/**
	 * Wait for an entry of a task. Polls until there is one, a failure is not worth
	 * another attempt, or the future is cancelled or completed in another way.
	 * @param agentId the agent, not blank
	 * @param taskId the task, not blank
	 * @param condition decides which entry of the task is awaited
	 * @return the first entry that meets the condition
	 * @see SchedulerClient#awaitActivity(String, String, Predicate, Duration)
	 */
	CompletableFuture<ActivityEntry> awaitActivity(String agentId, String taskId,
			Predicate<? super ActivityEntry> condition);

	/**
	 * Wait for an entry of a task, as {@link #awaitActivity(String, String, Predicate)}
	 * does.
	 * @param agentId the agent, not blank
	 * @param taskId the task, not blank
	 * @param condition decides which entry of the task is awaited
	 * @param options the interval, jitter and maximum back-off of polls; other options
	 * have no effect
	 * @return the first entry that meets the condition
	 */
	CompletableFuture<ActivityEntry> awaitActivity(String agentId, String taskId,
			Predicate<? super ActivityEntry> condition, WatchOptions options);

	/**
	 * Return a client that gives every call the same deadline.
	 * @param deadline the maximum duration of a call, positive
	 * @return a client on the same channel; this one is unchanged
	 */
	AsyncSchedulerClient withDeadline(Duration deadline);

	/**
	 * Return a client that sends metadata with every call.
	 * @param name the name of the metadata, without the suffix {@code -bin}, and not a
	 * name that gRPC or HTTP reserves, such as {@code user-agent}
	 * @param value the value, printable ASCII
	 * @return a client on the same channel; this one is unchanged
	 * @see SchedulerClient#withMetadata(String, String)
	 */
	default AsyncSchedulerClient withMetadata(String name, String value) {
		return withMetadata(CallMetadata.of(name, value));
	}

	/**
	 * Return a client that sends metadata with every call.
	 * @param metadata the metadata, copied; names and texts as for
	 * {@link #withMetadata(String, String)}, binary values may be any bytes
	 * @return a client on the same channel; this one is unchanged
	 * @see SchedulerClient#withMetadata(Metadata)
	 */
	AsyncSchedulerClient withMetadata(Metadata metadata);

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
	static AsyncSchedulerClient create(Channel channel) {
		return builder(channel).buildAsync();
	}

	/**
	 * Create a client with default settings and its own channel, which {@link #close()}
	 * shuts down.
	 * @param address the address of the scheduler, in a format that
	 * {@link SchedulerAddress} supports
	 * @return a new client
	 * @throws IllegalArgumentException if the address is invalid
	 */
	static AsyncSchedulerClient create(String address) {
		return builder(address).buildAsync();
	}

	/**
	 * Return a builder for a client.
	 * @param channel the channel to the scheduler, which the caller must shut down
	 * @return a new builder; call {@link SchedulerClientBuilder#buildAsync()} to create
	 * the client
	 */
	static SchedulerClientBuilder builder(Channel channel) {
		return new SchedulerClientBuilder(channel);
	}

	/**
	 * Return a builder for a client with its own channel, which {@link #close()} shuts
	 * down.
	 * @param address the address of the scheduler, in a format that
	 * {@link SchedulerAddress} supports
	 * @return a new builder; call {@link SchedulerClientBuilder#buildAsync()} to create
	 * the client
	 * @throws IllegalArgumentException if the address is invalid
	 */
	static SchedulerClientBuilder builder(String address) {
		return new SchedulerClientBuilder(SchedulerAddress.parse(address));
	}

}
