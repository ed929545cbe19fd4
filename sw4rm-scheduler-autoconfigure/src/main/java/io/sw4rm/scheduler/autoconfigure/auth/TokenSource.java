package io.sw4rm.scheduler.autoconfigure.auth;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

/**
 * Obtains tokens from a {@link SchedulerTokenSupplier} without blocking the caller. Calls
 * that need the same token at the same time share one request to the supplier.
 */
class TokenSource {

	/** Used for all calls if the token does not depend on the call. */
	private static final SchedulerTokenRequest ANY = new SchedulerTokenRequest(null, null);

	private final SchedulerTokenSupplier supplier;

	private final Duration patience;

	private volatile @Nullable BearerToken last;

	/** Guarded by this. */
	private final Map<SchedulerTokenRequest, Fetch> inFlight = new HashMap<>();

	/**
	 * Create a token source.
	 * @param patience the maximum time to wait for the supplier: a supplier that hangs
	 * must not block later calls or keep resources of calls that have ended
	 */
	TokenSource(SchedulerTokenSupplier supplier, Duration patience) {
		this.supplier = supplier;
		this.patience = patience;
	}

	/**
	 * Return a token that is available immediately, unless it is the rejected one.
	 */
	@Nullable BearerToken ready(@Nullable BearerToken refused) {
		String token = (this.supplier instanceof ReadyTokenSupplier ready) ? ready.getTokenIfReady() : null;
		return (token != null && (refused == null || !refused.hasValue(token))) ? bearer(token) : null;
	}

	/**
	 * Get a token.
	 * @param request the call that needs it
	 * @param refused a token that the scheduler rejected, which is reported to the
	 * supplier first
	 * @param executor runs the supplier
	 * @return the token; it may be the rejected one again
	 */
	CompletableFuture<BearerToken> fetch(SchedulerTokenRequest request, @Nullable BearerToken refused,
			Executor executor) {
		SchedulerTokenRequest key = (this.supplier instanceof ReadyTokenSupplier) ? ANY : request;
		Fetch fetch;
		synchronized (this) {
			Fetch current = this.inFlight.get(key);
			if (current != null && current.suits(refused)) {
				return current;
			}
			fetch = new Fetch(key, refused);
			this.inFlight.put(key, fetch);
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
		this.inFlight.remove(fetch.request, fetch);
	}

	/**
	 * Threads may race: each returns its own token, and one of them is cached.
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

		private final SchedulerTokenRequest request;

		private final @Nullable BearerToken refused;

		private Fetch(SchedulerTokenRequest request, @Nullable BearerToken refused) {
			this.request = request;
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
				token = bearer(TokenSource.this.supplier.getToken(this.request));
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
