package io.sw4rm.scheduler.embedded;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;

import io.grpc.Metadata;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * Injects faults into an {@link EmbeddedScheduler} and counts the received calls. The
 * faults of an RPC apply in the order in which they were configured, each to the given
 * number of calls; after that, calls are handled as usual. For example, to fail two
 * submissions and handle the third one:
 *
 * <pre class="code">
 * scheduler.faults().on(Rpc.SUBMIT_TASK).times(2).fail(Status.UNAVAILABLE);
 * </pre>
 *
 * Thread-safe.
 *
 * @since 0.1.0
 */
public final class Faults {

	private final ScheduledExecutorService timer;

	private final Executor handlers;

	private final Connections connections;

	private final Map<Rpc, Deque<Scripted>> scripted = new EnumMap<>(Rpc.class);

	private final Map<Rpc, Long> calls = new EnumMap<>(Rpc.class);

	Faults(ScheduledExecutorService timer, Executor handlers, Connections connections) {
		this.timer = timer;
		this.handlers = handlers;
		this.connections = connections;
	}

	/**
	 * Return a builder of a fault. The fault takes effect when one of {@code fail},
	 * {@code delay}, {@code hang} and {@code dropConnection} is called.
	 * @param rpc the RPC whose next call fails
	 * @return a new builder
	 */
	public Script on(Rpc rpc) {
		return new Script(rpc, 1);
	}

	/**
	 * Return the number of calls of an RPC since the start or the last {@link #clear()},
	 * including those that a fault applied to.
	 * @param rpc the RPC
	 * @return the number of calls
	 */
	public synchronized long calls(Rpc rpc) {
		return this.calls.getOrDefault(rpc, 0L);
	}

	/**
	 * Return the number of further calls of an RPC to which the configured faults will
	 * apply. It is 0 if all faults of the RPC were used.
	 * @param rpc the RPC
	 * @return the number of calls
	 */
	public synchronized int unused(Rpc rpc) {
		return this.scripted.getOrDefault(rpc, new ArrayDeque<>()).stream().mapToInt(Scripted::calls).sum();
	}

	/**
	 * Remove all faults and reset the number of calls. Does not affect calls to which a
	 * fault already applies.
	 */
	public synchronized void clear() {
		this.scripted.clear();
		this.calls.clear();
	}

	synchronized @Nullable ServerInterceptor next(Rpc rpc) {
		this.calls.merge(rpc, 1L, Long::sum);
		Deque<Scripted> faults = this.scripted.get(rpc);
		Scripted next = (faults != null) ? faults.pollFirst() : null;
		if (faults == null || next == null) {
			return null;
		}
		if (next.calls() > 1) {
			faults.addFirst(new Scripted(next.fault(), next.calls() - 1));
		}
		return next.fault();
	}

	private synchronized void add(Rpc rpc, Scripted fault) {
		this.scripted.computeIfAbsent(rpc, (key) -> new ArrayDeque<>()).addLast(fault);
	}

	private record Scripted(ServerInterceptor fault, int calls) {
	}

	/**
	 * Builder of a fault. Call one of {@code fail}, {@code delay}, {@code hang} and
	 * {@code dropConnection} to set what happens to the calls. Immutable.
	 */
	public final class Script {

		private final Rpc rpc;

		private final int calls;

		private Script(Rpc rpc, int calls) {
			this.rpc = Objects.requireNonNull(rpc, "'rpc' must not be null");
			this.calls = calls;
		}

		/**
		 * Apply the fault to several consecutive calls. The default is one call.
		 * @param calls the number of calls, at least 1
		 * @return a builder for that number of calls
		 * @throws IllegalArgumentException if the number is less than 1
		 */
		public Script times(int calls) {
			if (calls < 1) {
				throw new IllegalArgumentException("'calls' must be at least 1, got " + calls);
			}
			return new Script(this.rpc, calls);
		}

		/**
		 * Respond with an error instead of handling the call.
		 * @param status the error, optionally with a description
		 * @throws IllegalArgumentException if the status is OK
		 */
		public void fail(Status status) {
			fail(status, new Metadata());
		}

		/**
		 * Respond with an error and metadata instead of handling the call. The metadata
		 * may contain {@code grpc-retry-pushback-ms}, for example.
		 * @param status the error, optionally with a description
		 * @param trailers the metadata to send with it
		 * @throws IllegalArgumentException if the status is OK
		 */
		public void fail(Status status, Metadata trailers) {
			if (status.isOk()) {
				throw new IllegalArgumentException("'status' must be an error, got " + status.getCode());
			}
			Metadata copy = new Metadata();
			copy.merge(trailers);
			add(new FaultInterceptor.Fail(status, copy));
		}

		/**
		 * Wait before the call is handled. A call that is cancelled before that, for
		 * example by its deadline, has no effect.
		 * @param delay the delay, not negative
		 * @throws IllegalArgumentException if the delay is negative
		 */
		public void delay(Duration delay) {
			if (delay.isNegative()) {
				throw new IllegalArgumentException("'delay' must not be negative, got " + delay);
			}
			add(new FaultInterceptor.Delay(Faults.this.timer, Faults.this.handlers, delay));
		}

		/**
		 * Do not handle the call and do not respond until the client, the deadline or the
		 * stop of the scheduler cancels the call.
		 */
		public void hang() {
			add(new FaultInterceptor.Hang());
		}

		/**
		 * Handle the call, so that it takes effect, and then drop the connection before
		 * the response is sent. This call and other calls on the same connection fail
		 * with {@link Status#UNAVAILABLE}.
		 */
		public void dropConnection() {
			add(new FaultInterceptor.DropConnection(Faults.this.connections));
		}

		private void add(ServerInterceptor fault) {
			Faults.this.add(this.rpc, new Scripted(fault, this.calls));
		}

	}

}
