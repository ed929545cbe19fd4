package io.sw4rm.scheduler.autoconfigure.auth;

import io.grpc.CallCredentials;
import io.grpc.CallCredentials.RequestInfo;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.CompositeCallCredentials;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

import org.springframework.core.Ordered;

import io.sw4rm.scheduler.client.SchedulerCall;

/**
 * Sends a token with each call on the channel of a scheduler. Runs last, to detect
 * whether the caller or an interceptor has set an authorization.
 */
class BearerTokenClientInterceptor implements ClientInterceptor, Ordered {

	private final TokenSource tokens;

	private final PlaintextGuard plaintextGuard;

	private final HeaderLogs headerLogs;

	BearerTokenClientInterceptor(TokenSource tokens, PlaintextGuard plaintextGuard, HeaderLogs headerLogs) {
		this.tokens = tokens;
		this.plaintextGuard = plaintextGuard;
		this.headerLogs = headerLogs;
	}

	@Override
	public int getOrder() {
		return Ordered.LOWEST_PRECEDENCE;
	}

	TokenSource tokens() {
		return this.tokens;
	}

	/**
	 * Return why no token may be sent with a request, or {@code null} if it may be sent.
	 */
	@Nullable String refusal(RequestInfo request) {
		String refusal = this.plaintextGuard.refusal(request);
		return (refusal != null) ? refusal : this.headerLogs.refusal();
	}

	@Override
	public <Q, S> ClientCall<Q, S> interceptCall(MethodDescriptor<Q, S> method, CallOptions options, Channel next) {
		BearerTokenCredentials credentials = new BearerTokenCredentials(this,
				options.getOption(SchedulerCall.CALL_OPTION));
		CallCredentials others = options.getCredentials();
		CallOptions optionsWithToken = options
			.withCallCredentials((others != null) ? new CompositeCallCredentials(others, credentials) : credentials);
		return new SimpleForwardingClientCall<>(next.newCall(method, optionsWithToken)) {

			@Override
			public void start(Listener<S> listener, Metadata headers) {
				if (headers.containsKey(BearerToken.AUTHORIZATION)) {
					credentials.callHasAuthorization();
				}
				super.start(new SimpleForwardingClientCallListener<>(listener) {

					@Override
					public void onClose(Status status, Metadata trailers) {
						credentials.callHasEnded(status);
						super.onClose(status, trailers);
					}

				}, headers);
			}

		};
	}

}
