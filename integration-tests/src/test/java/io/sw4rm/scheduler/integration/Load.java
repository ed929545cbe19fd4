package io.sw4rm.scheduler.integration;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Makes a call again and again, in several threads, until it is stopped.
 */
final class Load implements AutoCloseable {

	private final ExecutorService threads;

	private final List<Future<List<Exception>>> failures = new ArrayList<>();

	private final AtomicLong calls = new AtomicLong();

	private volatile boolean stopped;

	/**
	 * Begin.
	 * @param threads the number of threads, and so the most calls at a time
	 * @param call the call
	 */
	Load(int threads, Runnable call) {
		this.threads = Executors.newFixedThreadPool(threads);
		for (int i = 0; i < threads; i++) {
			this.failures.add(this.threads.submit(() -> repeat(call)));
		}
	}

	private List<Exception> repeat(Runnable call) {
		List<Exception> failures = new ArrayList<>();
		while (!this.stopped) {
			try {
				this.calls.incrementAndGet();
				call.run();
			}
			catch (RuntimeException ex) {
				failures.add(ex);
			}
		}
		return failures;
	}

	/**
	 * Return how many calls were made so far.
	 */
	long calls() {
		return this.calls.get();
	}

	/**
	 * Let each thread end its call and stop.
	 * @return what was thrown, thread by thread
	 */
	List<Exception> stop() throws Exception {
		this.stopped = true;
		List<Exception> all = new ArrayList<>();
		for (Future<List<Exception>> failures : this.failures) {
			all.addAll(failures.get());
		}
		return all;
	}

	@Override
	public void close() {
		this.stopped = true;
		this.threads.shutdownNow();
	}

}
