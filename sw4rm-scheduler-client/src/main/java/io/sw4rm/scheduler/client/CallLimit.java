package io.sw4rm.scheduler.client;

import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * The limit of calls in flight. A single call takes a permit or fails. A batch waits in
 * line: each permit that is released belongs to the first claim in the line, so that
 * neither single calls nor other batches can overtake it. Thread-safe.
 */
final class CallLimit {

	/** Guarded by this; 0 while claims are in the line. */
	private int permits;

	/** Guarded by this. */
	private final Set<Claim> line = new LinkedHashSet<>();

	CallLimit(int permits) {
		this.permits = permits;
	}

	synchronized boolean tryAcquire() {
		if (this.permits == 0) {
			return false;
		}
		this.permits--;
		return true;
	}

	void release() {
		release(null);
	}

	/**
	 * Release a permit.
	 * @param own a claim that need not be notified if the permit becomes its own
	 */
	void release(@Nullable Claim own) {
		Claim next;
		synchronized (this) {
			Iterator<Claim> line = this.line.iterator();
			if (!line.hasNext()) {
				this.permits++;
				return;
			}
			next = line.next();
			line.remove();
			next.holdsPermit = true;
		}
		if (next != own) {
			next.onPermit.run();
		}
	}

	/**
	 * A claim for one permit after the other. Used by one thread at a time.
	 */
	static final class Claim {

		private final @Nullable CallLimit limit;

		private final Runnable onPermit;

		/** Guarded by the limit. */
		private boolean holdsPermit;

		/** Guarded by the limit. */
		private boolean closed;

		/**
		 * Create a claim.
		 * @param limit the limit, or null if there is none
		 * @param onPermit called when the claim receives a permit that it has waited for,
		 * by the thread that released the permit
		 */
		Claim(@Nullable CallLimit limit, Runnable onPermit) {
			this.limit = limit;
			this.onPermit = onPermit;
		}

		/**
		 * Return whether there is a permit for the next call. If there is none, the claim
		 * waits in line, unless it is closed.
		 */
		boolean acquire() {
			CallLimit limit = this.limit;
			if (limit == null) {
				return true;
			}
			synchronized (limit) {
				if (this.closed) {
					return false;
				}
				if (!this.holdsPermit) {
					this.holdsPermit = limit.tryAcquire();
				}
				if (!this.holdsPermit) {
					limit.line.add(this);
				}
				return this.holdsPermit;
			}
		}

		/**
		 * Pass the permit on to a call, which releases it when it ends.
		 */
		void use() {
			CallLimit limit = this.limit;
			if (limit != null) {
				synchronized (limit) {
					this.holdsPermit = false;
				}
			}
		}

		/**
		 * {@linkplain #abandon() Abandon} the claim for good: it gets no further permit.
		 */
		void close() {
			CallLimit limit = this.limit;
			if (limit != null) {
				synchronized (limit) {
					this.closed = true;
				}
				abandon();
			}
		}

		/**
		 * Leave the line, and release the permit if there is one.
		 */
		void abandon() {
			CallLimit limit = this.limit;
			if (limit == null) {
				return;
			}
			synchronized (limit) {
				limit.line.remove(this);
				if (!this.holdsPermit) {
					return;
				}
				this.holdsPermit = false;
			}
			limit.release();
		}

	}

}
