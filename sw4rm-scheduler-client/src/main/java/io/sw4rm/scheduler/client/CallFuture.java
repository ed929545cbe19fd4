package io.sw4rm.scheduler.client;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * The result of an asynchronous call. Completing it early, in any way, cancels the call.
 *
 * @param <R> the result
 */
final class CallFuture<R> extends CompletableFuture<R> implements UnaryCall.Owner {

	private final UnaryCall<?, ?, R> call;

	/** The thread that starts the call: the response may arrive on it meanwhile. */
	private volatile @Nullable Thread starter = Thread.currentThread();

	CallFuture(UnaryCall<?, ?, R> call) {
		this.call = call;
	}

	void started() {
		this.starter = null;
	}

	@Override
	public void onEnd() {
		if (this.starter == Thread.currentThread()) {
			end();
			return;
		}
		CallListeners listeners = this.call.settings().listeners();
		listeners.onScopeOpened(this.call);
		try {
			end();
		}
		finally {
			listeners.onScopeClosed(this.call);
		}
	}

	private void end() {
		Throwable failure = this.call.end();
		if (failure != null) {
			super.completeExceptionally(failure);
		}
		else {
			super.complete(this.call.result());
		}
	}

	@Override
	public boolean complete(R result) {
		return endedByCaller(super.complete(result));
	}

	@Override
	public boolean completeExceptionally(Throwable failure) {
		return endedByCaller(super.completeExceptionally(failure));
	}

	@Override
	public boolean cancel(boolean mayInterruptIfRunning) {
		return endedByCaller(super.cancel(mayInterruptIfRunning));
	}

	@Override
	public CompletableFuture<R> completeAsync(Supplier<? extends R> supplier, Executor executor) {
		whenComplete((result, failure) -> this.call.abandon());
		return super.completeAsync(supplier, executor);
	}

	private boolean endedByCaller(boolean ended) {
		if (ended) {
			this.call.abandon();
		}
		return ended;
	}

}
