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
class CallFuture<R> extends CompletableFuture<R> implements UnaryCall.Owner {

	private final UnaryCall<?, ?, R> call;

	/**
	 * The thread that starts the call, until it has done so or the call has ended on it.
	 */
	private volatile @Nullable Thread starter = Thread.currentThread();

	CallFuture(UnaryCall<?, ?, R> call) {
		this.call = call;
	}

	/**
	 * Called when the call was started.
	 */
	void leaveStartScope() {
		boolean ended = this.starter == null;
		this.starter = null;
		this.call.settings().listeners().onScopeClosed(this.call);
		if (ended) {
			afterEnd();
		}
	}

	@Override
	public void onEnd() {
		if (this.starter == Thread.currentThread()) {
			this.starter = null;
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
		afterEnd();
	}

	/**
	 * Called when the call has ended and its scopes are closed.
	 */
	void afterEnd() {
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
