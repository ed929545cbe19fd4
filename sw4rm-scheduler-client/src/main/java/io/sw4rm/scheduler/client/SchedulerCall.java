package io.sw4rm.scheduler.client;

import io.grpc.CallOptions;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * A call of a client, from its start to its end, with all attempts that gRPC makes.
 * Listeners receive this object; interceptors, credentials and stream tracers obtain it
 * from the call options.
 * <p>
 * Thread-safe, unless a method says otherwise.
 *
 * @since 0.1.0
 * @see SchedulerCallListener
 */
public interface SchedulerCall {

	/**
	 * The call option that contains the call. It is {@code null} for calls that were not
	 * made by a client of this package, such as those of generated stubs.
	 */
	CallOptions.Key<@Nullable SchedulerCall> CALL_OPTION = CallOptions.Key.create("sw4rm-scheduler-call");

	/**
	 * Return the operation.
	 * @return the operation
	 */
	SchedulerOperation operation();

	/**
	 * Return the agent that the call applies to.
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
	 * Return how long the call took, including all attempts, or how long it has taken so
	 * far while it is running.
	 * @return the duration in nanoseconds
	 */
	long durationNanos();

	/**
	 * Return how often gRPC has sent the request so far. Does not count attempts that did
	 * not reach the scheduler (transparent retries, attempts without a connection) and
	 * attempts that it rejected as {@code UNAUTHENTICATED}.
	 * @return the number of attempts, 0 before the first one
	 */
	int attempts();

	/**
	 * Return the gRPC status that the call ended with.
	 * @return the status, or {@code null} while the call is running; {@code CANCELLED} if
	 * the caller cancelled the call, {@code UNKNOWN} if the failure did not come from
	 * gRPC
	 */
	Status.@Nullable Code status();

	/**
	 * Return the result.
	 * @return the result, or {@code null} unless the call has succeeded
	 */
	@Nullable Object result();

	/**
	 * Return why the call failed.
	 * @return the failure before it is translated, or {@code null} unless the call has
	 * failed
	 */
	@Nullable Throwable failure();

	/**
	 * Return whether metadata is sent with the call.
	 * @param name the name of the metadata
	 * @return whether the client or a listener has set it; the client sets the
	 * correlation id. Metadata that interceptors add is not included
	 */
	boolean hasMetadata(String name);

	/**
	 * Send metadata with the call, replacing an earlier value with the same name. Call
	 * this method from {@link SchedulerCallListener#onStart} only: later changes have no
	 * effect. Not thread-safe.
	 * @param name the name of the metadata, without the suffix {@code -bin}, and not a
	 * name that gRPC or HTTP reserves, such as {@code user-agent}
	 * @param value the value, printable ASCII
	 * @throws IllegalArgumentException if gRPC would drop or change the entry
	 */
	void setMetadata(String name, String value);

	/**
	 * Return a value that was stored with the call.
	 * @param key the key, compared by {@code equals}
	 * @return the value, or {@code null} if there is none
	 */
	@Nullable Object getAttribute(Object key);

	/**
	 * Store a value with the call, for example state that a listener needs when the call
	 * ends.
	 * @param key the key, such as the class of the listener
	 * @param value the value, or {@code null} to remove it
	 */
	void setAttribute(Object key, @Nullable Object value);

}
