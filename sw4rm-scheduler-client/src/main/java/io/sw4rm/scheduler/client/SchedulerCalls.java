package io.sw4rm.scheduler.client;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import com.google.common.util.concurrent.FutureCallback;
import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.MoreExecutors;
import com.google.protobuf.MessageLite;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientStreamTracer;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import org.jspecify.annotations.Nullable;

/**
 * Makes the gRPC calls of all clients: deadline, metadata and correlation id on the way
 * out, result or exception on the way back.
 */
final class SchedulerCalls {

	private final Channel channel;

	private final CallSettings settings;

	private final SchedulerCallListener listener;

	private final Metadata metadata;

	private final @Nullable String fixedCorrelationId;

	private final long[] deadlineNanos = new long[SchedulerOperation.values().length];

	private final CallOptions[] callOptions = new CallOptions[SchedulerOperation.values().length];

	SchedulerCalls(Channel channel, CallSettings settings) {
		this.channel = channel;
		this.settings = settings;
		this.listener = settings.listener();
		this.metadata = CallMetadata.withoutCorrelationId(settings.metadata());
		this.fixedCorrelationId = CallMetadata.correlationId(settings.metadata());
		settings.deadlines().forEach((operation, deadline) -> {
			this.deadlineNanos[operation.ordinal()] = TimeUnit.NANOSECONDS.convert(deadline);
			this.callOptions[operation.ordinal()] = settings.callOptions()
				.withStreamTracerFactory(new RetryTracer(operation, this.listener));
		});
	}

	PayloadConverter payloadConverter() {
		return this.settings.payloadConverter();
	}

	SchedulerCalls withDeadline(Duration deadline) {
		return new SchedulerCalls(this.channel, this.settings.withDeadline(deadline));
	}

	SchedulerCalls withMetadata(Metadata metadata) {
		return new SchedulerCalls(this.channel, this.settings.withMetadata(metadata));
	}

	<Q extends MessageLite, S, R> R call(UnaryRequest<Q, S, R> request) {
		checkSize(request);
		StartedCall<R> call = start(request);
		R result;
		try {
			result = request.reader()
				.apply(ClientCalls.blockingUnaryCall(call.channel(), request.method(), callOptions(request.operation()),
						request.message()));
		}
		catch (RuntimeException | Error ex) {
			throw call.failed(ex);
		}
		return call.succeeded(result);
	}

	<Q extends MessageLite, S, R> CompletableFuture<R> callAsync(UnaryRequest<Q, S, R> request) {
		checkSize(request);
		CompletableFuture<R> result = new CompletableFuture<>();
		try {
			StartedCall<R> call = start(request);
			ListenableFuture<R> rpc = Futures.transform(send(request, call), request.reader()::apply,
					MoreExecutors.directExecutor());
			Futures.addCallback(rpc, new FutureCallback<R>() {

				@Override
				public void onSuccess(@Nullable R value) {
					complete(result, () -> call.succeeded(Objects.requireNonNull(value)));
				}

				@Override
				public void onFailure(Throwable failure) {
					complete(result, () -> {
						throw call.failed(failure);
					});
				}

			}, MoreExecutors.directExecutor());
			// However the caller ends the future early, the RPC ends too
			result.whenComplete((value, failure) -> rpc.cancel(true));
		}
		catch (RuntimeException ex) {
			result.completeExceptionally(ex);
		}
		return result;
	}

	private <Q extends MessageLite, S> ListenableFuture<S> send(UnaryRequest<Q, S, ?> request, StartedCall<?> call) {
		try {
			return ClientCalls.futureUnaryCall(
					call.channel().newCall(request.method(), callOptions(request.operation())), request.message());
		}
		catch (RuntimeException | Error ex) {
			throw call.failed(ex);
		}
	}

	private void checkSize(UnaryRequest<?, ?, ?> request) {
		// Computed once: the message keeps it for when it is sent
		int size = request.message().getSerializedSize();
		if (size > this.settings.maxOutboundMessageSize()) {
			throw new IllegalArgumentException("%s must not be larger than %d bytes, got %d bytes"
				.formatted(request.message().getClass().getSimpleName(), this.settings.maxOutboundMessageSize(), size));
		}
	}

	private static <R> void complete(CompletableFuture<R> future, Supplier<R> result) {
		try {
			future.complete(result.get());
		}
		catch (Throwable ex) {
			future.completeExceptionally(ex);
		}
	}

