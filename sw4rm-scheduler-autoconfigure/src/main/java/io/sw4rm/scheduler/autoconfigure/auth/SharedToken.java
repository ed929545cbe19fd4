package io.sw4rm.scheduler.autoconfigure.auth;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;

/**
 * The token of calls that need the same one. Requests it from a
 * {@link SchedulerTokenSupplier} without blocking the calls, one request at a time, and
 * not during the back-off after failures:
 * <ul>
 * <li>If the supplier fails, calls fail with the same failure.</li>
 * <li>If the scheduler rejects a token, the supplier is told, and one of the calls tries
 * the new token. If that one is rejected too, calls are sent with it and not
 * repeated.</li>
 * </ul>
 * A supplier that hangs is not called again until it returns. Thread-safe.
 */
final class SharedToken {

	/**
	 * The time after which calls no longer wait for another one to try a new token.
	 */
	private static final Duration TRIAL = Duration.ofSeconds(5);

	private final SchedulerTokenSupplier supplier;

	private final SchedulerTokenRequest request;

	private final Duration patience;

	private final LimitedExecutor limitedExecutor;

	private final Backoff afterFailure;

	private final Backoff afterRejection;

	private volatile @Nullable BearerToken latest;

	/**
	 * The latest replacement of a rejected token. Written by threads that hold the lock.
	 */
	private volatile @Nullable Replacement replacement;

	/** The current request to the supplier, which may hang. Guarded by this. */
	private @Nullable Fetch fetch;

	/** The failure of the latest request to the supplier. Guarded by this. */
	private @Nullable TokenNotSentException failure;

	SharedToken(SchedulerTokenSupplier supplier, SchedulerTokenRequest request, Duration patience,
			LimitedExecutor limitedExecutor, LongSupplier nanoTime) {
		this.supplier = supplier;
		this.request = request;
		this.patience = patience;
		this.limitedExecutor = limitedExecutor;
		this.afterFailure = new Backoff(nanoTime);
		this.afterRejection = new Backoff(nanoTime);
	}

	/**
	 * Return the token if it is available immediately.
	 */
	@Nullable BearerToken ready() {
		String token = (this.supplier instanceof ReadyTokenSupplier ready) ? ready.getTokenIfReady() : null;
		return (token != null) ? bearer(token) : null;
	}

	/**
	 * Return whether a rejected call may be repeated with another token.
	 */
	boolean isReplaceable() {
		if (this.supplier instanceof FixedTokenSupplier) {
			return false;
		}
		synchronized (this) {
			return !this.afterFailure.isActive() && !this.afterRejection.isActive();
		}
	}

	/**
	 * Get the token.
	 * @param executor runs the supplier
	 */
	CompletableFuture<BearerToken> get(Executor executor) {
		Fetch fetch;
		synchronized (this) {
			if (this.fetch != null) {
				return this.fetch;
			}
			if (this.failure != null && this.afterFailure.isActive()) {
				return CompletableFuture.failedFuture(this.failure);
			}
			if (this.latest != null && this.afterRejection.isActive()) {
				return CompletableFuture.completedFuture(this.latest);
			}
			fetch = new Fetch(null);
			this.fetch = fetch;
		}
		fetch.start(executor);
		return fetch;
	}

	/**
	 * Get another token than one that the scheduler rejected. The first call that needs
	 * it tries it, further ones wait for the outcome.
	 * @param rejected the rejected token
	 * @param executor runs the supplier
	 * @return the token, which may be the rejected one again
	 */
	CompletableFuture<BearerToken> replace(BearerToken rejected, Executor executor) {
		Fetch fetch;
		synchronized (this) {
			if (this.replacement != null && this.replacement.isUsableFor(rejected)) {
				return this.replacement.approved;
			}
			if (this.fetch != null) {
				return this.fetch.thenCompose((token) -> token.hasValue(rejected.value()) ? replace(rejected, executor)
						: CompletableFuture.completedFuture(token));
			}
			if (!isReplaceable()) {
				return CompletableFuture.failedFuture(TokenNotSentException.noOther());
			}
			this.replacement = new Replacement(rejected);
			fetch = new Fetch(this.replacement);
			this.fetch = fetch;
		}
		fetch.start(executor);
		return fetch;
	}

	/**
	 * Called when the scheduler has accepted a token.
	 */
	void accepted(BearerToken token) {
		Replacement replacement = this.replacement;
		if (replacement == null || replacement.isSettled()) {
			return;
		}
		synchronized (this) {
			if (this.replacement != replacement) {
				return;
			}
			if (replacement.isTrialOf(token)) {
				replacement.trial = null;
			}
			else if (replacement.hasFailed()) {
				this.replacement = null;
			}
			else {
				return;
			}
			this.afterRejection.end();
		}
		replacement.approved.complete(token);
	}

