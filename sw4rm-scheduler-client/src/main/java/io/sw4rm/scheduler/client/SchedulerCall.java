package io.sw4rm.scheduler.client;

import io.grpc.CallOptions;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * One call of a client, from its start to its end, with all attempts that gRPC makes.
 * Listeners are given this object, and whatever sees the call on its way through gRPC
 * (interceptors, credentials, stream tracers) finds it in the call options.
 * <p>
 * Thread-safe, unless a method says otherwise.
 *
 * @see SchedulerCallListener
 */
public interface SchedulerCall {

	/**
	 * The call option of each call that holds the call. It is {@code null} for calls that
	 * were not made by a client of this package, such as those of generated stubs.
	 */
	CallOptions.Key<@Nullable SchedulerCall> CALL_OPTION = CallOptions.Key.create("sw4rm-scheduler-call");

	/**
	 * Return the operation.
	 * @return the operation
	 */
	SchedulerOperation operation();

	/**
	 * Return the agent that the call is about.
	 * @return the agent id, not blank
	 */
	String agentId();

	/**
	 * Return the task that is submitted or preempted.
	 * @return the task id, or {@code null} for all other operations
	 */
	@Nullable String taskId();

	/**
	 * Return the correlation id that is sent with the call.
	 * @return the correlation id
	 */
	String correlationId();

	/**
	 * Return the scheduler that is called, such as {@code localhost:50053}.
	 * @return the target
	 */
	String target();

	/**
	 * Return the size of the request message before compression.
	 * @return the size in bytes
	 */
	int requestSize();

	/**
	 * Return the size of the task parameters in the request.
	 * @return the size in bytes, 0 for all operations but {@code SUBMIT_TASK}
	 */
	int payloadSize();

	/**
	 * Return when the call started.
	 * @return the value of {@link System#nanoTime()} at the start
	 */
	long startNanos();

	/**
	 * Return how long the call took, with all its attempts; while it is running, how long
	 * it has taken so far.
	 * @return the duration in nanoseconds
	 */
	long durationNanos();

	/**
	 * Return how often gRPC has sent the request so far. Attempts that certainly did not
	 * reach the scheduler (transparent retries, attempts without a connection) and those
	 * that it refused as {@code UNAUTHENTICATED} are not counted.
	 * @return the number of attempts, 0 before the first one
	 */
	int attempts();

	/**
	 * Return the gRPC status that the call ended with.
	 * @return the status, or {@code null} while the call is running; {@code CANCELLED} if
	 * the caller gave up, {@code UNKNOWN} if something other than gRPC failed
	 */
	Status.@Nullable Code status();

	/**
	 * Return what the caller gets.
	 * @return the result, or {@code null} unless the call has succeeded
	 */
	@Nullable Object result();

	/**
	 * Return why the call failed.
	 * @return the failure, before an exception translator sees it, or {@code null} unless
	 * the call has failed
	 */
	@Nullable Throwable failure();

	/**
	 * Return whether metadata is sent with the call.
	 * @param name the name of the metadata
	 * @return whether the client or a listener has set it, as the client does with the
	 * correlation id; what interceptors add is not known here
	 */
	boolean hasMetadata(String name);

	/**
	 * Send metadata with the call, in the place of an earlier value with the same name.
	 * Only {@link SchedulerCallListener#onStart} may do this: later changes have no
	 * effect. Not thread-safe.
	 * @param name the name of the metadata, without the suffix {@code -bin}, and not one
	 * that gRPC or HTTP uses itself, such as {@code user-agent}
	 * @param value the value, printable ASCII
	 * @throws IllegalArgumentException if gRPC would drop or change the entry
	 */
	void setMetadata(String name, String value);

	/**
	 * Return what was kept with the call.
	 * @param key the key, compared by {@code equals}
	 * @return the value, or {@code null} if there is none
	 */
	@Nullable Object getAttribute(Object key);

	/**
	 * Keep something with the call: the place for what a listener must remember from the
	 * start of a call to its end.
	 * @param key the key, such as the class of the listener
	 * @param value the value, or {@code null} to remove it
	 */
	void setAttribute(Object key, @Nullable Object value);

}
