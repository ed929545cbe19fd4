package io.sw4rm.scheduler.benchmarks;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * The memory and threads that the program uses.
 *
 * @param heapBytes the heap in use after a garbage collection
 * @param threads the number of live threads
 */
record Footprint(long heapBytes, int threads) {

	private static final Duration QUIET = Duration.ofSeconds(4);

	private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);

	private static final int COLLECTIONS = 3;

	/**
	 * Measure when the number of threads is stable: gRPC and Netty stop their threads
	 * about a second after their last use.
	 * @return the footprint
	 * @throws InterruptedException if the thread is interrupted
	 */
	static Footprint measure() throws InterruptedException {
		awaitQuietThreads();
		for (int collection = 0; collection < COLLECTIONS; collection++) {
			System.gc();
		}
		return new Footprint(ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed(), threadCount());
	}

	private static void awaitQuietThreads() throws InterruptedException {
		long start = System.nanoTime();
		long lastChange = start;
		int threads = threadCount();
		while (System.nanoTime() - lastChange < QUIET.toNanos() && System.nanoTime() - start < LONGEST_WAIT.toNanos()) {
			TimeUnit.MILLISECONDS.sleep(100);
			int now = threadCount();
			if (now != threads) {
				threads = now;
				lastChange = System.nanoTime();
			}
		}
	}

	private static int threadCount() {
		return ManagementFactory.getThreadMXBean().getThreadCount();
	}

}
