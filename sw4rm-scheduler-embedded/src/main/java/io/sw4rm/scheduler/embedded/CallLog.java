package io.sw4rm.scheduler.embedded;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;

import com.google.protobuf.Message;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * The last calls, as many as the limits permit.
 */
final class CallLog {

	private static final int MAX_CALLS = 1000;

	private final long maxBytes;

	private final Deque<Entry> entries = new ArrayDeque<>();

	/**
	 * The bytes of all messages above.
	 */
	private long bytes;

	CallLog(long maxBytes) {
		this.maxBytes = maxBytes;
	}

	/**
	 * Add a call that has just arrived.
	 */
	synchronized Entry add(Rpc rpc, Metadata metadata, @Nullable Deadline deadline, @Nullable Object fault) {
		Duration timeRemaining = (deadline != null) ? Duration.ofNanos(deadline.timeRemaining(TimeUnit.NANOSECONDS))
				: null;
		Entry entry = new Entry(rpc, metadata, timeRemaining, (fault != null) ? fault.toString() : null);
		this.entries.addLast(entry);
		if (this.entries.size() > MAX_CALLS) {
			forgetOldest();
		}
		return entry;
	}

	synchronized List<ReceivedCall> calls() {
		return this.entries.stream().map(Entry::snapshot).toList();
	}

	synchronized void clear() {
		while (!this.entries.isEmpty()) {
			forgetOldest();
		}
	}

	private void forgetOldest() {
		Entry oldest = this.entries.removeFirst();
		oldest.forgotten = true;
		this.bytes -= oldest.bytes;
	}

	/**
	 * A call, whose messages and status arrive later. Guarded by the log.
	 */
	final class Entry {

		private final Rpc rpc;

		private final Metadata metadata;

		private final @Nullable Duration timeRemaining;

		private final @Nullable String fault;

		private @Nullable Message request;

		private @Nullable Message response;

		private Status.@Nullable Code status;

		private long bytes;

		private boolean forgotten;

		private Entry(Rpc rpc, Metadata metadata, @Nullable Duration timeRemaining, @Nullable String fault) {
			this.rpc = rpc;
			this.metadata = metadata;
			this.timeRemaining = timeRemaining;
			this.fault = fault;
		}

		void received(Message request) {
			synchronized (CallLog.this) {
				if (holds(request)) {
					this.request = request;
				}
			}
		}

		void answered(Message response) {
			synchronized (CallLog.this) {
				if (holds(response)) {
					this.response = response;
				}
			}
		}

		void ended(Status.Code status) {
			synchronized (CallLog.this) {
				if (this.status == null) {
					this.status = status;
				}
			}
		}

		/**
		 * Make room for a message, if necessary by forgetting the oldest calls, up to
		 * this one.
		 */
		private boolean holds(Message message) {
			if (this.forgotten) {
				return false;
			}
			this.bytes += message.getSerializedSize();
			CallLog.this.bytes += message.getSerializedSize();
			while (CallLog.this.bytes > CallLog.this.maxBytes) {
				forgetOldest();
			}
			return !this.forgotten;
		}

		private ReceivedCall snapshot() {
			return new ReceivedCall(this.rpc, this.request, this.metadata, this.timeRemaining, this.fault,
					this.response, this.status);
		}

	}

}
