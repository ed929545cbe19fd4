package io.sw4rm.scheduler.client;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

import com.google.common.base.Throwables;
import com.google.protobuf.MessageLite;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import org.jspecify.annotations.Nullable;

import io.sw4rm.scheduler.proto.SubmitTaskRequest;

/**
 * A call of any operation: sends a request and ends with a result or an exception. It is
 * the only object of a call: the facts that listeners receive, and the listener of gRPC's
 * call.
 *
 * @param <Q> the request message
 * @param <S> the response message
 * @param <R> the result
 */
final class UnaryCall<Q extends MessageLite, S, R> extends ClientCall.Listener<S> implements SchedulerCall {

	private static final String ENDED_BY_CALLER = "The caller ended the future";

	private final UnaryCalls client;

	private final SchedulerMethod<Q, S, R> method;

	private final Q request;

	private final String agentId;

	private final @Nullable String taskId;

	private final String correlationId;

	/** The call's own copy, if a listener has added metadata. */
	private @Nullable Metadata metadata;

	private boolean holdsPermit;

	private long startNanos;

	private @Nullable Owner owner;

	private @Nullable CallOptions options;

	/** Written guarded by this. */
	private volatile @Nullable ClientCall<Q, S> call;

	private @Nullable S response;

	/** The outcome of the call before it was repeated. */
	private @Nullable StatusRuntimeException refusal;

	private volatile int attempts;

	/** The number of the last attempt in gRPC's numbering. Guarded by this. */
	private int lastAttempt;

	/** Written before the status. */
	private long durationNanos;

	private @Nullable R result;

	private @Nullable Throwable failure;

	/** Written once, guarded by this. */
	private volatile Status.@Nullable Code status;

	/** Guarded by this. */
	private @Nullable Map<Object, Object> attributes;

	UnaryCall(UnaryCalls client, SchedulerMethod<Q, S, R> method, Q request, String agentId, @Nullable String taskId,
			String correlationId) {
		this.client = client;
		this.method = method;
		this.request = request;
		this.agentId = agentId;
		this.taskId = taskId;
		this.correlationId = correlationId;
	}

	/**
	 * Make the call and wait until it ends.
	 */
	R execute() {
		NonBlockingThreads.checkNotCurrent(operation().methodName());
		CallingThread thread = new CallingThread();
		start(thread);
		try {
			send(options().withExecutor(thread), true);
			awaitEnd(thread);
			Throwable failure = end();
			if (failure != null) {
				Throwables.throwIfUnchecked(failure);
				throw new IllegalStateException(failure);
			}
			return Objects.requireNonNull(this.result);
		}
		finally {
			settings().listeners().onScopeClosed(this);
		}
	}

