package io.sw4rm.scheduler.autoconfigure.auth;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

/**
 * Gets tokens from a {@link SchedulerTokenSupplier} without making the caller wait.
 * However many need one at once, the supplier is asked once and all get its answer.
 */
class TokenSource {

	private final SchedulerTokenSupplier supplier;

	private final Duration patience;

	private volatile @Nullable BearerToken last;

	private @Nullable Fetch inFlight;

	/**
	 * Create a source of tokens.
	 * @param patience how long to wait for an answer of the supplier: one that hangs must
	 * not take all later calls with it, nor keep what waits for it for good, as a
	 * connection does for a call that has ended
	 */
	TokenSource(SchedulerTokenSupplier supplier, Duration patience) {
		this.supplier = supplier;
		this.patience = patience;
	}

	/**
	 * Return a token that is at hand, unless it is the one that was refused.
	 */
	@Nullable BearerToken ready(@Nullable BearerToken refused) {
		String token = (this.supplier instanceof ReadyTokenSupplier ready) ? ready.getTokenIfReady() : null;
		return (token != null && (refused == null || !refused.hasValue(token))) ? bearer(token) : null;
	}

	/**
	 * Get a token.
	 * @param refused a token that the scheduler refused, which the supplier is told
	 * before it is asked
	 * @param executor what the supplier runs on
	 * @return the token; it may be the refused one again
	 */
	CompletableFuture<BearerToken> fetch(@Nullable BearerToken refused, Executor executor) {
		Fetch fetch;
		synchronized (this) {
			if (this.inFlight != null && this.inFlight.suits(refused)) {
				return this.inFlight;
			}
			fetch = new Fetch(refused);
			this.inFlight = fetch;
		}
		fetch.orTimeout(this.patience.toNanos(), TimeUnit.NANOSECONDS);
		try {
			executor.execute(fetch);
		}
		catch (RuntimeException ex) {
			fetch.completeExceptionally(ex);
		}
		return fetch;
	}

	private synchronized void ended(Fetch fetch) {
		if (this.inFlight == fetch) {
			this.inFlight = null;
		}
	}

	/**
	 * Threads may race: each gets its own token, and one of them is kept.
	 */
	private BearerToken bearer(@Nullable String token) {
		BearerToken bearer = this.last;
		if (bearer == null || !bearer.hasValue(token)) {
			bearer = new BearerToken(token);
			this.last = bearer;
		}
		return bearer;
	}

	private final class Fetch extends CompletableFuture<BearerToken> implements Runnable {

		private final @Nullable BearerToken refused;

		private Fetch(@Nullable BearerToken refused) {
			this.refused = refused;
		}

		boolean suits(@Nullable BearerToken refused) {
			return refused == null || (this.refused != null && this.refused.hasValue(refused.value()));
		}

		@Override
		public void run() {
			BearerToken token;
			try {
				if (this.refused != null) {
					TokenSource.this.supplier.invalidate(this.refused.value());
				}
				token = bearer(TokenSource.this.supplier.getToken());
			}
			catch (Throwable ex) {
				completeExceptionally(ex);
				return;
			}
			ended(this);
			complete(token);
		}

		@Override
		public boolean completeExceptionally(Throwable failure) {
			ended(this);
			return super.completeExceptionally((failure instanceof TokenNotSentException) ? failure
					: TokenNotSentException.unavailable("%s was thrown; its message, which may be secret, is not shown"
						.formatted(failure.getClass().getName()), failure));
		}

	}

}
