package io.sw4rm.scheduler.autoconfigure.embedded;

import java.util.function.Supplier;

import org.springframework.boot.devtools.restart.Restarter;
import org.springframework.util.ClassUtils;

import io.sw4rm.scheduler.embedded.EmbeddedScheduler;

/**
 * Keeps the embedded scheduler, with its tasks and its port, while Spring Boot's devtools
 * restart the application.
 */
final class DevtoolsRestarts {

	private static final boolean DEVTOOLS_PRESENT = ClassUtils
		.isPresent("org.springframework.boot.devtools.restart.Restarter", DevtoolsRestarts.class.getClassLoader());

	private DevtoolsRestarts() {
	}

	/**
	 * Return whether devtools will restart the application. They do not in tests.
	 */
	static boolean areEnabled() {
		if (!DEVTOOLS_PRESENT) {
			return false;
		}
		try {
			return Restarter.getInstance().getInitialUrls() != null;
		}
		catch (IllegalStateException ex) {
			// Not initialized
			return false;
		}
	}

	/**
	 * Return the scheduler that was started before the restart, or start one.
	 * @param port the configured port
	 */
	static EmbeddedScheduler keep(int port, Supplier<EmbeddedScheduler> starter) {
		String name = EmbeddedScheduler.class.getName() + "-" + port;
		Object kept = Restarter.getInstance().getOrAddAttribute(name, starter::get);
		if (kept instanceof EmbeddedScheduler scheduler) {
			return scheduler;
		}
		// Devtools have loaded the class again, together with the application
		Restarter.getInstance().removeAttribute(name);
		close((AutoCloseable) kept);
		return (EmbeddedScheduler) Restarter.getInstance().getOrAddAttribute(name, starter::get);
	}

	private static void close(AutoCloseable scheduler) {
		try {
			scheduler.close();
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

}