	private void awaitEnd(CallingThread thread) {
		InterruptedException interruption = null;
		while (this.status == null) {
			try {
				thread.runCallbacks(this);
			}
			catch (InterruptedException ex) {
				interruption = ex;
			}
			if (interruption != null) {
				// Again if a callback has repeated the call
				cancel("Thread interrupted", interruption);
			}
		}
		if (interruption != null) {
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * Start the call.
	 * @return the future result, which all failures complete exceptionally; completing it
	 * early cancels the call
	 */
	CompletableFuture<R> executeAsync() {
		CallFuture<R> future = new CallFuture<>(this);
		executeAsync(future, true);
		return future;
	}

	/**
	 * Start the call with a permit of the caller.
	 * @param callback receives the result or the failure, outside of the scope of the
	 * call; must not throw exceptions
	 */
	void executeAsync(BiConsumer<? super R, ? super Throwable> callback) {
		executeAsync(new CallFuture<>(this) {

			@Override
			void afterEnd() {
				whenComplete(callback);
			}

		}, false);
	}

	private void executeAsync(CallFuture<R> future, boolean limited) {
		start(future);
		try {
			send(options(), limited);
		}
		finally {
			future.leaveStartScope();
		}
	}

	private void start(Owner owner) {
		this.owner = owner;
		this.startNanos = System.nanoTime();
		settings().listeners().onStart(this);
		settings().listeners().onScopeOpened(this);
	}

	private CallOptions options() {
		return settings().callOptions()
			.withOption(CALL_OPTION, this)
			.withDeadlineAfter(deadline().nanos(), TimeUnit.NANOSECONDS);
	}

	private void send(CallOptions options, boolean limited) {
		this.options = options;
		try {
			if (limited) {
				acquirePermit();
			}
			if (this.owner instanceof CallingThread && Thread.currentThread().isInterrupted()) {
				throw Status.CANCELLED.withDescription("The calling thread was interrupted before the call was sent")
					.asRuntimeException();
			}
			send(false);
		}
		catch (Throwable ex) {
			fail(ex);
		}
	}

	private void acquirePermit() {
		CallLimit limit = settings().limit();
		if (limit == null) {
			return;
		}
		if (!limit.tryAcquire()) {
			throw new SchedulerCallLimitException(operation(), target(), this.correlationId, settings().remedies());
		}
		this.holdsPermit = true;
	}

	private void send(boolean repetition) {
		ClientCall<Q, S> call = settings().channel()
			.newCall(this.method.descriptor(), Objects.requireNonNull(this.options));
		Metadata headers = new Metadata();
		headers.merge(metadata());
		headers.put(CallMetadata.CORRELATION_ID, this.correlationId);
		try {
			call.start(this, headers);
			// Requests a second message, because only then gRPC delivers it and the
			// error is detected
			call.request(2);
			call.sendMessage(this.request);
			call.halfClose();
		}
		catch (Throwable ex) {
			// Before the cancellation, which would end the call with the status
			// CANCELLED
			fail(ex);
			cancel(call, "The request could not be sent", ex);
			return;
		}
		// Not before the start, because a cancellation must not run at the same time
		synchronized (this) {
			// The first call may have been refused and repeated by now
			if (repetition || this.call == null) {
				this.call = call;
			}
		}
	}

	@Override
	public void onMessage(S message) {
		if (this.response != null) {
			throw Status.INTERNAL.withDescription("More than one value received for unary call").asRuntimeException();
		}
		this.response = message;
	}

	@Override
	public void onClose(Status status, Metadata trailers) {
		try {
			if (this.refusal == null && this.status == null && isRepeatable(status)) {
				this.refusal = status.asRuntimeException(trailers);
				repeat();
			}
			else if (!status.isOk()) {
				fail((this.refusal != null && !isSent(status)) ? this.refusal : status.asRuntimeException(trailers));
			}
			else if (this.response == null) {
				fail(Status.INTERNAL.withDescription("No value received for unary call").asRuntimeException());
			}
			else {
				succeed(this.method.reader().read(this.response, this));
			}
		}
		catch (Throwable ex) {
			fail(ex);
		}
	}

	private boolean isRepeatable(Status status) {
		return status.getCode() == Status.Code.UNAUTHENTICATED && isSent(status)
				&& settings().repeatUnauthenticated().test(this);
	}

	/**
	 * Return whether a call that ended as {@code UNAUTHENTICATED} reached the scheduler:
	 * only failures of the client have a cause.
	 */
	private static boolean isSent(Status status) {
		return status.getCode() != Status.Code.UNAUTHENTICATED || status.getCause() == null;
	}

	private void repeat() {
		this.response = null;
		forgetRefusedAttempt();
		send(true);
		if (this.status != null) {
			cancel(ENDED_BY_CALLER, null);
		}
	}

	/**
	 * Cancel the call if it has not ended.
	 */
	void abandon() {
		if (this.status == null) {
			fail(Status.CANCELLED.withDescription(ENDED_BY_CALLER).asRuntimeException());
			cancel(ENDED_BY_CALLER, null);
		}
	}

	private void cancel(String reason, @Nullable Throwable cause) {
		ClientCall<Q, S> call = this.call;
		if (call != null) {
			cancel(call, reason, cause);
		}
	}

	private void cancel(ClientCall<?, ?> call, String reason, @Nullable Throwable cause) {
		try {
			call.cancel(reason, cause);
		}
		catch (RuntimeException | Error ex) {
			if (cause != null && cause != ex) {
				cause.addSuppressed(ex);
			}
			fail(ex);
		}
	}

	private void succeed(R result) {
		settle(Status.Code.OK, result, null);
	}

	private void fail(Throwable failure) {
		if (this.status == null) {
			Throwable seen = CallFailures.of(this, settings(), deadline(), failure);
			settle((seen instanceof SchedulerException ex) ? ex.getStatusCode() : Status.Code.UNKNOWN, null, seen);
		}
	}

	/**
	 * Record the outcome of the call.
	 */
	private void settle(Status.Code status, @Nullable R result, @Nullable Throwable failure) {
		synchronized (this) {
			if (this.status != null) {
				return;
			}
			this.durationNanos = durationNanos();
			this.result = result;
			this.failure = failure;
			this.status = status;
		}
		if (this.holdsPermit) {
			Objects.requireNonNull(settings().limit()).release();
		}
		Objects.requireNonNull(this.owner).onEnd();
	}

	/**
	 * End the call after its outcome was recorded.
	 * @return the failure for the caller, if any
	 */
	@Nullable Throwable end() {
		settings().listeners().onEnd(this);
		return (this.failure instanceof SchedulerException exception) ? settings().translate(exception) : this.failure;
	}

	/**
	 * Count an attempt. A transparent retry has the number of the attempt that it
	 * replaces.
	 */
	void attempted(int attempt) {
		boolean retry;
		synchronized (this) {
			if (attempt <= this.lastAttempt) {
				return;
			}
			this.lastAttempt = attempt;
			this.attempts++;
			retry = attempt > 1 && this.attempts > 1;
		}
		if (retry) {
			settings().listeners().onRetry(this);
		}
	}

	private synchronized void forgetRefusedAttempt() {
		this.lastAttempt = 0;
		this.attempts = Math.max(this.attempts - 1, 0);
	}

	CallSettings settings() {
		return this.client.settings();
	}

	private CallDeadline deadline() {
		return this.client.deadline(operation());
	}

	private Metadata metadata() {
		return (this.metadata != null) ? this.metadata : this.client.metadata();
	}

	@Override
	public SchedulerOperation operation() {
		return this.method.operation();
	}

	@Override
	public String agentId() {
		return this.agentId;
	}

	@Override
	public @Nullable String taskId() {
		return this.taskId;
	}

	@Override
	public String correlationId() {
		return this.correlationId;
	}

	@Override
	public String target() {
		return settings().target();
	}

	@Override
	public int requestSize() {
		return this.request.getSerializedSize();
	}

	@Override
	public int payloadSize() {
		return (this.request instanceof SubmitTaskRequest submission) ? submission.getParams().size() : 0;
	}

	@Override
	public long startNanos() {
		return this.startNanos;
	}

	@Override
	public long durationNanos() {
		return (this.status != null) ? this.durationNanos : System.nanoTime() - this.startNanos;
	}

	@Override
	public int attempts() {
		return this.attempts;
	}

	@Override
	public Status.@Nullable Code status() {
		return this.status;
	}

	@Override
	public @Nullable R result() {
		return (this.status != null) ? this.result : null;
	}

	@Override
	public @Nullable Throwable failure() {
		return (this.status != null) ? this.failure : null;
	}

	@Override
	public boolean hasMetadata(String name) {
		return metadata().containsKey(CallMetadata.key(name))
				|| CallMetadata.CORRELATION_ID.name().equalsIgnoreCase(name);
	}

	@Override
	public void setMetadata(String name, String value) {
		Metadata entry = CallMetadata.of(name, value);
		if (entry.containsKey(CallMetadata.CORRELATION_ID)) {
			throw new IllegalArgumentException(
					"metadata '%s' can't be set here: use withMetadata or correlationIds".formatted(name));
		}
		Metadata changed = new Metadata();
		changed.merge(metadata());
		changed.discardAll(CallMetadata.textKey(name));
		changed.merge(entry);
		this.metadata = changed;
	}

	@Override
	public synchronized @Nullable Object getAttribute(Object key) {
		return (this.attributes != null) ? this.attributes.get(key) : null;
	}

	@Override
	public synchronized void setAttribute(Object key, @Nullable Object value) {
		if (this.attributes == null) {
			this.attributes = new HashMap<>();
		}
		if (value != null) {
			this.attributes.put(key, value);
		}
		else {
			this.attributes.remove(key);
		}
	}

	@Override
	public String toString() {
		return "%s at %s (correlation id %s)".formatted(operation().methodName(), target(), this.correlationId);
	}

	/**
	 * The caller, which waits for the end of the call.
	 */
	interface Owner {

		/**
		 * Called once, on the thread that has recorded the outcome of the call.
		 */
		void onEnd();

	}

}
