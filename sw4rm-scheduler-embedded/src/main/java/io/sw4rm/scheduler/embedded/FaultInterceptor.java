package io.sw4rm.scheduler.embedded;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * Applies the configured fault to each call, if there is one. Faults are interceptors as
 * well.
 */
final class FaultInterceptor implements ServerInterceptor {

	private final Faults faults;

	FaultInterceptor(Faults faults) {
		this.faults = faults;
	}

	@Override
	public <Q, S> ServerCall.Listener<Q> interceptCall(ServerCall<Q, S> call, Metadata headers,
			ServerCallHandler<Q, S> next) {
		ServerInterceptor fault = this.faults.next(Rpc.of(call.getMethodDescriptor()));
		return (fault != null) ? fault.interceptCall(call, headers, next) : next.startCall(call, headers);
	}

	/**
	 * Responds with a status instead of handling the call.
	 *
	 * @param status the status
	 * @param trailers the metadata to send with it
	 */
	record Fail(Status status, Metadata trailers) implements ServerInterceptor {

		@Override
		public <Q, S> ServerCall.Listener<Q> interceptCall(ServerCall<Q, S> call, Metadata headers,
				ServerCallHandler<Q, S> next) {
			Metadata copy = new Metadata();
			copy.merge(this.trailers);
			call.close(this.status, copy);
			return new ServerCall.Listener<>() {
			};
		}

	}

	/**
	 * Handles the call after a delay, or not at all if it is cancelled before.
	 *
	 * @param timer schedules the delay
	 * @param handlers handles the call
	 * @param delay the delay
	 */
	record Delay(ScheduledExecutorService timer, Executor handlers, Duration delay) implements ServerInterceptor {

		@Override
		public <Q, S> ServerCall.Listener<Q> interceptCall(ServerCall<Q, S> call, Metadata headers,
				ServerCallHandler<Q, S> next) {
			return new SimpleForwardingServerCallListener<>(next.startCall(call, headers)) {

				private @Nullable Future<?> pending;

				@Override
				public void onHalfClose() {
					// The request is complete: unary calls are handled now
					long nanos = TimeUnit.NANOSECONDS.convert(Delay.this.delay);
					Runnable handling = super::onHalfClose;
					this.pending = Delay.this.timer.schedule(() -> Delay.this.handlers.execute(handling), nanos,
							TimeUnit.NANOSECONDS);
				}

				@Override
				public void onCancel() {
					if (this.pending != null) {
						this.pending.cancel(false);
					}
					super.onCancel();
				}

			};
		}

	}

	/**
	 * Never responds.
	 */
	record Hang() implements ServerInterceptor {

		@Override
		public <Q, S> ServerCall.Listener<Q> interceptCall(ServerCall<Q, S> call, Metadata headers,
				ServerCallHandler<Q, S> next) {
			return new ServerCall.Listener<>() {
			};
		}

	}

	/**
	 * Handles the call and drops the connection instead of responding.
	 *
	 * @param connections the open connections
	 */
	record DropConnection(Connections connections) implements ServerInterceptor {

		@Override
		public <Q, S> ServerCall.Listener<Q> interceptCall(ServerCall<Q, S> call, Metadata headers,
				ServerCallHandler<Q, S> next) {
			return next.startCall(new SimpleForwardingServerCall<>(call) {

				@Override
				public void sendHeaders(Metadata headers) {
				}

				@Override
				public void sendMessage(S message) {
				}

				@Override
				public void close(Status status, Metadata trailers) {
					DropConnection.this.connections.drop(getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR));
				}

			}, headers);
		}

	}

}
