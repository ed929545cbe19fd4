package io.sw4rm.scheduler.client;

import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

import com.google.common.base.Throwables;
import com.google.protobuf.MessageLite;
import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientStreamTracer;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import org.jspecify.annotations.Nullable;

/**
 * A call of any operation: sends a request and ends with a result or an exception. It is
 * also the channel of gRPC's stub, so that it can add the metadata.
 *
 * @param <Q> the request message
 * @param <S> the response message
 * @param <R> the result
 */
final class UnaryCall<Q extends MessageLite, S, R> extends Channel implements SchedulerCall {

	/**
	 * gRPC creates a tracer for each attempt of a call. All calls share one factory,
	 * because the call is in the call options.
	 */
	static final ClientStreamTracer.Factory ATTEMPT_TRACERS = new AttemptTracers();

	/** How gRPC's descriptions begin when it cancels a call because of its response. */
	static final String FAILED_TO_READ = "Failed to read ";

	private static final Status CHANNEL_SHUT_DOWN = Status.UNAVAILABLE.withDescription("Channel shutdown invoked");

	private final CallSettings settings;

	private final SchedulerMethod<Q, S, R> method;

	private final Q request;

	private final String agentId;

	private final @Nullable String taskId;

	private final int payloadSize;

	private final String correlationId;

	private final CallDeadline deadline;

	private Metadata metadata;

	private boolean ownsMetadata;

	private boolean holdsPermit;

	private long startNanos;

	private volatile int attempts;

	/** The number of the last attempt in gRPC's numbering. Guarded by this. */
	private int lastAttempt;

	/** Written before the status. */
	private long durationNanos;

	private @Nullable R result;

	private @Nullable Throwable failure;

	private volatile Status.@Nullable Code status;

	/** Guarded by this. */
	private @Nullable Map<Object, Object> attributes;

	UnaryCall(CallSettings settings, SchedulerMethod<Q, S, R> method, Q request, String agentId,
			@Nullable String taskId, int payloadSize, String correlationId, Metadata metadata, CallDeadline deadline) {
		this.settings = settings;
		this.method = method;
		this.request = request;
		this.agentId = agentId;
		this.taskId = taskId;
		this.payloadSize = payloadSize;
		this.correlationId = correlationId;
		this.metadata = metadata;
		this.deadline = deadline;
	}

	/**
	 * Make the call and wait until it ends.
	 */
	R execute() {
		start();
		try {
			try {
				acquirePermit();
				settle(read(send()));
			}
			catch (Throwable ex) {
				settleFailure(ex);
			}
			Throwable failure = end();
			if (failure != null) {
				Throwables.throwIfUnchecked(failure);
				throw new IllegalStateException(failure);
			}
			return Objects.requireNonNull(this.result);
		}
		finally {
			this.settings.listeners().onScopeClosed(this);
		}
	}

	private S send() {
		if (Thread.currentThread().isInterrupted()) {
			throw Status.CANCELLED.withDescription("The calling thread was interrupted before the call was sent")
				.asRuntimeException();
		}
		CallOptions options = options();
		try {
			return ClientCalls.blockingUnaryCall(this, this.method.descriptor(), options, this.request);
		}
		catch (StatusRuntimeException ex) {
			if (!isRepeatable(ex.getStatus())) {
				throw ex;
			}
			forgetRefusedAttempt();
			try {
				return ClientCalls.blockingUnaryCall(this, this.method.descriptor(), options, this.request);
			}
			catch (StatusRuntimeException repeated) {
				throw isSent(repeated.getStatus()) ? repeated : ex;
			}
		}
	}

	/**
	 * Start the call.
	 * @return the future result, which all failures complete exceptionally; completing it
	 * early cancels the call
	 */
	CompletableFuture<R> executeAsync() {
		return executeAsync(true, null).future();
	}

	/**
	 * Start the call with a permit of the caller.
	 * @param callback receives the result or the failure, outside of the scope of the
	 * call; must not throw exceptions
	 */
	void executeAsync(BiConsumer<? super R, ? super Throwable> callback) {
		executeAsync(false, callback);
	}

	private AsyncCall executeAsync(boolean limited, @Nullable BiConsumer<? super R, ? super Throwable> callback) {
		start();
		AsyncCall call = new AsyncCall(options(), callback);
		try {
			if (limited) {
				acquirePermit();
			}
			call.send();
		}
		catch (Throwable ex) {
			call.end(null, ex);
		}
		finally {
			call.leaveStartScope();
		}
		return call;
	}

