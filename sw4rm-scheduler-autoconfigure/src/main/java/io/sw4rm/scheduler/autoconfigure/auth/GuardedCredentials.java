package io.sw4rm.scheduler.autoconfigure.auth;

import java.util.concurrent.Executor;

import io.grpc.CallCredentials;
import io.grpc.Metadata;
import io.grpc.Status;

/**
 * Lets a call out only where others can't read its token. Adds nothing to it: for calls
 * that bring a token of their own.
 */
class GuardedCredentials extends CallCredentials {

	private final PlaintextGuard plaintextGuard;

	private final HeaderLogs headerLogs;

	GuardedCredentials(PlaintextGuard plaintextGuard, HeaderLogs headerLogs) {
		this.plaintextGuard = plaintextGuard;
		this.headerLogs = headerLogs;
	}

	@Override
	public final void applyRequestMetadata(RequestInfo request, Executor executor, MetadataApplier applier) {
		String refusal = this.plaintextGuard.refusal(request);
		if (refusal != null) {
			fail(new TokenNotSentException(refusal), applier);
			return;
		}
		this.headerLogs.silence();
		apply(executor, applier);
	}

	/**
	 * Add metadata to a call that may be sent.
	 */
	protected void apply(Executor executor, MetadataApplier applier) {
		applier.apply(new Metadata());
	}

	/**
	 * Fail a call. The cause tells this from what a scheduler answers.
	 */
	protected final void fail(Throwable failure, MetadataApplier applier) {
		applier.fail(Status.UNAUTHENTICATED.withDescription(failure.getMessage()).withCause(failure));
	}

}
