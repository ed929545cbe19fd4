package io.sw4rm.scheduler.autoconfigure.observation;

import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientStreamTracer;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.micrometer.tracing.Span;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.propagation.Propagator;
import org.jspecify.annotations.Nullable;

import io.sw4rm.scheduler.client.SchedulerOperation;
import io.sw4rm.scheduler.proto.PollActivityBufferRequest;
import io.sw4rm.scheduler.proto.PreemptRequest;
import io.sw4rm.scheduler.proto.PurgeActivityRequest;
import io.sw4rm.scheduler.proto.SchedulerServiceGrpc;
import io.sw4rm.scheduler.proto.ShutdownAgentRequest;
import io.sw4rm.scheduler.proto.SubmitTaskRequest;

/**
 * Makes a client span of each call, with all its attempts, and sends its context along.
 */
class TracingClientInterceptor implements ClientInterceptor {

	private static final Metadata.Key<String> CORRELATION_ID = key("x-correlation-id");

	private static final ClientStreamTracer NO_OP = new ClientStreamTracer() {
	};

	private static final Map<String, String> SPAN_NAMES = Stream.of(SchedulerOperation.values())
		.collect(Collectors.toMap(SchedulerOperation::methodName,
				(operation) -> "sw4rm.scheduler." + operation.name().toLowerCase(Locale.ROOT)));

	private final Tracer tracer;

	private final Propagator propagator;

	TracingClientInterceptor(Tracer tracer, Propagator propagator) {
		this.tracer = tracer;
		this.propagator = propagator;
	}

	private static Metadata.Key<String> key(String name) {
		return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
	}

	@Override
	public <Q, S> ClientCall<Q, S> interceptCall(MethodDescriptor<Q, S> method, CallOptions options, Channel next) {
		String name = SPAN_NAMES.get(String.valueOf(method.getBareMethodName()));
		if (name == null || !SchedulerServiceGrpc.SERVICE_NAME.equals(method.getServiceName())) {
			return next.newCall(method, options);
		}
		RetryCounter retries = new RetryCounter();
		return new TracedCall<>(next.newCall(method, options.withStreamTracerFactory(retries)), newSpan(name, method),
				retries);
	}

	private Span newSpan(String name, MethodDescriptor<?, ?> method) {
		Span.Builder builder = this.tracer.spanBuilder()
			.kind(Span.Kind.CLIENT)
			.name(name)
			.tag("rpc.system", "grpc")
			.tag("rpc.service", SchedulerServiceGrpc.SERVICE_NAME)
			.tag("rpc.method", String.valueOf(method.getBareMethodName()));
		Span parent = this.tracer.currentSpan();
		if (parent != null) {
			builder.setParent(parent.context());
		}
		return builder.start();
	}

	private void inject(Span span, Metadata headers) {
		this.propagator.inject(span.context(), headers, (carrier, name, value) -> {
			Metadata.Key<String> key = key(name);
			headers.discardAll(key);
			headers.put(key, value);
		});
	}

	private final class TracedCall<Q, S> extends SimpleForwardingClientCall<Q, S> {

		private final Span span;

		private final RetryCounter retries;

		private TracedCall(ClientCall<Q, S> delegate, Span span, RetryCounter retries) {
			super(delegate);
			this.span = span;
			this.retries = retries;
		}

		@Override
		public void start(Listener<S> listener, Metadata headers) {
			tagIfPresent("sw4rm.correlation_id", headers.get(CORRELATION_ID));
			inject(this.span, headers);
			Tracer.SpanInScope scope = TracingClientInterceptor.this.tracer.withSpan(this.span);
			try {
				super.start(new TracedListener(listener), headers);
			}
			catch (RuntimeException ex) {
				this.span.error(ex);
				this.span.end();
				throw ex;
			}
			finally {
				scope.close();
			}
		}

		@Override
		public void sendMessage(Q message) {
			if (message instanceof SubmitTaskRequest request) {
				tag(request.getAgentId(), request.getTaskId());
			}
			else if (message instanceof PreemptRequest request) {
				tag(request.getAgentId(), request.getTaskId());
			}
			else if (message instanceof ShutdownAgentRequest request) {
				tag(request.getAgentId(), null);
			}
			else if (message instanceof PollActivityBufferRequest request) {
				tag(request.getAgentId(), null);
			}
			else if (message instanceof PurgeActivityRequest request) {
				tag(request.getAgentId(), null);
			}
			super.sendMessage(message);
		}

		private void tag(String agentId, @Nullable String taskId) {
			tagIfPresent("sw4rm.agent_id", agentId);
			tagIfPresent("sw4rm.task_id", taskId);
		}

		private void tagIfPresent(String key, @Nullable String value) {
			if (value != null) {
				this.span.tag(key, value);
			}
		}

		private final class TracedListener extends SimpleForwardingClientCallListener<S> {

			private TracedListener(Listener<S> delegate) {
				super(delegate);
			}

			@Override
			public void onClose(Status status, Metadata trailers) {
				Span span = TracedCall.this.span;
				span.tag("rpc.grpc.status_code", status.getCode().value());
				span.tag("sw4rm.status", status.getCode().name());
				span.tag("sw4rm.retry_count", TracedCall.this.retries.retries);
				if (!status.isOk()) {
					span.error(status.asException());
				}
				span.end();
				super.onClose(status, trailers);
			}

		}

	}

	/**
	 * Counts the retries of one call: gRPC asks for a tracer for each attempt.
	 */
	private static final class RetryCounter extends ClientStreamTracer.Factory {

		private volatile int retries;

		@Override
		public ClientStreamTracer newClientStreamTracer(ClientStreamTracer.StreamInfo info, Metadata headers) {
			this.retries = info.getPreviousAttempts();
			return NO_OP;
		}

	}

}