	private void start() {
		this.startNanos = System.nanoTime();
		this.settings.listeners().onStart(this);
		this.settings.listeners().onScopeOpened(this);
	}

	private void acquirePermit() {
		CallLimit limit = this.settings.limit();
		if (limit == null) {
			return;
		}
		if (!limit.tryAcquire()) {
			throw new SchedulerCallLimitException(operation(), target(), this.correlationId, this.settings.remedies());
		}
		this.holdsPermit = true;
	}

	private CallOptions options() {
		return this.settings.callOptions()
			.withOption(CALL_OPTION, this)
			.withDeadlineAfter(this.deadline.nanos(), TimeUnit.NANOSECONDS);
	}

	private boolean isRepeatable(Status status) {
		return status.getCode() == Status.Code.UNAUTHENTICATED && isSent(status)
				&& this.settings.repeatUnauthenticated().test(this);
	}

	/**
	 * Return whether a call that ended as {@code UNAUTHENTICATED} reached the scheduler:
	 * only failures of the client have a cause.
	 */
	private static boolean isSent(Status status) {
		return status.getCode() != Status.Code.UNAUTHENTICATED || status.getCause() == null;
	}

	private R read(S response) {
		return this.method.reader().read(response, this);
	}

	private void settle(R result) {
		settle(Status.Code.OK, result, null);
	}

	private void settleFailure(Throwable failure) {
		Throwable reported = isShutDown(failure) ? CHANNEL_SHUT_DOWN.asRuntimeException() : failure;
		Throwable seen = (reported instanceof StatusRuntimeException ex) ? exception(ex) : failure;
		settle((seen instanceof SchedulerException ex) ? ex.getStatusCode() : Status.Code.UNKNOWN, null, seen);
	}

	/**
	 * Record the outcome of the call.
	 */
	private void settle(Status.Code status, @Nullable R result, @Nullable Throwable failure) {
		if (this.holdsPermit) {
			this.holdsPermit = false;
			Objects.requireNonNull(this.settings.limit()).release();
		}
		this.durationNanos = durationNanos();
		this.result = result;
		this.failure = failure;
		this.status = status;
	}

	/**
	 * End the call after its outcome was recorded.
	 * @return the failure for the caller, if any
	 */
	private @Nullable Throwable end() {
		this.settings.listeners().onEnd(this);
		return (this.failure instanceof SchedulerException exception) ? translate(exception) : this.failure;
	}

	/**
	 * The executor of a channel is shut down a little later than the channel. Then gRPC
	 * can no longer say that the channel is shut down.
	 */
	private boolean isShutDown(Throwable failure) {
		return Throwables.getRootCause(failure) instanceof RejectedExecutionException
				&& this.settings.shutDown().getAsBoolean();
	}

	private Throwable exception(StatusRuntimeException failure) {
		try {
			return newException(clarified(failure));
		}
		catch (Throwable ex) {
			ex.addSuppressed(failure);
			return ex;
		}
	}

	/**
	 * Correct status codes of gRPC that are misleading.
	 */
	private static StatusRuntimeException clarified(StatusRuntimeException failure) {
		Status status = failure.getStatus();
		Throwable cause = status.getCause();
		return switch (status.getCode()) {
			// A connection was lost, and gRPC's own write was the first to notice
			case UNKNOWN -> (cause instanceof ClosedChannelException)
					? withStatus(failure, Status.UNAVAILABLE.withDescription(status.getDescription())) : failure;
			// Not the caller but gRPC cancelled the call: its response cannot be read
			case CANCELLED -> (cause != null && String.valueOf(status.getDescription()).startsWith(FAILED_TO_READ))
					? withStatus(failure, unreadable(status, cause)) : failure;
			default -> failure;
		};
	}

	private static Status unreadable(Status status, Throwable cause) {
		return (cause instanceof StatusRuntimeException reason
				&& reason.getStatus().getCode() == Status.Code.RESOURCE_EXHAUSTED) ? reason.getStatus()
						: Status.INTERNAL.withDescription(status.getDescription());
	}

	private static StatusRuntimeException withStatus(StatusRuntimeException failure, Status status) {
		return status.withCause(failure.getStatus().getCause()).asRuntimeException(failure.getTrailers());
	}

