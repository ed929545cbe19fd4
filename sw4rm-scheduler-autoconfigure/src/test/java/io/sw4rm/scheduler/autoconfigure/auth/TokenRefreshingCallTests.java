package io.sw4rm.scheduler.autoconfigure.auth;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;

import io.grpc.Attributes;
import io.grpc.CallCredentials;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.SecurityLevel;
import io.grpc.Status;
import org.junit.jupiter.api.Test;

import org.springframework.boot.logging.LoggingSystem;

import io.sw4rm.scheduler.proto.PollActivityBufferRequest;
import io.sw4rm.scheduler.proto.PollActivityBufferResponse;
import io.sw4rm.scheduler.proto.SchedulerServiceGrpc;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for what no server can do to a {@link TokenRefreshingCall}: an attempt that can't
 * even begin.
 */
class TokenRefreshingCallTests {

	private static final MethodDescriptor<PollActivityBufferRequest, PollActivityBufferResponse> METHOD = SchedulerServiceGrpc
		.getPollActivityBufferMethod();

	private final Iterator<String> supplied = List.of("first", "second").iterator();

	private final BearerTokenClientInterceptor interceptor = new BearerTokenClientInterceptor(
			new TokenSource(this.supplied::next, Duration.ofSeconds(30)), new PlaintextGuard(false),
			new HeaderLogs(LoggingSystem.get(getClass().getClassLoader())));

	private final List<Status> ends = new ArrayList<>();

	@Test
	void endsWhenSecondAttemptCannotStart() {
		call(new RefusedCall(), new FailingCall(true));
		assertThat(this.ends).singleElement().satisfies((end) -> assertThat(end.getCause()).hasMessage("start"));
	}

	@Test
	void endsOnceWhenRequestOfSecondAttemptCannotBeSent() {
		FailingCall second = new FailingCall(false);
		call(new RefusedCall(), second);
		assertThat(this.ends).hasSize(1);
		assertThat(second.cancelled).isTrue();
	}

	private void call(FakeCall... attempts) {
		Deque<FakeCall> remaining = new ArrayDeque<>(List.of(attempts));
		ClientCall<PollActivityBufferRequest, PollActivityBufferResponse> call = this.interceptor.interceptCall(METHOD,
				CallOptions.DEFAULT, new Channel() {

					@Override
					@SuppressWarnings("unchecked")
					public <Q, S> ClientCall<Q, S> newCall(MethodDescriptor<Q, S> method, CallOptions options) {
						FakeCall next = remaining.remove();
						next.credentials = options.getCredentials();
						return (ClientCall<Q, S>) next;
					}

					@Override
					public String authority() {
						return "localhost:1";
					}

				});
		call.start(new ClientCall.Listener<>() {

			@Override
			public void onClose(Status status, Metadata trailers) {
				TokenRefreshingCallTests.this.ends.add(status);
			}

		}, new Metadata());
		call.request(2);
		call.sendMessage(PollActivityBufferRequest.getDefaultInstance());
		call.halfClose();
	}

	/**
	 * A call that goes nowhere.
	 */
	private abstract static class FakeCall extends ClientCall<PollActivityBufferRequest, PollActivityBufferResponse> {

		CallCredentials credentials;

		Listener<PollActivityBufferResponse> listener;

		@Override
		public void start(Listener<PollActivityBufferResponse> listener, Metadata headers) {
			this.listener = listener;
		}

		@Override
		public void request(int numMessages) {
		}

		@Override
		public void sendMessage(PollActivityBufferRequest message) {
		}

		@Override
		public void halfClose() {
		}

		@Override
		public void cancel(String message, Throwable cause) {
		}

	}

	/**
	 * Takes the token and refuses it.
	 */
	private static final class RefusedCall extends FakeCall {

		@Override
		public void halfClose() {
			this.credentials.applyRequestMetadata(new EncryptedRequest(), Runnable::run,
					new CallCredentials.MetadataApplier() {

						@Override
						public void apply(Metadata headers) {
							RefusedCall.this.listener.onClose(Status.UNAUTHENTICATED, new Metadata());
						}

						@Override
						public void fail(Status status) {
							RefusedCall.this.listener.onClose(status, new Metadata());
						}

					});
		}

	}

	/**
	 * Can't be started, or can't send.
	 */
	private static final class FailingCall extends FakeCall {

		private final boolean atStart;

		private boolean cancelled;

		private FailingCall(boolean atStart) {
			this.atStart = atStart;
		}

		@Override
		public void start(Listener<PollActivityBufferResponse> listener, Metadata headers) {
			super.start(listener, headers);
			if (this.atStart) {
				throw new IllegalStateException("start");
			}
		}

		@Override
		public void sendMessage(PollActivityBufferRequest message) {
			throw new IllegalStateException("send");
		}

		@Override
		public void cancel(String message, Throwable cause) {
			this.cancelled = true;
			this.listener.onClose(Status.CANCELLED.withCause(cause), new Metadata());
		}

	}

	private static final class EncryptedRequest extends CallCredentials.RequestInfo {

		@Override
		public MethodDescriptor<?, ?> getMethodDescriptor() {
			return METHOD;
		}

		@Override
		public CallOptions getCallOptions() {
			return CallOptions.DEFAULT;
		}

		@Override
		public SecurityLevel getSecurityLevel() {
			return SecurityLevel.PRIVACY_AND_INTEGRITY;
		}

		@Override
		public String getAuthority() {
			return "localhost:1";
		}

		@Override
		public Attributes getTransportAttrs() {
			return Attributes.EMPTY;
		}

	}

}
