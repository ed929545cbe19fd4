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
 * Scripted faults of an {@link EmbeddedScheduler}, and a count of the calls that arrived.
 * Faults of one RPC take effect in the order in which they were scripted, each on as many
 * calls as was said; after that, calls are handled as usual. For example, to let two
 * submissions fail and the third one through:
 *
 * <pre class="code">
 * scheduler.faults().on(Rpc.SUBMIT_TASK).times(2).fail(Status.UNAVAILABLE);
 * </pre>
 *
 * Thread-safe.
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
	 * Begin to script a fault. Nothing is scripted until one of the methods is called
	 * that say what happens.
	 * @param rpc the RPC whose next call is to go wrong
	 * @return the script to complete
	 */
	public Script on(Rpc rpc) {
		return new Script(rpc, 1);
	}

	/**
	 * Return how many calls of an RPC arrived since the start or the last
	 * {@link #clear()}, including those that met a fault.
	 * @param rpc the RPC
	 * @return the number of calls
	 */
	public synchronized long calls(Rpc rpc) {
		return this.calls.getOrDefault(rpc, 0L);
	}

	/**
	 * Forget all scripted faults and count calls from zero again. Calls that a fault has
	 * already caught stay caught.
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
	 * A fault in the making: which calls it is for is known, what happens to them is said
	 * by one of {@code fail}, {@code delay}, {@code hang} and {@code dropConnection}.
	 * Immutable.
	 */
	public final class Script {

		private final Rpc rpc;

		private final int calls;

		private Script(Rpc rpc, int calls) {
			this.rpc = Objects.requireNonNull(rpc, "'rpc' must not be null");
			this.calls = calls;
		}

		/**
		 * Let the fault take effect on several calls, one after the other. Without this
		 * it is one.
		 * @param calls the number of calls, at least 1
		 * @return a script for that many calls
		 * @throws IllegalArgumentException if the number is less than 1
		 */
		public Script times(int calls) {
			if (calls < 1) {
				throw new IllegalArgumentException("'calls' must be at least 1, got " + calls);
			}
			return new Script(this.rpc, calls);
		}

		/**
		 * Answer with an error instead of handling the call.
		 * @param status the error, with a description if wanted
		 * @throws IllegalArgumentException if the status is OK
		 */
		public void fail(Status status) {
			fail(status, new Metadata());
		}

		/**
		 * Answer with an error and metadata instead of handling the call. The metadata
		 * may hold {@code grpc-retry-pushback-ms}, for example.
		 * @param status the error, with a description if wanted
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
		 * Wait before the call is handled. A call that is cancelled before that, by its
		 * deadline for example, takes no effect.
		 * @param delay how long to wait, not negative
		 * @throws IllegalArgumentException if the delay is negative
		 */
		public void delay(Duration delay) {
			if (delay.isNegative()) {
				throw new IllegalArgumentException("'delay' must not be negative, got " + delay);
			}
			add(new FaultInterceptor.Delay(Faults.this.timer, Faults.this.handlers, delay));
		}

		/**
		 * Neither handle nor answer the call, until it is cancelled by the client, by its
		 * deadline, or because the scheduler stops.
		 */
		public void hang() {
			add(new FaultInterceptor.Hang());
		}

		/**
		 * Handle the call, so that it takes effect, and then drop the connection before
		 * the answer is sent. The client sees {@link Status#UNAVAILABLE}, for other calls
		 * on the same connection too.
		 */
		public void dropConnection() {
			add(new FaultInterceptor.DropConnection(Faults.this.connections));
		}

		private void add(ServerInterceptor fault) {
			Faults.this.add(this.rpc, new Scripted(fault, this.calls));
		}

	}

}
