package io.sw4rm.scheduler.client;

import java.util.function.Supplier;

import io.micrometer.context.ContextSnapshot;
import io.micrometer.context.ContextSnapshotFactory;
import reactor.util.context.ContextView;

/**
 * Makes a subscriber's Reactor context visible to the code of a call that reads thread
 * locals, such as suppliers of correlation ids, observations and the log context. Uses
 * Micrometer's context propagation, if it is on the class path.
 */
final class ReactorContext {

	private static final boolean HAS_CONTEXT_PROPAGATION = ClassPath
		.isPresent("io.micrometer.context.ContextSnapshotFactory");

	private ReactorContext() {
	}

	/**
	 * Call the supplier while the context is visible.
	 */
	static <T> T visibleTo(Supplier<T> supplier, ContextView context) {
		return (HAS_CONTEXT_PROPAGATION && !context.isEmpty()) ? Propagation.visibleTo(supplier, context)
				: supplier.get();
	}

	private static final class Propagation {

		private static final ContextSnapshotFactory SNAPSHOTS = ContextSnapshotFactory.builder().build();

		@SuppressWarnings("try")
		static <T> T visibleTo(Supplier<T> supplier, ContextView context) {
			try (ContextSnapshot.Scope scope = SNAPSHOTS.setThreadLocalsFrom(context)) {
				return supplier.get();
			}
		}

	}

}