	private SchedulerException newException(StatusRuntimeException cause) {
		if (cause.getStatus().getCode() == Status.Code.DEADLINE_EXCEEDED) {
			return new SchedulerDeadlineExceededException(operation(), target(), this.correlationId,
					this.deadline.duration(), this.deadline.setting(), Duration.ofNanos(durationNanos()), cause);
		}
		return SchedulerException.of(operation(), target(), this.correlationId, cause, this.settings.remedies());
	}

	private Throwable translate(SchedulerException exception) {
		try {
			return Objects.requireNonNull(this.settings.exceptionTranslator().translate(exception),
					"The exception translator returned null");
		}
		catch (Throwable failure) {
			if (failure != exception) {
				failure.addSuppressed(exception);
			}
			return failure;
		}
	}

	/**
	 * A transparent retry has the number of the attempt that it replaces.
	 */
	private void attempted(int attempt) {
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
			this.settings.listeners().onRetry(this);
		}
	}

	private synchronized void forgetRefusedAttempt() {
		this.lastAttempt = 0;
		this.attempts = Math.max(this.attempts - 1, 0);
	}

	private void addMetadata(Metadata headers) {
		headers.merge(this.metadata);
		headers.put(CallMetadata.CORRELATION_ID, this.correlationId);
	}

	@Override
	public <T, U> ClientCall<T, U> newCall(MethodDescriptor<T, U> method, CallOptions options) {
		return new SimpleForwardingClientCall<>(this.settings.channel().newCall(method, options)) {

			@Override
			public void start(Listener<U> responseListener, Metadata headers) {
				addMetadata(headers);
				super.start(responseListener, headers);
			}

		};
	}

	@Override
	public @Nullable String authority() {
		return this.settings.channel().authority();
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
		return this.settings.target();
	}

	@Override
	public int requestSize() {
		return this.request.getSerializedSize();
	}

	@Override
	public int payloadSize() {
		return this.payloadSize;
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
		return this.metadata.containsKey(CallMetadata.key(name))
				|| CallMetadata.CORRELATION_ID.name().equalsIgnoreCase(name);
	}

	@Override
	public void setMetadata(String name, String value) {
		Metadata entry = CallMetadata.of(name, value);
		if (entry.containsKey(CallMetadata.CORRELATION_ID)) {
			throw new IllegalArgumentException(
					"metadata '%s' can't be set here: use withMetadata or correlationIds".formatted(name));
		}
		if (!this.ownsMetadata) {
			Metadata copy = new Metadata();
			copy.merge(this.metadata);
			this.metadata = copy;
			this.ownsMetadata = true;
		}
		this.metadata.discardAll(CallMetadata.textKey(name));
		this.metadata.merge(entry);
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

	private static final class AttemptTracers extends ClientStreamTracer.Factory {

		private static final ClientStreamTracer NO_OP = new ClientStreamTracer() {
		};

		@Override
		public ClientStreamTracer newClientStreamTracer(ClientStreamTracer.StreamInfo info, Metadata headers) {
			return (info.getCallOptions().getOption(CALL_OPTION) instanceof UnaryCall<?, ?, ?> call)
					? new AttemptTracer(call, info.getPreviousAttempts() + 1) : NO_OP;
		}

	}

	/**
	 * Counts an attempt when it has a connection.
	 */
	private static final class AttemptTracer extends ClientStreamTracer {

		private final UnaryCall<?, ?, ?> call;

		private final int attempt;

		AttemptTracer(UnaryCall<?, ?, ?> call, int attempt) {
			this.call = call;
			this.attempt = attempt;
		}

		@Override
		public void streamCreated(Attributes transportAttributes, Metadata headers) {
			this.call.attempted(this.attempt);
		}

	}

	/**
	 * An asynchronous call, which no thread waits for.
	 */
	private final class AsyncCall extends ClientCall.Listener<S> implements BiConsumer<R, Throwable> {

		private static final String ENDED_BY_CALLER = "The caller ended the future";

		private final CompletableFuture<R> future = new CompletableFuture<>();

		private final CallOptions options;

		private final @Nullable BiConsumer<? super R, ? super Throwable> callback;

		/**
		 * The thread that starts the call, until it has done so: the response may arrive
		 * on it.
		 */
		private volatile @Nullable Thread starter = Thread.currentThread();

		private volatile @Nullable ClientCall<Q, S> call;

		private @Nullable S response;

		/** The outcome of the call before it was repeated. */
		private @Nullable StatusRuntimeException refusal;

		/** Guarded by this. */
		private boolean ended;

		private boolean endedInStartScope;

		AsyncCall(CallOptions options, @Nullable BiConsumer<? super R, ? super Throwable> callback) {
			this.options = options;
			this.callback = callback;
		}

		CompletableFuture<R> future() {
			this.future.whenComplete(this);
			return this.future;
		}

		void leaveStartScope() {
			this.starter = null;
			UnaryCall.this.settings.listeners().onScopeClosed(UnaryCall.this);
			if (this.endedInStartScope) {
				callBack();
			}
		}

		void send() {
			ClientCall<Q, S> call = UnaryCall.this.settings.channel()
				.newCall(UnaryCall.this.method.descriptor(), this.options);
			Metadata headers = new Metadata();
			addMetadata(headers);
			try {
				call.start(this, headers);
				// Requests a second message, because only then gRPC delivers it and the
				// error is detected
				call.request(2);
				call.sendMessage(UnaryCall.this.request);
				call.halfClose();
			}
			catch (Throwable ex) {
				// Before the cancellation, which would end the call with the status
				// CANCELLED
				end(null, ex);
				cancel(call, "The request could not be sent", ex);
				return;
			}
			// Not before the start, because a cancellation must not run at the same time
			this.call = call;
		}

		@Override
		public void onMessage(S message) {
			if (this.response != null) {
				throw Status.INTERNAL.withDescription("More than one value received for unary call")
					.asRuntimeException();
			}
			this.response = message;
		}

		@Override
		public void onClose(Status status, Metadata trailers) {
			try {
				if (this.refusal == null && !this.future.isDone() && isRepeatable(status)) {
					this.refusal = status.asRuntimeException(trailers);
					repeat();
					return;
				}
			}
			catch (Throwable ex) {
				end(null, ex);
				return;
			}
			if (!status.isOk()) {
				end(null,
						(this.refusal != null && !isSent(status)) ? this.refusal : status.asRuntimeException(trailers));
			}
			else if (this.response == null) {
				end(null, Status.INTERNAL.withDescription("No value received for unary call").asRuntimeException());
			}
			else {
				end(this.response, null);
			}
		}

		private void repeat() {
			this.response = null;
			forgetRefusedAttempt();
			send();
			if (this.future.isDone()) {
				cancel();
			}
		}

		void end(@Nullable S response, @Nullable Throwable failure) {
			synchronized (this) {
				if (this.ended) {
					return;
				}
				this.ended = true;
			}
			try {
				if (response == null) {
					throw Objects.requireNonNull(failure);
				}
				settle(read(response));
			}
			catch (Throwable ex) {
				settleFailure(ex);
			}
			if (this.starter == Thread.currentThread()) {
				this.endedInStartScope = true;
				complete();
				return;
			}
			CallListeners listeners = UnaryCall.this.settings.listeners();
			listeners.onScopeOpened(UnaryCall.this);
			try {
				complete();
			}
			finally {
				listeners.onScopeClosed(UnaryCall.this);
			}
			callBack();
		}

		private void callBack() {
			if (this.callback != null) {
				this.future.whenComplete(this.callback);
			}
		}

		private void complete() {
			Throwable failure = UnaryCall.this.end();
			if (failure != null) {
				this.future.completeExceptionally(failure);
			}
			else {
				this.future.complete(UnaryCall.this.result);
			}
		}

		/**
		 * Cancels the call when the caller completes the future early in any way.
		 */
		@Override
		public void accept(@Nullable R result, @Nullable Throwable failure) {
			if (UnaryCall.this.status == null) {
				end(null, Status.CANCELLED.withDescription(ENDED_BY_CALLER).asRuntimeException());
				cancel();
			}
		}

		private void cancel() {
			ClientCall<Q, S> call = this.call;
			if (call != null) {
				cancel(call, ENDED_BY_CALLER, null);
			}
		}

		private static void cancel(ClientCall<?, ?> call, String reason, @Nullable Throwable cause) {
			try {
				call.cancel(reason, cause);
			}
			catch (RuntimeException | Error ex) {
				if (cause != null && cause != ex) {
					cause.addSuppressed(ex);
				}
			}
		}

	}

}
