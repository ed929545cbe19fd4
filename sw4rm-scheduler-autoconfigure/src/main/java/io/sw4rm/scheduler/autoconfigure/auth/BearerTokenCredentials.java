package io.sw4rm.scheduler.autoconfigure.auth;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

import com.google.common.base.Throwables;
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

	private final SharedToken token;

	/** The token that the scheduler rejected before the call was repeated. */
	private final @Nullable BearerToken rejected;

	private volatile boolean callHasAuthorization;

	private volatile @Nullable BearerToken sent;

	private volatile @Nullable CompletableFuture<BearerToken> awaited;

	private volatile boolean callHasEnded;

	BearerTokenCredentials(BearerTokenClientInterceptor interceptor, @Nullable SchedulerCall call) {
		this.interceptor = interceptor;
		this.call = call;
		TokenSource tokens = interceptor.tokens();
		this.token = (call != null) ? tokens.of(call.operation(), call.agentId()) : tokens.of(null, null);
		BearerTokenCredentials previous = of(call);
		this.rejected = (previous != null) ? previous.sent : null;
	}

	/**
	 * Return whether a call that was rejected may be repeated with another token.
	 */
	static boolean isRepeatable(SchedulerCall call) {
		BearerTokenCredentials credentials = of(call);
		return credentials != null && credentials.sent != null && credentials.token.isReplaceable();
	}

	/**
	 * Return the credentials that the latest attempt of a call has sent.
	 */
	private static @Nullable BearerTokenCredentials of(@Nullable SchedulerCall call) {
		return (call != null) ? (BearerTokenCredentials) call.getAttribute(BearerTokenCredentials.class) : null;
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
		BearerToken ready = (this.rejected == null) ? this.token.ready() : null;
		if (ready != null) {
			send(ready, applier);
			return;
		}
		CompletableFuture<BearerToken> token = ((this.rejected == null) ? this.token.get(executor)
				: this.token.replace(this.rejected, executor))
			.copy();
		token.whenComplete((fetched, failure) -> {
			if (failure != null) {
				fail(Throwables.getRootCause(failure), applier);
			}
			else {
				send(fetched, applier);
			}
		});
		this.awaited = token;
		if (this.callHasEnded) {
			token.cancel(false);
		}
	}

	private void send(BearerToken token, MetadataApplier applier) {
		if (this.rejected != null && this.rejected.hasValue(token.value())) {
			fail(TokenNotSentException.noOther(), applier);
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

	/**
	 * Called when the call has ended. gRPC keeps a connection open for as long as
	 * credentials of a call are pending, even if the call has ended: when an application
	 * stops, it would wait for the supplier.
	 */
	void callHasEnded(Status status) {
		this.callHasEnded = true;
		CompletableFuture<BearerToken> awaited = this.awaited;
		if (awaited != null) {
			awaited.cancel(false);
		}
		BearerToken sent = this.sent;
		if (sent == null) {
			return;
		}
		boolean sentByServer = status.getCause() == null;
		switch (status.getCode()) {
			case UNAUTHENTICATED -> {
				if (sentByServer) {
					this.token.rejected(sent);
				}
			}
			case UNAVAILABLE, DEADLINE_EXCEEDED, CANCELLED -> {
				// The scheduler may not have seen the token
			}
			default -> {
				if (sentByServer) {
					this.token.accepted(sent);
				}
			}
		}
	}

}
