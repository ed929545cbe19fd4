package io.sw4rm.scheduler.autoconfigure.auth;

import java.util.concurrent.Executor;

import org.jspecify.annotations.Nullable;

/**
 * Sends a token with one call.
 */
final class BearerTokenCredentials extends GuardedCredentials {

	private final TokenSource tokens;

	private final @Nullable BearerToken refused;

	private volatile @Nullable BearerToken sent;

	/**
	 * Create credentials.
	 * @param refused a token that the scheduler refused, and that is not sent again
	 */
	BearerTokenCredentials(TokenSource tokens, PlaintextGuard plaintextGuard, HeaderLogs headerLogs,
			@Nullable BearerToken refused) {
		super(plaintextGuard, headerLogs);
		this.tokens = tokens;
		this.refused = refused;
	}

	/**
	 * Return the token that the latest attempt of the call carried, if it carried one.
	 */
	@Nullable BearerToken sent() {
		return this.sent;
	}

	@Override
	protected void apply(Executor executor, MetadataApplier applier) {
		this.sent = null;
		BearerToken token = this.tokens.ready(this.refused);
		if (token != null) {
			send(token, applier);
			return;
		}
		this.tokens.fetch(this.refused, executor).whenComplete((fetched, failure) -> {
			if (failure != null) {
				fail(failure, applier);
			}
			else {
				send(fetched, applier);
			}
		});
	}

	private void send(BearerToken token, MetadataApplier applier) {
		if (this.refused != null && this.refused.hasValue(token.value())) {
			fail(new TokenNotSentException("There is no other token than the one that was refused"), applier);
			return;
		}
		this.sent = token;
		applier.apply(token.metadata());
	}

}
