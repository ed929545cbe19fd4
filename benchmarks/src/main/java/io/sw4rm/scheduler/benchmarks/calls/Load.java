package io.sw4rm.scheduler.benchmarks.calls;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import java.util.stream.Stream;

import io.netty.util.concurrent.DefaultThreadFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.core.task.VirtualThreadTaskExecutor;

/**
 * Repeats a call with a constant number of calls in flight, and measures what the process
 * uses for them. Allocates nothing for a call.
 */
final class Load implements AutoCloseable {

	private final List<Worker> workers;

	private final Executor executor;

	private final Runnable onClose;

	private Load(int inFlight, Supplier<Worker> workers, Executor executor, Runnable onClose) {
		this.workers = Stream.generate(workers).limit(inFlight).toList();
		this.executor = executor;
		this.onClose = onClose;
	}

	/**
	 * Create a load of threads that wait for the results of their calls. The threads live
	 * as long as the load.
	 */
	static Load threads(int threads, Supplier<?> call) {
		ExecutorService executor = Executors.newFixedThreadPool(threads, new DefaultThreadFactory("load", true));
		return new Load(threads, () -> new BlockingWorker(call), executor, executor::shutdownNow);
	}

	/**
	 * Create a load of virtual threads that wait for the results of their calls.
	 */
	static Load virtualThreads(int threads, Supplier<?> call) {
		return new Load(threads, () -> new BlockingWorker(call), new VirtualThreadTaskExecutor("load-"), () -> {
		});
	}

	/**
	 * Create a load of calls that no thread waits for: each is started when another one
	 * ends.
	 */
	static Load async(int inFlight, AsyncCall call) {
		return new Load(inFlight, () -> new AsyncWorker(call), Runnable::run, () -> {
		});
	}

	/**
	 * Repeat the call for some time.
	 */
	Measurement run(Duration duration) {
		return run(Long.MAX_VALUE, duration.toNanos());
	}

	/**
	 * Repeat the call at least the given number of times.
	 */
	Measurement run(int calls) {
		return run((calls + this.workers.size() - 1) / this.workers.size(), Long.MAX_VALUE);
	}

	private Measurement run(long callsOfWorker, long nanos) {
		CountDownLatch running = new CountDownLatch(this.workers.size());
		this.workers.forEach((worker) -> worker.reset(callsOfWorker, nanos, running));
		Usage start = Usage.now();
		for (Worker worker : this.workers) {
			this.executor.execute(worker);
		}
		await(running);
		Usage usage = Usage.now().minus(start);
		Latencies latencies = new Latencies();
		for (Worker worker : this.workers) {
			worker.throwFailure();
			latencies.add(worker.latencies);
		}
		return new Measurement(latencies.count(), usage, latencies);
	}

	private static void await(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException("Interrupted", ex);
		}
	}

	@Override
	public void close() {
		this.onClose.run();
	}

	/**
	 * Makes one call after the other.
	 */
	private abstract static class Worker extends AsyncCall.Completion implements Runnable {

		private Latencies latencies = new Latencies();

		private CountDownLatch running = new CountDownLatch(0);

		private long calls;

		private long start;

		private long nanos;

		private long callStart;

		private @Nullable Throwable failure;

		final void reset(long calls, long nanos, CountDownLatch running) {
			this.latencies = new Latencies();
			this.calls = calls;
			this.nanos = nanos;
			this.running = running;
		}

		final void begin() {
			this.start = System.nanoTime();
			this.callStart = this.start;
		}

		/**
		 * Record a call.
		 * @return whether to make another one
		 */
		final boolean ended() {
			long now = System.nanoTime();
			this.latencies.record(now - this.callStart);
			this.callStart = now;
			return this.latencies.count() < this.calls && now - this.start < this.nanos;
		}

		final void finish() {
			this.running.countDown();
		}

		@Override
		public final void onFailure(Throwable failure) {
			this.failure = failure;
			finish();
		}

		final void throwFailure() {
			if (this.failure != null) {
				throw new IllegalStateException("A call failed", this.failure);
			}
		}

	}

	private static final class BlockingWorker extends Worker {

		private final Supplier<?> call;

		private @Nullable Object result;

		private BlockingWorker(Supplier<?> call) {
			this.call = call;
		}

		@Override
		public void run() {
			begin();
			try {
				do {
					onSuccess(this.call.get());
				}
				while (ended());
				finish();
			}
			catch (Throwable ex) {
				onFailure(ex);
			}
		}

		/**
		 * Keeps the result, so that the compiler can't leave its creation out.
		 */
		@Override
		public void onSuccess(@Nullable Object result) {
			this.result = result;
		}

	}

	private static final class AsyncWorker extends Worker {

		private final AsyncCall call;

		private AsyncWorker(AsyncCall call) {
			this.call = call;
		}

		@Override
		public void run() {
			begin();
			this.call.start(this);
		}

		@Override
		public void onSuccess(@Nullable Object result) {
			if (ended()) {
				this.call.start(this);
			}
			else {
				finish();
			}
		}

	}

}
