package io.sw4rm.scheduler.client;

import reactor.core.scheduler.Schedulers;

/**
 * Refuses to block threads that Reactor reserves for non-blocking work, such as the event
 * loop of a reactive web server: all requests would wait.
 */
final class NonBlockingThreads {

	private static final boolean HAS_REACTOR = ClassPath.isPresent("reactor.core.scheduler.NonBlocking");

	private NonBlockingThreads() {
	}

	/**
	 * Check that the current thread may block.
	 * @param operation what would block
	 * @throws IllegalStateException if it must not
	 */
	static void checkNotCurrent(String operation) {
		if (HAS_REACTOR && Schedulers.isInNonBlockingThread()) {
			throw new IllegalStateException(
					"%s must not block the thread '%s', which is reserved for non-blocking work; use a ReactiveSchedulerClient, or subscribe on Schedulers.boundedElastic()"
						.formatted(operation, Thread.currentThread().getName()));
		}
	}

}
