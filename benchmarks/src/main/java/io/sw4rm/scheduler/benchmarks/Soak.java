package io.sw4rm.scheduler.benchmarks;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Generates mixed load on an application with the starter while networks and schedulers
 * fail, and accounts for every call: no call may be lost or answered incorrectly, no
 * accepted task may be lost, and no task may arrive twice unless retries are enabled.
 * Options are {@code --duration=} (default: two minutes), {@code --threads=},
 * {@code --seed=} and {@code --retry}. The exit code is 2 if an argument is invalid, and
 * 1 if a rule is violated.
 */
public final class Soak {

	private static final int REPLICAS = 3;

	private static final Duration WARM_UP = Duration.ofSeconds(2);

	/**
	 * The time after its deadline within which a call must end.
	 */
	private static final Duration GRACE = Duration.ofSeconds(10);

	/**
	 * The time to start and stop, including the pauses before memory and threads are
	 * measured.
	 */
	private static final Duration OVERHEAD = Duration.ofMinutes(2);

	private final SoakSettings settings;

	private final SoakAccount account;

	private Soak(SoakSettings settings) {
		this.settings = settings;
		this.account = new SoakAccount(settings.retry(), GRACE);
	}

	/**
	 * Run a soak and print its account.
	 * @param args the options
	 */
	public static void main(String[] args) {
		// Ends the program even if threads are still running
		Runtime.getRuntime().halt(exitCode(args));
	}

	private static int exitCode(String... args) {
		SoakSettings settings;
		try {
			settings = SoakSettings.parse(args);
		}
		catch (IllegalArgumentException ex) {
			System.err.println(ex.getMessage() + ". " + SoakSettings.USAGE);
			return 2;
		}
		try {
			SoakAccount account = runWithin(bound(settings), settings);
			System.out.println(settings);
			System.out.println(account);
			return account.broken().isEmpty() ? 0 : 1;
		}
		catch (ExecutionException | InterruptedException | TimeoutException ex) {
			System.err.println("The soak failed: " + ex);
			ex.printStackTrace();
			return 1;
		}
	}

	private static SoakAccount runWithin(Duration bound, SoakSettings settings)
			throws ExecutionException, InterruptedException, TimeoutException {
		FutureTask<SoakAccount> soak = new FutureTask<>(() -> run(settings));
		Thread thread = new Thread(soak, "soak");
		thread.setDaemon(true);
		thread.start();
		return soak.get(bound.toNanos(), TimeUnit.NANOSECONDS);
	}

	private static Duration bound(SoakSettings settings) {
		Duration warmUp = WARM_UP.plus(SoakLoad.DEADLINE).plus(GRACE);
		return settings.duration().plus(SoakLoad.DEADLINE).plus(GRACE).plus(warmUp).plus(OVERHEAD);
	}

	/**
	 * Run a short soak to warm up, then a soak whose footprints at the start and the end
	 * can be compared.
	 * @param settings the settings
	 * @return the account
	 * @throws InterruptedException if the thread is interrupted
	 */
	static SoakAccount run(SoakSettings settings) throws InterruptedException {
		new Soak(settings.withDuration(WARM_UP)).run();
		Footprint start = Footprint.measure();
		SoakAccount account = new Soak(settings).run();
		account.footprints(start, Footprint.measure());
		return account;
	}

	private SoakAccount run() throws InterruptedException {
		List<SoakReplica> replicas = new ArrayList<>();
		try {
			for (int replica = 0; replica < REPLICAS; replica++) {
				replicas.add(new SoakReplica(this.account));
			}
			load(replicas);
		}
		finally {
			replicas.forEach(SoakReplica::close);
		}
		return this.account;
	}

	private void load(List<SoakReplica> replicas) throws InterruptedException {
		try (ConfigurableApplicationContext context = start(replicas)) {
			Thread faults = new Thread(new SoakFaults(replicas, this.account, this.settings.seed()), "soak-faults");
			faults.setDaemon(true);
			faults.start();
			new SoakLoad(this.settings, context, this.account).run();
			faults.interrupt();
			faults.join();
			MeterRegistry registry = context.getBean(MeterRegistry.class);
			Gauge inFlight = registry.get("sw4rm.rpc.in.flight").gauge();
			awaitEnd(inFlight);
			this.account.metered(inFlight.value(),
					registry.get("sw4rm.rpc.requests").counters().stream().mapToDouble(Counter::count).sum());
		}
	}

	/**
	 * Wait until no call is in flight: a cancelled future completes before the end of its
	 * call is counted.
	 */
	private static void awaitEnd(Gauge inFlight) throws InterruptedException {
		for (int i = 0; inFlight.value() != 0 && i < 50; i++) {
			TimeUnit.MILLISECONDS.sleep(100);
		}
	}

	private ConfigurableApplicationContext start(List<SoakReplica> replicas) {
		List<String> properties = new ArrayList<>(List.of(
				"sw4rm.scheduler.address="
						+ replicas.stream().map(SoakReplica::address).collect(Collectors.joining(",")),
				"sw4rm.scheduler.deadline=" + SoakLoad.DEADLINE, "spring.main.banner-mode=off",
				"spring.main.register-shutdown-hook=false", "logging.level.root=warn",
				// Schedulers log dropped connections
				"logging.level.io.grpc.netty.NettyServerHandler=error"));
		if (this.settings.retry()) {
			properties.add("sw4rm.scheduler.retry.operations=submit-task,request-preemption,shutdown-agent,"
					+ "poll-activity-buffer,purge-activity");
		}
		return new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.properties(properties.toArray(String[]::new))
			.run();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		MeterRegistry meterRegistry() {
			return new SimpleMeterRegistry();
		}

	}

}