	/**
	 * Called when the scheduler has rejected a token.
	 */
	void rejected(BearerToken token) {
		Replacement replacement = this.replacement;
		if (replacement == null) {
			return;
		}
		synchronized (this) {
			if (!replacement.isTrialOf(token)) {
				return;
			}
			replacement.trial = null;
			this.afterRejection.start();
		}
		replacement.approved.completeExceptionally(TokenNotSentException.noOther());
	}

	/**
	 * Threads may race: each returns its own token, and one of them is kept.
	 */
	private BearerToken bearer(@Nullable String token) {
		BearerToken bearer = this.latest;
		if (bearer == null || !bearer.hasValue(token)) {
			bearer = new BearerToken(token);
			this.latest = bearer;
		}
		return bearer;
	}

	/**
	 * A request to the supplier, which fails if it takes too long but remains the current
	 * one until the supplier returns.
	 */
	private final class Fetch extends CompletableFuture<BearerToken> implements Runnable {

		private final @Nullable Replacement replacement;

		private final Instant start = Instant.now().truncatedTo(ChronoUnit.SECONDS);

		Fetch(@Nullable Replacement replacement) {
			this.replacement = replacement;
		}

		void start(Executor executor) {
			orTimeout(SharedToken.this.patience.toNanos(), TimeUnit.NANOSECONDS);
			try {
				SharedToken.this.limitedExecutor.execute(this, executor);
			}
			catch (Throwable ex) {
				leave();
				completeExceptionally(ex);
			}
		}

		@Override
		public void run() {
			BearerToken token;
			try {
				if (this.replacement != null) {
					SharedToken.this.supplier.invalidate(this.replacement.rejected.value());
				}
				token = bearer(SharedToken.this.supplier.getToken(SharedToken.this.request));
			}
			catch (Throwable ex) {
				fail(TokenNotSentException.of(ex));
				return;
			}
			succeed(token);
		}

		private void succeed(BearerToken token) {
			synchronized (SharedToken.this) {
				leave();
				SharedToken.this.failure = null;
				SharedToken.this.afterFailure.end();
				if (this.replacement != null) {
					this.replacement.trial = token;
				}
			}
			if (this.replacement != null && this.replacement.rejected.hasValue(token.value())) {
				rejected(token);
			}
			else if (this.replacement != null) {
				this.replacement.approved.completeOnTimeout(token, TRIAL.toNanos(), TimeUnit.NANOSECONDS);
			}
			complete(token);
		}

		private void fail(TokenNotSentException failure) {
			synchronized (SharedToken.this) {
				leave();
				SharedToken.this.failure = failure;
				SharedToken.this.afterFailure.start();
			}
			completeExceptionally(failure);
		}

		private void leave() {
			synchronized (SharedToken.this) {
				SharedToken.this.fetch = null;
			}
		}

		@Override
		public boolean completeExceptionally(Throwable ex) {
			TokenNotSentException failure = (ex instanceof TimeoutException) ? timedOut()
					: TokenNotSentException.of(ex);
			if (this.replacement != null) {
				this.replacement.approved.completeExceptionally(failure);
			}
			return super.completeExceptionally(failure);
		}

		private TokenNotSentException timedOut() {
			if (SharedToken.this.limitedExecutor.remove(this)) {
				leave();
			}
			return TokenNotSentException.unavailable("the token supplier has been hanging since " + this.start);
		}

	}

	/**
	 * The replacement of a rejected token.
	 */
	private static final class Replacement {

		private final BearerToken rejected;

		/**
		 * The new token as soon as others than the call that tries it may use it.
		 */
		private final CompletableFuture<BearerToken> approved = new CompletableFuture<>();

		/**
		 * The new token until the scheduler has accepted or rejected it.
		 */
		private volatile @Nullable BearerToken trial;

		Replacement(BearerToken rejected) {
			this.rejected = rejected;
		}

		boolean isUsableFor(BearerToken rejected) {
			return this.rejected.hasValue(rejected.value()) && !hasFailed();
		}

		boolean isTrialOf(BearerToken token) {
			BearerToken trial = this.trial;
			return trial != null && trial.hasValue(token.value());
		}

		boolean hasFailed() {
			return this.approved.isCompletedExceptionally();
		}

		boolean isSettled() {
			return this.trial == null && !hasFailed();
		}

	}

}
