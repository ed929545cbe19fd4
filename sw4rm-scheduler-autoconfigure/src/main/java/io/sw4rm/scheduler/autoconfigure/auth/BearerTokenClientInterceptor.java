package io.sw4rm.scheduler.autoconfigure.auth;

import io.grpc.CallCredentials;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.CompositeCallCredentials;
import io.grpc.MethodDescriptor;
import org.jspecify.annotations.Nullable;

/**
 * Sends a token with each call, and makes a call once more when the scheduler refuses the
 * token and there is another. A call that brings an authorization of its own keeps it.
 */
class BearerTokenClientInterceptor implements ClientInterceptor {

	private final TokenSource tokens;

	private final PlaintextGuard plaintextGuard;

	private final HeaderLogs headerLogs;

	private final GuardedCredentials guardedCredentials;

	BearerTokenClientInterceptor(TokenSource tokens, PlaintextGuard plaintextGuard, HeaderLogs headerLogs) {
		this.tokens = tokens;
		this.plaintextGuard = plaintextGuard;
		this.headerLogs = headerLogs;
		this.guardedCredentials = new GuardedCredentials(plaintextGuard, headerLogs);
	}

	@Override
	public <Q, S> ClientCall<Q, S> interceptCall(MethodDescriptor<Q, S> method, CallOptions options, Channel next) {
		if (method.getType() == MethodDescriptor.MethodType.UNARY) {
			return new TokenRefreshingCall<>(this,
					(credentials) -> next.newCall(method, withCredentials(options, credentials)));
		}
		return next.newCall(method, withCredentials(options, bearerTokenCredentials(null)));
	}

	private static CallOptions withCredentials(CallOptions options, CallCredentials credentials) {
		CallCredentials others = options.getCredentials();
		return options
			.withCallCredentials((others != null) ? new CompositeCallCredentials(others, credentials) : credentials);
	}

	/**
	 * Return credentials for a call that sends a token of ours.
	 * @param refused a token that is not sent, since the scheduler refused it
	 */
	BearerTokenCredentials bearerTokenCredentials(@Nullable BearerToken refused) {
		return new BearerTokenCredentials(this.tokens, this.plaintextGuard, this.headerLogs, refused);
	}

	/**
	 * Return credentials for a call that brings an authorization of its own.
	 */
	GuardedCredentials guardedCredentials() {
		return this.guardedCredentials;
	}

}
