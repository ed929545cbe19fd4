package io.sw4rm.scheduler.autoconfigure.auth;

import java.time.Duration;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;

import org.springframework.util.ConcurrentLruCache;

import io.sw4rm.scheduler.client.SchedulerOperation;

/**
 * The tokens of one scheduler: one {@link SharedToken} for each operation and agent, or
 * one for all calls if the token does not depend on the call. Thread-safe.
 */
final class TokenSource {

	/** The number of threads that a supplier can block. */
	static final int MAX_THREADS = 32;

	/** A token that is not remembered is only requested from the supplier again. */
	private static final int MAX_TOKENS = 10_000;

	private final LimitedExecutor executor = new LimitedExecutor(MAX_THREADS);

	private final @Nullable SharedToken forAllCalls;

	private final ConcurrentLruCache<SchedulerTokenRequest, SharedToken> tokens;

	/**
	 * Create a token source.
	 * @param supplier supplies the tokens
	 * @param patience the maximum time that calls wait for the supplier
	 * @param nanoTime the time for back-offs
	 */
	TokenSource(SchedulerTokenSupplier supplier, Duration patience, LongSupplier nanoTime) {
		this.tokens = new ConcurrentLruCache<>(MAX_TOKENS,
				(request) -> new SharedToken(supplier, request, patience, this.executor, nanoTime));
		this.forAllCalls = (supplier instanceof ReadyTokenSupplier)
				? this.tokens.get(new SchedulerTokenRequest(null, null)) : null;
	}

	/**
	 * Return the token for a call.
	 * @param operation the operation of the call, if a scheduler client makes it
	 * @param agentId the agent of the call, if a scheduler client makes it
	 */
	SharedToken of(@Nullable SchedulerOperation operation, @Nullable String agentId) {
		return (this.forAllCalls != null) ? this.forAllCalls
				: this.tokens.get(new SchedulerTokenRequest(operation, agentId));
	}

}
