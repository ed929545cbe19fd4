package io.sw4rm.scheduler.autoconfigure.channel;

import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import com.google.protobuf.Int32Value;
import com.google.protobuf.StringValue;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientStreamTracer;
import io.grpc.Context;
import io.grpc.Context.CancellableContext;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ClientCalls;

import io.sw4rm.scheduler.proto.SchedulerServiceGrpc;

/**
 * Checks the health of a scheduler.
 */
final class HealthCheck {

	/**
	 * {@code grpc-services}, which contains the messages of this method, is optional. The
	 * wrappers have the same fields.
	 */
	private static final MethodDescriptor<StringValue, Int32Value> METHOD = MethodDescriptor
		.<StringValue, Int32Value>newBuilder()
		.setType(MethodDescriptor.MethodType.UNARY)
		.setFullMethodName("grpc.health.v1.Health/Check")
		.setRequestMarshaller(ProtoUtils.marshaller(StringValue.getDefaultInstance()))
		.setResponseMarshaller(ProtoUtils.marshaller(Int32Value.getDefaultInstance()))
		.build();

	private static final StringValue REQUEST = StringValue.of(SchedulerServiceGrpc.SERVICE_NAME);

	private final Channel channel;

	HealthCheck(Channel channel) {
		this.channel = channel;
	}

	/**
	 * Ends the calls that are left when the result is known.
	 */
	SchedulerHealth run(Deadline deadline, boolean repeat) {
		CancellableContext context = Context.current().withCancellation();
		Context previous = context.attach();
		try {
			CompletableFuture<SchedulerHealth> call = call(deadline);
			return (repeat ? repeat(call, deadline) : call).get();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return SchedulerHealth.of(Status.CANCELLED.withDescription("The thread was interrupted"), false);
		}
		catch (ExecutionException ex) {
			return SchedulerHealth.of(Status.fromThrowable(ex), false);
		}
		finally {
			context.detachAndCancel(previous, null);
		}
	}

	/**
	 * Call again if the first call fails, or is not answered in half of the time. Its
	 * answer still counts then.
	 */
	private CompletableFuture<SchedulerHealth> repeat(CompletableFuture<SchedulerHealth> first, Deadline deadline)
			throws InterruptedException, ExecutionException {
		try {
			if (first.get(deadline.timeRemaining(TimeUnit.NANOSECONDS) / 2, TimeUnit.NANOSECONDS).isResponse()) {
				return first;
			}
		}
		catch (TimeoutException ex) {
			// The answer may be lost or slow
		}
		CompletableFuture<SchedulerHealth> second = call(deadline);
		return second.applyToEither(first.thenCompose((health) -> health.isResponse() ? first : second),
				Function.identity());
	}

	private CompletableFuture<SchedulerHealth> call(Deadline deadline) {
		StatusTracer tracer = new StatusTracer();
		CallOptions options = CallOptions.DEFAULT.withDeadline(deadline).withStreamTracerFactory(tracer);
		try {
			ListenableFuture<Int32Value> response = ClientCalls.futureUnaryCall(this.channel.newCall(METHOD, options),
					REQUEST);
			CompletableFuture<SchedulerHealth> health = new CompletableFuture<>();
			response.addListener(() -> health.complete(health(response, tracer)), Runnable::run);
			return health;
		}
		catch (RuntimeException ex) {
			return CompletableFuture.completedFuture(SchedulerHealth.of(Status.fromThrowable(ex), false));
		}
	}

	private static SchedulerHealth health(ListenableFuture<Int32Value> response, StatusTracer tracer) {
		try {
			return SchedulerHealth.of(Objects.requireNonNull(Futures.getDone(response)).getValue());
		}
		catch (ExecutionException ex) {
			return SchedulerHealth.of(Status.fromThrowable(ex), tracer.sentByServer);
		}
	}

	/**
	 * Detects statuses that a server sent.
	 */
	private static final class StatusTracer extends ClientStreamTracer.Factory {

		private volatile boolean sentByServer;

		@Override
		public ClientStreamTracer newClientStreamTracer(ClientStreamTracer.StreamInfo info, Metadata headers) {
			return new ClientStreamTracer() {

				@Override
				public void inboundTrailers(Metadata trailers) {
					StatusTracer.this.sentByServer = true;
				}

			};
		}

	}

}
