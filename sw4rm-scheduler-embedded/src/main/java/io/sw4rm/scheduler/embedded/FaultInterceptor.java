package io.sw4rm.scheduler.embedded;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import com.google.protobuf.Message;
import io.grpc.Context;
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
 * Records each call and applies the configured fault, if there is one. Faults are
 * interceptors as well, and are described by their {@code toString()}.
 */
final class FaultInterceptor implements ServerInterceptor {

	private final Faults faults;

	private final CallLog calls;

	FaultInterceptor(Faults faults, CallLog calls) {
		this.faults = faults;
		this.calls = calls;
	}

	@Override
	public <Q, S> ServerCall.Listener<Q> interceptCall(ServerCall<Q, S> call, Metadata headers,
			ServerCallHandler<Q, S> next) {
		Rpc rpc = Rpc.of(call.getMethodDescriptor());
		ServerInterceptor fault = this.faults.next(rpc);
		CallLog.Entry entry = this.calls.add(rpc, headers, Context.current().getDeadline(), fault);
		// A fault may drop the response
		ServerCallHandler<Q, S> handler = (handled, handledHeaders) -> next.startCall(recordingResponse(handled, entry),
				handledHeaders);
		ServerCall<Q, S> recorded = recordingEnd(call, entry);
		return recordingRequest((fault != null) ? fault.interceptCall(recorded, headers, handler)
				: handler.startCall(recorded, headers), entry);
	}

	private static <Q, S> ServerCall.Listener<Q> recordingRequest(ServerCall.Listener<Q> listener,
			CallLog.Entry entry) {
		return new SimpleForwardingServerCallListener<>(listener) {

			@Override
			public void onMessage(Q message) {
				entry.received((Message) message);
				super.onMessage(message);
			}

			@Override
			public void onCancel() {
				entry.ended(Status.Code.CANCELLED);
				super.onCancel();
			}

		};
	}

	private static <Q, S> ServerCall<Q, S> recordingResponse(ServerCall<Q, S> call, CallLog.Entry entry) {
		return new SimpleForwardingServerCall<>(call) {

			@Override
			public void sendMessage(S message) {
				entry.answered((Message) message);
				super.sendMessage(message);
			}

		};
	}

	private static <Q, S> ServerCall<Q, S> recordingEnd(ServerCall<Q, S> call, CallLog.Entry entry) {
		return new SimpleForwardingServerCall<>(call) {

			@Override
			public void close(Status status, Metadata trailers) {
				entry.ended(status.getCode());
				super.close(status, trailers);
			}

		};
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
			// Reads the request, so that it is recorded
			call.request(1);
			return new ServerCall.Listener<>() {

				@Override
				public void onHalfClose() {
					Metadata copy = new Metadata();
					copy.merge(Fail.this.trailers);
					call.close(Fail.this.status, copy);
				}

			};
		}

		@Override
		public String toString() {
			return "fail with " + this.status.getCode();
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

		@Override
		public String toString() {
			return "delay by " + this.delay;
		}

	}

	/**
	 * Never responds.
	 */
	record Hang() implements ServerInterceptor {

		@Override
		public <Q, S> ServerCall.Listener<Q> interceptCall(ServerCall<Q, S> call, Metadata headers,
				ServerCallHandler<Q, S> next) {
			// Reads the request, so that it is recorded
			call.request(1);
			return new ServerCall.Listener<>() {
			};
		}

		@Override
		public String toString() {
			return "hang";
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

		@Override
		public String toString() {
			return "drop connection";
		}

	}

}
