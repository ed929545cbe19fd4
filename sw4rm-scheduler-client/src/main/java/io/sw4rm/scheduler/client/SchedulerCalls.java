package io.sw4rm.scheduler.client;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import com.google.common.util.concurrent.FutureCallback;
import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.MoreExecutors;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.Metadata;
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

	private final Metadata metadata;

	private final long[] deadlineNanos;

	private final @Nullable String fixedCorrelationId;

	SchedulerCalls(Channel channel, CallSettings settings) {
		this.channel = channel;
		this.settings = settings;
		this.deadlineNanos = new long[SchedulerOperation.values().length];
		settings.deadlines()
			.forEach((operation,
					deadline) -> this.deadlineNanos[operation.ordinal()] = TimeUnit.NANOSECONDS.convert(deadline));
		this.fixedCorrelationId = CallMetadata.correlationId(settings.metadata());
		this.metadata = CallMetadata.withoutCorrelationId(settings.metadata());
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

	<Q, S, R> R call(UnaryRequest<Q, S, R> request) {
		String correlationId = correlationId();
		try {
			S response = ClientCalls.blockingUnaryCall(channel(correlationId), request.method(),
					callOptions(request.operation()), request.message());
			return request.reader().apply(response);
		}
		catch (StatusRuntimeException ex) {
			throw translate(ex, request.operation(), correlationId);
		}
	}

	<Q, S, R> CompletableFuture<R> callAsync(UnaryRequest<Q, S, R> request) {
		try {
			return callAsync(request, correlationId());
		}
		catch (RuntimeException ex) {
			return CompletableFuture.failedFuture(ex);
		}
	}

	private <Q, S, R> CompletableFuture<R> callAsync(UnaryRequest<Q, S, R> request, String correlationId) {
		ListenableFuture<S> rpc;
		try {
			rpc = ClientCalls.futureUnaryCall(
					channel(correlationId).newCall(request.method(), callOptions(request.operation())),
					request.message());
		}
		catch (StatusRuntimeException ex) {
			throw translate(ex, request.operation(), correlationId);
		}
		CompletableFuture<R> result = new CompletableFuture<>();
		Futures.addCallback(rpc, new FutureCallback<S>() {

			@Override
			public void onSuccess(@Nullable S response) {
				result.complete(request.reader().apply(Objects.requireNonNull(response)));
			}

			@Override
			public void onFailure(Throwable failure) {
				try {
					result.completeExceptionally((failure instanceof StatusRuntimeException ex)
							? translate(ex, request.operation(), correlationId) : failure);
				}
				catch (Throwable ex) {
					// Nothing else would end the future
					result.completeExceptionally(ex);
				}
			}

		}, MoreExecutors.directExecutor());
		// However the caller ends the future early, the RPC ends too
		result.whenComplete((value, failure) -> rpc.cancel(true));
		return result;
	}

	private String correlationId() {
		if (this.fixedCorrelationId != null) {
			return this.fixedCorrelationId;
		}
		String correlationId = CallMetadata.orNullIfUnfit(this.settings.correlationIds().get());
		return (correlationId != null) ? correlationId : CallMetadata.newCorrelationId();
	}

	private Channel channel(String correlationId) {
		return new CallChannel(this.channel, this.metadata, correlationId);
	}

	private CallOptions callOptions(SchedulerOperation operation) {
		return this.settings.callOptions()
			.withDeadlineAfter(this.deadlineNanos[operation.ordinal()], TimeUnit.NANOSECONDS);
	}

	private RuntimeException translate(StatusRuntimeException ex, SchedulerOperation operation, String correlationId) {
		SchedulerException exception = SchedulerException.of(operation, this.settings.target(), correlationId, ex);
		try {
			return Objects.requireNonNull(this.settings.exceptionTranslator().translate(exception),
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
