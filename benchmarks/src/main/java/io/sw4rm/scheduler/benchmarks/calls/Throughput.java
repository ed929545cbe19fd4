package io.sw4rm.scheduler.benchmarks.calls;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Measures throughput and latency with different numbers of calls in flight, and prints a
 * table in Markdown. Options are {@code --contenders=}, {@code --in-flight=} (lists) and
 * {@code --seconds=} (of each measurement).
 */
public final class Throughput {

	private static final Duration WARM_UP = Duration.ofSeconds(3);

	private Throughput() {
	}

	/**
	 * Run the loads.
	 * @param args the options
	 */
	public static void main(String[] args) {
		Options options = Options.parse("Throughput", args,
				Map.of("contenders", "SAME_STUB,CLIENT,BOOT_METRICS", "in-flight", "1,16,64,1000", "seconds", "5"));
		Duration duration = Duration.ofSeconds(options.number("seconds", 1, 600));
		List<Contender> contenders = List
			.copyOf(options.choices("contenders", Options.names(Contender.class)).values());
		List<Integer> inFlight = options.numbers("in-flight", 1, 10_000);
		System.out.printf("%s; %d s for each row%n%n", Machine.description(), duration.toSeconds());
		System.out.println("| contender | in flight | calls/s | p50 | p99 | bytes per call | CPU time per call |");
		System.out.println("|---|---|---:|---:|---:|---:|---:|");
		try (SchedulerProcess scheduler = new SchedulerProcess()) {
			for (Contender contender : contenders) {
				try (Caller caller = contender.open(scheduler.address())) {
					run(contender, caller, inFlight, duration);
				}
			}
		}
		System.exit(0);
	}

	private static void run(Contender contender, Caller caller, List<Integer> inFlight, Duration duration) {
		Arrays.stream(Style.values())
			.filter(Style::isSupported)
			.flatMap((style) -> inFlight.stream().map((calls) -> Scenario.preemptions(contender, style, calls)))
			.forEach((scenario) -> {
				try (Load load = scenario.load(caller)) {
					load.run(WARM_UP);
					print(scenario, load.run(duration));
				}
			});
	}

	private static void print(Scenario scenario, Measurement measurement) {
		System.out.printf(Locale.ROOT, "| %s | %s | %.0f | %.2f ms | %.2f ms | %.0f | %.0f µs |%n",
				scenario.contender().description(), scenario.style().description(scenario.inFlight()),
				measurement.callsPerSecond(), measurement.latencies().percentile(0.5).toNanos() / 1e6,
				measurement.latencies().percentile(0.99).toNanos() / 1e6, measurement.bytesPerCall(),
				measurement.cpuNanosPerCall() / 1000);
	}

}
