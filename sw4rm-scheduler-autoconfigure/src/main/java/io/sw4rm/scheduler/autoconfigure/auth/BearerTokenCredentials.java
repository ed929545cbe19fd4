package io.sw4rm.scheduler.autoconfigure.auth;

import java.util.concurrent.Executor;

import io.grpc.CallCredentials;
import io.grpc.Metadata;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

import io.sw4rm.scheduler.client.SchedulerCall;

/**
 * Sends a token with a gRPC call, only on secure connections. Does not replace an
 * existing authorization.
 */
final class BearerTokenCredentials extends CallCredentials {

	private final BearerTokenClientInterceptor interceptor;

	private final @Nullable SchedulerCall call;

	/** The token that the scheduler rejected at the previous attempt of the call. */
	private final @Nullable BearerToken refused;

	private volatile boolean callHasAuthorization;

	private volatile @Nullable BearerToken sent;

	BearerTokenCredentials(BearerTokenClientInterceptor interceptor, @Nullable SchedulerCall call) {
		this.interceptor = interceptor;
		this.call = call;
		this.refused = sent(call);
	}

	/**
	 * Return the token that was sent with the latest attempt of a call.
	 */
	static @Nullable BearerToken sent(@Nullable SchedulerCall call) {
		return (call != null
				&& call.getAttribute(BearerTokenCredentials.class) instanceof BearerTokenCredentials credentials)
						? credentials.sent : null;
	}

	void callHasAuthorization() {
		this.callHasAuthorization = true;
	}

	@Override
	public void applyRequestMetadata(RequestInfo request, Executor executor, MetadataApplier applier) {
		String refusal = this.interceptor.refusal(request);
		if (refusal != null) {
			fail(new TokenNotSentException(refusal), applier);
			return;
		}
		if (this.callHasAuthorization) {
			applier.apply(new Metadata());
			return;
		}
		this.sent = null;
		TokenSource tokens = this.interceptor.tokens();
		BearerToken token = tokens.ready(this.refused);
		if (token != null) {
			send(token, applier);
			return;
		}
		tokens.fetch(request(), this.refused, executor).whenComplete((fetched, failure) -> {
			if (failure != null) {
				fail(failure, applier);
			}
			else {
				send(fetched, applier);
			}
		});
	}

	private SchedulerTokenRequest request() {
		return (this.call != null) ? new SchedulerTokenRequest(this.call.operation(), this.call.agentId())
				: new SchedulerTokenRequest(null, null);
	}

	private void send(BearerToken token, MetadataApplier applier) {
		if (this.refused != null && this.refused.hasValue(token.value())) {
			fail(new TokenNotSentException("No token other than the rejected one is available"), applier);
			return;
		}
		this.sent = token;
		if (this.call != null) {
			this.call.setAttribute(BearerTokenCredentials.class, this);
		}
		applier.apply(token.metadata());
	}

	/**
	 * Fail the call. The cause distinguishes this from a response of the scheduler.
	 */
	private static void fail(Throwable failure, MetadataApplier applier) {
		applier.fail(Status.UNAUTHENTICATED.withDescription(failure.getMessage()).withCause(failure));
	}

}
