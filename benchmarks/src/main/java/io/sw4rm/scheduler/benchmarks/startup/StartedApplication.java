package io.sw4rm.scheduler.benchmarks.startup;

import java.util.Locale;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.event.ApplicationPreparedEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Starts an application, and prints how long the refresh of its context took.
 */
final class StartedApplication implements ApplicationListener<ApplicationPreparedEvent> {

	private long prepared;

	private StartedApplication() {
	}

	/**
	 * Start the application and print the duration of the refresh, and of what it does
	 * then, in milliseconds. Exits when the parent has read them.
	 */
	static void run(Class<?> source, String[] args, FirstCall firstCall) {
		StartedApplication timer = new StartedApplication();
		SpringApplication application = new SpringApplication(source);
		application.addListeners(timer);
		ConfigurableApplicationContext context = application.run(args);
		long started = System.nanoTime();
		firstCall.make(context);
		long called = System.nanoTime();
		System.out.printf(Locale.ROOT, "%s%.1f %.1f %d%n", StartUp.RESULT, (started - timer.prepared) / 1e6,
				(called - started) / 1e6,
				ProcessHandle.current().info().totalCpuDuration().map((cpu) -> cpu.toMillis()).orElse(0L));
		System.exit(SpringApplication.exit(context));
	}

	@Override
	public void onApplicationEvent(ApplicationPreparedEvent event) {
		this.prepared = System.nanoTime();
	}

	/**
	 * What an application does when it has started.
	 */
	@FunctionalInterface
	interface FirstCall {

		void make(ConfigurableApplicationContext context);

	}

}
