package io.sw4rm.scheduler.client;

import java.time.Duration;
import java.util.Collection;
import java.util.function.Predicate;

import io.grpc.Channel;
import io.grpc.Metadata;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import io.sw4rm.scheduler.client.address.SchedulerAddress;

/**
 * Reactive client of the SW4RM scheduler: the operations of {@link SchedulerClient},
 * returning Reactor types. Requires {@code reactor-core}.
 * <p>
 * Each subscription makes a separate call, and cancelling it cancels the call, except for
 * batches of tasks. All failures are signalled as errors, including invalid arguments.
 * <p>
 * Clients are immutable and thread-safe. A client that was created from a channel does
 * not own it; one that was created from an address owns its channel and must be closed.
 *
 * @since 0.1.0
 */
public interface ReactiveSchedulerClient extends AutoCloseable {

	/**
	 * Submit a task for scheduling and execution.
	 * @param submission the task
	 * @return the scheduler's response
	 * @see SchedulerClient#submitTask(TaskSubmission)
	 */
	Mono<SubmitTaskResult> submitTask(TaskSubmission submission);

	/**
	 * Submit many tasks with the default options.
	 * @param tasks the tasks
	 * @return the outcomes of the tasks, as they come
	 * @see #submitAll(Publisher, BatchOptions)
	 */
	default Flux<TaskOutcome> submitAll(Publisher<? extends TaskSubmission> tasks) {
		return submitAll(tasks, BatchOptions.defaults());
	}

	/**
	 * Submit many tasks, several at the same time. Each task that is received has exactly
	 * one outcome: neither a refusal nor a failed call nor a task that cannot be sent
	 * ends the batch, unless the options say so. An error of the publisher is signalled
	 * after these outcomes. If the client's
	 * {@linkplain SchedulerClientBuilder#maxInFlight(int) limit of calls in flight} is
	 * reached, the batch waits, without blocking a thread.
	 * <p>
	 * Tasks are requested and sent ahead of the demand for outcomes, but at most
	 * {@link BatchOptions#maxInFlight()}. Cancelling the subscription sends nothing
	 * further, but does not cancel the calls in flight. Only the listener in the options
	 * receives their outcomes.
	 * @param tasks the tasks
	 * @param options the options
	 * @return the outcomes of the tasks; each subscription submits the tasks again
	 * @see SchedulerClient#submitAll(Iterable, BatchOptions)
	 */
	Flux<TaskOutcome> submitAll(Publisher<? extends TaskSubmission> tasks, BatchOptions options);

