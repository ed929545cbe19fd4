package io.sw4rm.scheduler.client;

import java.time.Duration;
import java.util.Collection;

import io.grpc.Channel;
import io.grpc.Metadata;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import io.sw4rm.scheduler.client.address.SchedulerAddress;

/**
 * Reactive client of the SW4RM scheduler: the operations of {@link SchedulerClient},
 * answered with Reactor's types. Needs {@code reactor-core}.
 * <p>
 * Each subscription makes a call of its own, and cancelling it cancels the call. All
 * failures of operations are signalled, bad arguments among them.
 * <p>
 * Clients are immutable and thread-safe. A client that was created from a channel does
 * not own it; one that was created from an address owns its channel and must be closed.
 */
public interface ReactiveSchedulerClient extends AutoCloseable {

	/**
	 * Submit a task for scheduling and execution.
	 * @param submission the task
	 * @return the scheduler's answer
	 * @see SchedulerClient#submitTask(TaskSubmission)
	 */
	Mono<SubmitTaskResult> submitTask(TaskSubmission submission);

	/**
	 * Ask for a running task to yield, without a reason.
	 * @param agentId the agent that runs the task, not blank
	 * @param taskId the task, not blank
	 * @return the scheduler's answer
	 * @see SchedulerClient#requestPreemption(String, String)
	 */
	default Mono<PreemptionResult> requestPreemption(String agentId, String taskId) {
		return requestPreemption(agentId, taskId, "");
	}

	/**
	 * Ask for a running task to yield.
	 * @param agentId the agent that runs the task, not blank
	 * @param taskId the task, not blank
	 * @param reason why the task should yield, for people to read; may be empty
	 * @return the scheduler's answer
	 * @see SchedulerClient#requestPreemption(String, String, String)
	 */
	Mono<PreemptionResult> requestPreemption(String agentId, String taskId, String reason);

	/**
	 * Ask an agent to shut down, with the scheduler's default grace period.
	 * @param agentId the agent, not blank
	 * @return the scheduler's answer
	 * @see SchedulerClient#shutdownAgent(String)
	 */
	Mono<ShutdownResult> shutdownAgent(String agentId);

	/**
	 * Ask an agent to shut down.
	 * @param agentId the agent, not blank
	 * @param gracePeriod how long running tasks may go on, 0 to 315576000000 seconds
	 * @return the scheduler's answer
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
	 * ids nothing is sent and nothing is removed.
	 * @param agentId the agent, not blank
	 * @param taskIds the tasks, none of them blank
	 * @return how many entries were removed
	 * @see SchedulerClient#purgeActivity(String, Collection)
	 */
	Mono<Long> purgeActivity(String agentId, Collection<String> taskIds);

	/**
	 * Remove all entries from the activity buffer of an agent.
	 * @param agentId the agent, not blank
	 * @return how many entries were removed
	 * @see SchedulerClient#purgeAllActivity(String)
	 */
	Mono<Long> purgeAllActivity(String agentId);

	/**
	 * Return a client that gives every call the same deadline.
	 * @param deadline how long a call may take, positive
	 * @return a client on the same channel; this one is unchanged
	 */
	ReactiveSchedulerClient withDeadline(Duration deadline);

	/**
	 * Return a client that sends metadata with every call.
	 * @param name the name of the metadata, without the suffix {@code -bin}, and not one
	 * that gRPC or HTTP uses itself, such as {@code user-agent}
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
	 * {@link #withMetadata(String, String)}, and bytes of any kind
	 * @return a client on the same channel; this one is unchanged
	 * @see SchedulerClient#withMetadata(Metadata)
	 */
	ReactiveSchedulerClient withMetadata(Metadata metadata);

	/**
	 * Shut down the channel of a client that was created from an address; calls in flight
	 * have 5 seconds to end, then they are cancelled. Clients derived from this one share
	 * the channel. A channel that the client was given is left open.
	 */
	@Override
	default void close() {
	}

	/**
	 * Create a client with default settings.
	 * @param channel the channel to the scheduler, which stays the caller's to shut down
	 * @return a new client
	 */
	static ReactiveSchedulerClient create(Channel channel) {
		return builder(channel).buildReactive();
	}

	/**
	 * Create a client with default settings and a channel of its own, which
	 * {@link #close()} shuts down.
	 * @param address the address of the scheduler, as {@link SchedulerAddress} describes
	 * it
	 * @return a new client
	 * @throws IllegalArgumentException if the address is invalid
	 */
	static ReactiveSchedulerClient create(String address) {
		return builder(address).buildReactive();
	}

	/**
	 * Start to build a client.
	 * @param channel the channel to the scheduler, which stays the caller's to shut down
	 * @return a new builder, to be finished with
	 * {@link SchedulerClientBuilder#buildReactive()}
	 */
	static SchedulerClientBuilder builder(Channel channel) {
		return new SchedulerClientBuilder(channel);
	}

	/**
	 * Start to build a client with a channel of its own, which {@link #close()} shuts
	 * down.
	 * @param address the address of the scheduler, as {@link SchedulerAddress} describes
	 * it
	 * @return a new builder, to be finished with
	 * {@link SchedulerClientBuilder#buildReactive()}
	 * @throws IllegalArgumentException if the address is invalid
	 */
	static SchedulerClientBuilder builder(String address) {
		return new SchedulerClientBuilder(SchedulerAddress.parse(address));
	}

}