	private <R> StartedCall<R> start(UnaryRequest<?, ?, R> request) {
		StartedCall<R> call = new StartedCall<>(request.operation(), correlationId());
		this.listener.onStart(request.operation(), request.message());
		Semaphore permits = this.settings.permits();
		if (permits != null && !permits.tryAcquire()) {
			throw call.refused();
		}
		return call;
	}

	private String correlationId() {
		if (this.fixedCorrelationId != null) {
			return this.fixedCorrelationId;
		}
		String correlationId = CallMetadata.orNullIfUnfit(this.settings.correlationIds().get());
		return (correlationId != null) ? correlationId : CallMetadata.newCorrelationId();
	}

	private CallOptions callOptions(SchedulerOperation operation) {
		return this.callOptions[operation.ordinal()].withDeadlineAfter(this.deadlineNanos[operation.ordinal()],
				TimeUnit.NANOSECONDS);
	}

	/**
	 * A call under way, until it is known how it ended.
	 *
	 * @param <R> the result that the caller sees
	 */
	private final class StartedCall<R> {

		private final SchedulerOperation operation;

		private final String correlationId;

		private final long startNanos = System.nanoTime();

		private StartedCall(SchedulerOperation operation, String correlationId) {
			this.operation = operation;
			this.correlationId = correlationId;
		}

		Channel channel() {
			return new CallChannel(SchedulerCalls.this.channel, SchedulerCalls.this.metadata, this.correlationId);
		}

		RuntimeException refused() {
			SchedulerException exception = new SchedulerCallLimitException(this.operation,
					SchedulerCalls.this.settings.target(), this.correlationId);
			reportEnd(exception.getStatusCode(), elapsedNanos(), null);
			return translate(exception);
		}

		R succeeded(R result) {
			ended(Status.Code.OK, result);
			return result;
		}

		RuntimeException failed(Throwable failure) {
			if (failure instanceof StatusRuntimeException unclear) {
				StatusRuntimeException ex = Diagnosis.clarified(unclear);
				long elapsedNanos = ended(ex.getStatus().getCode(), null);
				return translate(exception(ex, elapsedNanos));
			}
			ended((failure instanceof CancellationException) ? Status.Code.CANCELLED : Status.Code.UNKNOWN, null);
			if (failure instanceof Error error) {
				throw error;
			}
			return (RuntimeException) failure;
		}

		private long ended(Status.Code status, @Nullable R result) {
			Semaphore permits = SchedulerCalls.this.settings.permits();
			if (permits != null) {
				permits.release();
			}
			long elapsedNanos = elapsedNanos();
			reportEnd(status, elapsedNanos, result);
			return elapsedNanos;
		}

		private long elapsedNanos() {
			return System.nanoTime() - this.startNanos;
		}

		private void reportEnd(Status.Code status, long elapsedNanos, @Nullable R result) {
			SchedulerCalls.this.listener.onEnd(this.operation, status, elapsedNanos, result);
		}

		private SchedulerException exception(StatusRuntimeException ex, long elapsedNanos) {
			String target = SchedulerCalls.this.settings.target();
			if (ex.getStatus().getCode() == Status.Code.DEADLINE_EXCEEDED) {
				Duration deadline = Duration.ofNanos(SchedulerCalls.this.deadlineNanos[this.operation.ordinal()]);
				return new SchedulerDeadlineExceededException(this.operation, target, this.correlationId, deadline,
						Duration.ofNanos(elapsedNanos), ex);
			}
			return SchedulerException.of(this.operation, target, this.correlationId, ex);
		}

		private RuntimeException translate(SchedulerException exception) {
			try {
				return Objects.requireNonNull(SchedulerCalls.this.settings.exceptionTranslator().translate(exception),
						"The exception translator returned null");
			}
			catch (RuntimeException failure) {
				if (failure != exception) {
					failure.addSuppressed(exception);
				}
				return failure;
			}
		}

	}

	/**
	 * Counts the attempts of a call after its first: gRPC asks for a tracer for each.
	 */
	private static final class RetryTracer extends ClientStreamTracer.Factory {

		private static final ClientStreamTracer NO_OP = new ClientStreamTracer() {
		};

		private final SchedulerOperation operation;

		private final SchedulerCallListener listener;

		private RetryTracer(SchedulerOperation operation, SchedulerCallListener listener) {
			this.operation = operation;
			this.listener = listener;
		}

		@Override
		public ClientStreamTracer newClientStreamTracer(ClientStreamTracer.StreamInfo info, Metadata headers) {
			if (info.getPreviousAttempts() > 0) {
				this.listener.onRetry(this.operation);
			}
			return NO_OP;
		}

	}

}