	/**
	 * Request a running task to yield, without a reason.
	 * @param agentId the agent that runs the task, not blank
	 * @param taskId the task, not blank
	 * @return the scheduler's response
	 * @see SchedulerClient#requestPreemption(String, String)
	 */
	default Mono<PreemptionResult> requestPreemption(String agentId, String taskId) {
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
	Mono<PreemptionResult> requestPreemption(String agentId, String taskId, String reason);

	/**
	 * Request an agent to shut down, with the scheduler's default grace period.
	 * @param agentId the agent, not blank
	 * @return the scheduler's response
	 * @see SchedulerClient#shutdownAgent(String)
	 */
	Mono<ShutdownResult> shutdownAgent(String agentId);

	/**
	 * Request an agent to shut down.
	 * @param agentId the agent, not blank
	 * @param gracePeriod the time that running tasks have to complete, 0 to 315576000000
	 * seconds
	 * @return the scheduler's response
	 * @see SchedulerClient#shutdownAgent(String, Duration)
	 */
	Mono<ShutdownResult> shutdownAgent(String agentId, Duration gracePeriod);

	/**
	 * Read the activity buffer of an agent.
	 * @param agentId the agent, not blank
	 * @return the entries, in the scheduler's order
	 * @see SchedulerClient#pollActivityBuffer(String)
	 */
	Flux<ActivityEntry> pollActivityBuffer(String agentId);

	/**
	 * Remove the entries of some tasks from the activity buffer of an agent. Without task
	 * ids, nothing is sent and nothing is removed.
	 * @param agentId the agent, not blank
	 * @param taskIds the tasks, none of them blank
	 * @return the number of removed entries
	 * @see SchedulerClient#purgeActivity(String, Collection)
	 */
	Mono<Long> purgeActivity(String agentId, Collection<String> taskIds);

	/**
	 * Remove all entries from the activity buffer of an agent.
	 * @param agentId the agent, not blank
	 * @return the number of removed entries
	 * @see SchedulerClient#purgeAllActivity(String)
	 */
	Mono<Long> purgeAllActivity(String agentId);

	/**
	 * Watch the activity buffer of an agent, with the options of the client. Each
	 * subscription has its own watch. Cancelling it stops polling and cancels the call in
	 * flight. The buffer is not polled while entries of the last answer have not been
	 * requested. The flux does not complete; it ends with an error if a call fails and
	 * {@linkplain SchedulerException#isRetryable() another attempt can't succeed}. An
	 * outage is logged only.
	 * @param agentId the agent, not blank
	 * @return the entries that are in the buffer, and new ones
	 * @see SchedulerClient#watchActivity(String, ActivityListener)
	 */
	Flux<ActivityEntry> watchActivity(String agentId);

	/**
	 * Watch the activity buffer of an agent, as {@link #watchActivity(String)} does.
	 * @param agentId the agent, not blank
	 * @param options the options. With a {@linkplain WatchOptions#withPurge(boolean)
	 * purge}, entries are purged after the subscriber has received all entries of an
	 * answer, whether or not it has handled them.
	 * @return the entries
	 */
	Flux<ActivityEntry> watchActivity(String agentId, WatchOptions options);

	/**
	 * Wait for an entry of a task.
	 * @param agentId the agent, not blank
	 * @param taskId the task, not blank
	 * @param condition decides which entry of the task is awaited
	 * @return the first entry that meets the condition
	 * @see SchedulerClient#awaitActivity(String, String, Predicate, Duration)
	 */
	Mono<ActivityEntry> awaitActivity(String agentId, String taskId, Predicate<? super ActivityEntry> condition);

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
	Mono<ActivityEntry> awaitActivity(String agentId, String taskId, Predicate<? super ActivityEntry> condition,
			WatchOptions options);

	/**
	 * Return a client that gives every call the same deadline.
	 * @param deadline the maximum duration of a call, positive
	 * @return a client on the same channel; this one is unchanged
	 */
	ReactiveSchedulerClient withDeadline(Duration deadline);

	/**
	 * Return a client that sends metadata with every call.
	 * @param name the name of the metadata, without the suffix {@code -bin}, and not a
	 * name that gRPC or HTTP reserves, such as {@code user-agent}
	 * @param value the value, printable ASCII
	 * @return a client on the same channel; this one is unchanged
	 * @see SchedulerClient#withMetadata(String, String)
	 */
	default ReactiveSchedulerClient withMetadata(String name, String value) {
		return withMetadata(CallMetadata.of(name, value));
	}

	/**
	 * Return a client that sends metadata with every call.
	 * @param metadata the metadata, copied; names and texts as for
	 * {@link #withMetadata(String, String)}, binary values may be any bytes
	 * @return a client on the same channel; this one is unchanged
	 * @see SchedulerClient#withMetadata(Metadata)
	 */
	ReactiveSchedulerClient withMetadata(Metadata metadata);

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
	static ReactiveSchedulerClient create(Channel channel) {
		return builder(channel).buildReactive();
	}

	/**
	 * Create a client with default settings and its own channel, which {@link #close()}
	 * shuts down.
	 * @param address the address of the scheduler, in a format that
	 * {@link SchedulerAddress} supports
	 * @return a new client
	 * @throws IllegalArgumentException if the address is invalid
	 */
	static ReactiveSchedulerClient create(String address) {
		return builder(address).buildReactive();
	}

	/**
	 * Return a builder for a client.
	 * @param channel the channel to the scheduler, which the caller must shut down
	 * @return a new builder; call {@link SchedulerClientBuilder#buildReactive()} to
	 * create the client
	 */
	static SchedulerClientBuilder builder(Channel channel) {
		return new SchedulerClientBuilder(channel);
	}

	/**
	 * Return a builder for a client with its own channel, which {@link #close()} shuts
	 * down.
	 * @param address the address of the scheduler, in a format that
	 * {@link SchedulerAddress} supports
	 * @return a new builder; call {@link SchedulerClientBuilder#buildReactive()} to
	 * create the client
	 * @throws IllegalArgumentException if the address is invalid
	 */
	static SchedulerClientBuilder builder(String address) {
		return new SchedulerClientBuilder(SchedulerAddress.parse(address));
	}

}
