package io.sw4rm.scheduler.autoconfigure.auth;

import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.Executor;

import org.jspecify.annotations.Nullable;

/**
 * Runs tasks on a limited number of threads at a time. Further tasks wait for one of
 * these threads. Thread-safe.
 */
final class LimitedExecutor {

	private final int maxThreads;

	/** Guarded by this. */
	private final Set<Runnable> waiting = new LinkedHashSet<>();

	/** Guarded by this. */
	private int threads;

	LimitedExecutor(int maxThreads) {
		this.maxThreads = maxThreads;
	}

	/**
	 * Run a task, now or later.
	 * @param task the task, which must not throw exceptions
	 * @param executor provides a thread
	 * @throws RuntimeException if the executor rejects the task
	 * @throws Error if no thread can be created
	 */
	void execute(Runnable task, Executor executor) {
		synchronized (this) {
			if (this.threads == this.maxThreads) {
				this.waiting.add(task);
				return;
			}
			this.threads++;
		}
		try {
			executor.execute(() -> run(task));
		}
		catch (RuntimeException | Error ex) {
			synchronized (this) {
				this.threads--;
			}
			throw ex;
		}
	}

	private void run(Runnable first) {
		for (Runnable task = first; task != null; task = next()) {
			task.run();
		}
	}

	private synchronized @Nullable Runnable next() {
		Iterator<Runnable> waiting = this.waiting.iterator();
		if (!waiting.hasNext()) {
			this.threads--;
			return null;
		}
		Runnable next = waiting.next();
		waiting.remove();
		return next;
	}

	/**
	 * Remove a task that still waits for a thread.
	 * @return whether it was waiting
	 */
	synchronized boolean remove(Runnable task) {
		return this.waiting.remove(task);
	}

}
