package io.sw4rm.scheduler.autoconfigure.auth;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;

import io.grpc.Attributes;
import io.grpc.CallCredentials;
import io.grpc.ClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * A unary call that is made once more, with another token, when the scheduler refuses the
 * first one. An attempt begins when the caller has said everything, so that a second one
 * can repeat it all.
 *
 * @param <Q> the type of the request
 * @param <S> the type of the response
 */
final class TokenRefreshingCall<Q, S> extends ClientCall<Q, S> {

	private final BearerTokenClientInterceptor interceptor;

	private final Function<CallCredentials, ClientCall<Q, S>> callFactory;

	private @Nullable Listener<S> listener;

	private @Nullable Metadata headers;

	private @Nullable Q message;

	private @Nullable Boolean messageCompression;

	/** Guarded by this, as is everything below. */
	private boolean opened;

	private int requested;

	private @Nullable ClientCall<Q, S> attempt;

	/** Whether the attempt has all that the caller said, and may be used by others. */
	private boolean attemptBegun;

	private @Nullable Cancellation cancellation;

	TokenRefreshingCall(BearerTokenClientInterceptor interceptor,
			Function<CallCredentials, ClientCall<Q, S>> callFactory) {
		this.interceptor = interceptor;
		this.callFactory = callFactory;
	}

	@Override
	public void start(Listener<S> listener, Metadata headers) {
		this.listener = listener;
		this.headers = headers;
	}

	@Override
	public void setMessageCompression(boolean enabled) {
		this.messageCompression = enabled;
	}

	@Override
	public void sendMessage(Q message) {
		this.message = message;
	}

	@Override
	public void halfClose() {
		open();
	}

	@Override
	public void request(int numMessages) {
		ClientCall<Q, S> begun;
		synchronized (this) {
			this.requested += numMessages;
			begun = this.attemptBegun ? this.attempt : null;
		}
		if (begun != null) {
			begun.request(numMessages);
		}
	}

	@Override
	public void cancel(@Nullable String message, @Nullable Throwable cause) {
		ClientCall<Q, S> begun;
		synchronized (this) {
			this.cancellation = new Cancellation(message, cause);
			begun = this.attemptBegun ? this.attempt : null;
		}
		if (begun != null) {
			begun.cancel(message, cause);
		}
		else if (this.listener != null) {
			// Who started the call must be told of its end, even if nothing was sent
			open();
		}
	}

	@Override
	public Attributes getAttributes() {
		ClientCall<Q, S> current;
		synchronized (this) {
			current = this.attempt;
		}
		return (current != null) ? current.getAttributes() : Attributes.EMPTY;
	}

	private void open() {
		synchronized (this) {
			if (this.opened) {
				return;
			}
			this.opened = true;
		}
		if (started(this.headers).containsKey(BearerToken.AUTHORIZATION)) {
			begin(this.interceptor.guardedCredentials(), started(this.listener));
			return;
		}
		BearerTokenCredentials credentials = this.interceptor.bearerTokenCredentials(null);
		begin(credentials, new FirstAttemptListener(started(this.listener), credentials));
	}

	private void begin(CallCredentials credentials, Listener<S> listener) {
		ClientCall<Q, S> call = this.callFactory.apply(credentials);
		Metadata headers = new Metadata();
		headers.merge(started(this.headers));
		int requested;
		boolean cancelled;
		synchronized (this) {
			this.attempt = call;
			this.attemptBegun = false;
			requested = this.requested;
			cancelled = this.cancellation != null;
		}
		call.start(listener, headers);
		try {
			if (!cancelled) {
				sendAll(call, requested);
			}
		}
		catch (RuntimeException ex) {
			call.cancel("The request could not be sent", ex);
			throw ex;
		}
		begun(call, requested);
	}

	private void sendAll(ClientCall<Q, S> call, int requested) {
		if (this.messageCompression != null) {
			call.setMessageCompression(this.messageCompression);
		}
		if (requested > 0) {
			call.request(requested);
		}
		if (this.message != null) {
			call.sendMessage(this.message);
		}
		call.halfClose();
	}

	/**
	 * Catch up with what the caller did while the attempt began. The attempt may have
	 * ended meanwhile, and been followed by another.
	 */
	private void begun(ClientCall<Q, S> call, int requested) {
		int requestedSince;
		Cancellation cancellation;
		synchronized (this) {
			if (this.attempt != call) {
				return;
			}
			this.attemptBegun = true;
			requestedSince = this.requested - requested;
			cancellation = this.cancellation;
		}
		if (cancellation != null) {
			call.cancel(cancellation.message(), cancellation.cause());
		}
		else if (requestedSince > 0) {
			call.request(requestedSince);
		}
	}

	private synchronized boolean isCancelled() {
		return this.cancellation != null;
	}

	private static <T> T started(@Nullable T value) {
		return Objects.requireNonNull(value, "The call was not started");
	}

	private record Cancellation(@Nullable String message, @Nullable Throwable cause) {

	}

	/**
	 * Keeps what it hears to itself until it is clear that the call is not made again.
	 */
	private final class FirstAttemptListener extends SimpleForwardingClientCallListener<S> {

		private final BearerTokenCredentials credentials;

		private @Nullable Metadata headers;

		private boolean answered;

		private FirstAttemptListener(Listener<S> delegate, BearerTokenCredentials credentials) {
			super(delegate);
			this.credentials = credentials;
		}

		@Override
		public void onHeaders(Metadata headers) {
			this.headers = headers;
		}

		@Override
		public void onMessage(S message) {
			this.answered = true;
			passHeadersOn();
			super.onMessage(message);
		}

		@Override
		public void onClose(Status status, Metadata trailers) {
			BearerToken sent = this.credentials.sent();
			if (status.getCode() != Status.Code.UNAUTHENTICATED || sent == null || this.answered || isCancelled()) {
				end(status, trailers);
				return;
			}
			BearerTokenCredentials credentials = TokenRefreshingCall.this.interceptor.bearerTokenCredentials(sent);
			SecondAttemptListener listener = new SecondAttemptListener(delegate(), credentials,
					() -> end(status, trailers));
			try {
				begin(credentials, listener);
			}
			catch (RuntimeException ex) {
				// Nobody but the listener would hear of it
				listener.failed(ex);
			}
		}

		private void end(Status status, Metadata trailers) {
			passHeadersOn();
			super.onClose(status, trailers);
		}

		private void passHeadersOn() {
			if (this.headers != null) {
				super.onHeaders(this.headers);
				this.headers = null;
			}
		}

	}

	/**
	 * Ends as the first attempt did if there was no other token to send.
	 */
	private final class SecondAttemptListener extends SimpleForwardingClientCallListener<S> {

		private final BearerTokenCredentials credentials;

		private final Runnable endOfFirstAttempt;

		private final AtomicBoolean ended = new AtomicBoolean();

		private SecondAttemptListener(Listener<S> delegate, BearerTokenCredentials credentials,
				Runnable endOfFirstAttempt) {
			super(delegate);
			this.credentials = credentials;
			this.endOfFirstAttempt = endOfFirstAttempt;
		}

		/**
		 * End the call, unless the attempt has already.
		 */
		void failed(RuntimeException failure) {
			onClose(Status.fromThrowable(failure), new Metadata());
		}

		@Override
		public void onClose(Status status, Metadata trailers) {
			if (!this.ended.compareAndSet(false, true)) {
				return;
			}
			if (status.getCode() == Status.Code.UNAUTHENTICATED && this.credentials.sent() == null) {
				this.endOfFirstAttempt.run();
			}
			else {
				super.onClose(status, trailers);
			}
		}

	}

}
