package io.sw4rm.scheduler.client;

import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import io.grpc.SynchronizationContext;
import org.jspecify.annotations.Nullable;

/**
 * Executes calls that purge activity, one after the other. If a call fails or the caller
 * ends the future, the remaining ones are not made.
 */
final class SequentialPurge {

	private final Iterator<UnaryCall<?, ?, Long>> calls;

	private final CompletableFuture<Long> purged = new CompletableFuture<>();

	/** Guards the following fields, and limits the depth of the stack. */
	private final SynchronizationContext steps = new SynchronizationContext(
			(thread, ex) -> this.purged.completeExceptionally(ex));

	private long sum;

	private @Nullable CompletableFuture<Long> current;

	SequentialPurge(List<UnaryCall<?, ?, Long>> calls) {
		this.calls = calls.iterator();
	}

	/**
	 * Start the first call.
	 * @return the future sum of the results; completing it early cancels the current call
	 */
	CompletableFuture<Long> start() {
		this.steps.execute(this::next);
		this.purged.whenComplete((sum, failure) -> this.steps.execute(this::cancelCurrent));
		return this.purged;
	}

	private void next() {
		if (this.purged.isDone()) {
			return;
		}
		if (!this.calls.hasNext()) {
			this.purged.complete(this.sum);
			return;
		}
		this.current = this.calls.next().executeAsync();
		this.current.whenComplete((count, failure) -> this.steps.execute(() -> onEnd(count, failure)));
	}

	private void onEnd(@Nullable Long count, @Nullable Throwable failure) {
		if (count == null) {
			this.purged.completeExceptionally(failure);
			return;
		}
		this.sum += count;
		next();
	}

	/**
	 * Has no effect on a call that has ended.
	 */
	private void cancelCurrent() {
		if (this.current != null) {
			this.current.cancel(false);
		}
	}

}
