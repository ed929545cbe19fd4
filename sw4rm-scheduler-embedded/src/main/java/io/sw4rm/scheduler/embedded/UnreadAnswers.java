package io.sw4rm.scheduler.embedded;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.SocketAddress;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

import com.google.protobuf.MessageLite;
import io.grpc.Attributes;
import io.grpc.Context;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerTransportFilter;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * Limits the memory of responses that clients do not read. A response uses memory until
 * its client has read it or its call has ended otherwise. If the limit is reached, a
 * response waits until memory is available. The memory of each connection is limited, so
 * that slow clients do not affect others. If many slow clients use all memory and no
 * client reads anything for a while, the connection with the oldest response is dropped.
 */
final class UnreadAnswers extends ServerTransportFilter implements ServerInterceptor {

	private static final Logger logger = System.getLogger(UnreadAnswers.class.getName());

	/**
	 * All responses except those to {@code PollActivityBuffer} are smaller. They are not
	 * counted, so that they never wait.
	 */
	private static final int UNIT_BYTES = 1024;

	private static final long PATIENCE_MILLIS = 2000;

	private static final int SHARES = 8;

	private static final Attributes.Key<Semaphore> FREE_UNITS_OF_CONNECTION = Attributes.Key
		.create("free-units-of-connection");

	private final int maxUnits;

	private final int maxUnitsOfConnection;

	private final Semaphore freeUnits;

	private final Connections connections;

	/**
	 * The responses on connections that were not dropped, oldest first.
	 */
	private final Queue<Answer> answers = new ArrayDeque<>();

	private long lastRead = System.nanoTime();

	UnreadAnswers(long maxBytes, Connections connections) {
		this.maxUnits = (int) Math.min(maxBytes / UNIT_BYTES, Integer.MAX_VALUE);
		this.maxUnitsOfConnection = Math.max(this.maxUnits / SHARES, 1);
		this.freeUnits = new Semaphore(this.maxUnits, true);
		this.connections = connections;
	}

	@Override
	public Attributes transportReady(Attributes transport) {
		return transport.toBuilder()
			.set(FREE_UNITS_OF_CONNECTION, new Semaphore(this.maxUnitsOfConnection, true))
			.build();
	}

	@Override
	public <Q, S> ServerCall.Listener<Q> interceptCall(ServerCall<Q, S> call, Metadata headers,
			ServerCallHandler<Q, S> next) {
		Context context = Context.current();
		return next.startCall(new SimpleForwardingServerCall<>(call) {

			@Override
			public void sendMessage(S message) {
				int units = ((MessageLite) message).getSerializedSize() / UNIT_BYTES;
				if (units == 0 || makeRoom(units, context, getAttributes())) {
					super.sendMessage(message);
				}
			}

			@Override
			public void close(Status status, Metadata trailers) {
				// The message may be missing
				super.close(context.isCancelled() ? Status.CANCELLED : status, trailers);
			}

		}, headers);
	}

	/**
	 * Reserve memory for a response, until its call has ended.
	 * @return {@code false} if the call ended before memory was available
	 */
	private boolean makeRoom(int units, Context call, Attributes transport) {
		Semaphore freeUnitsOfConnection = Objects.requireNonNull(transport.get(FREE_UNITS_OF_CONNECTION));
		try {
			while (!acquire(freeUnitsOfConnection, Math.min(units, this.maxUnitsOfConnection), call)) {
				if (call.isCancelled()) {
					return false;
				}
			}
			while (!acquire(this.freeUnits, Math.min(units, this.maxUnits), call)) {
				if (call.isCancelled()) {
					return false;
				}
				dropOldest();
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
		Answer answer = new Answer(transport.get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR), System.nanoTime());
		add(answer);
		call.addListener((ended) -> remove(answer), Runnable::run);
		return !call.isCancelled();
	}

	private static boolean acquire(Semaphore freeUnits, int units, Context call) throws InterruptedException {
		if (!freeUnits.tryAcquire(units, PATIENCE_MILLIS, TimeUnit.MILLISECONDS)) {
			return false;
		}
		// Calls back immediately if the call has already ended
		call.addListener((ended) -> freeUnits.release(units), Runnable::run);
		return true;
	}

	private synchronized void add(Answer answer) {
		this.answers.add(answer);
	}

	private synchronized void remove(Answer answer) {
		if (this.answers.remove(answer)) {
			this.lastRead = System.nanoTime();
		}
	}

	private synchronized void dropOldest() {
		Answer oldest = this.answers.peek();
		if (oldest == null || isRecent(oldest.since) || isRecent(this.lastRead)) {
			return;
		}
		logger.log(Level.WARNING,
				"Dropping the connection of " + oldest.client
						+ " because it does not read its responses: unread responses reached the limit of "
						+ this.maxUnits + " KiB");
		this.answers.removeIf((answer) -> Objects.equals(answer.client, oldest.client));
		this.connections.drop(oldest.client);
	}

	private static boolean isRecent(long nanoTime) {
		return System.nanoTime() - nanoTime < TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
	}

	private static final class Answer {

		private final @Nullable SocketAddress client;

		private final long since;

		private Answer(@Nullable SocketAddress client, long since) {
			this.client = client;
			this.since = since;
		}

	}

}
