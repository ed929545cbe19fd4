package io.sw4rm.scheduler.benchmarks.startup;

import java.time.Duration;
import java.util.Locale;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.event.ApplicationPreparedEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Starts an application and measures it.
 */
final class StartedApplication implements ApplicationListener<ApplicationPreparedEvent> {

	private long prepared;

	private StartedApplication() {
	}

	/**
	 * Start the application, run its {@code Runnable} bean, print the durations in
	 * milliseconds and exit.
	 */
	static void run(Class<?> source, String[] args) {
		StartedApplication timer = new StartedApplication();
		SpringApplication application = new SpringApplication(source);
		application.addListeners(timer);
		ConfigurableApplicationContext context = application.run(args);
		long started = System.nanoTime();
		context.getBeanProvider(Runnable.class).ifAvailable(Runnable::run);
		long called = System.nanoTime();
		System.out.printf(Locale.ROOT, "%s%.1f %.1f %d%n", StartUp.RESULT, (started - timer.prepared) / 1e6,
				(called - started) / 1e6,
				ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO).toMillis());
		System.exit(SpringApplication.exit(context));
	}

	@Override
	public void onApplicationEvent(ApplicationPreparedEvent event) {
		this.prepared = System.nanoTime();
	}

}
