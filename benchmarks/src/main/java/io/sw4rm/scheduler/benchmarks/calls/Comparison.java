package io.sw4rm.scheduler.benchmarks.calls;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

import io.sw4rm.scheduler.client.SchedulerOperation;

/**
 * Compares clients with hand-written stubs and prints a table in Markdown. Options are
 * {@code --rounds=}, {@code --seconds=} (of each measurement in a round) and
 * {@code --rows=} (names, separated by commas).
 */
public final class Comparison {

	private static final Map<String, Scenario> ROWS = rows();

	private Comparison() {
	}

	private static Map<String, Scenario> rows() {
		Map<String, Scenario> rows = new LinkedHashMap<>();
		rows.put("bare-stub", Scenario.preemptions(Contender.BARE_STUB, Style.BLOCKING, 1));
		rows.put("client", Scenario.preemptions(Contender.CLIENT, Style.BLOCKING, 1));
		rows.put("client-submit", Scenario.submissions(Contender.CLIENT, Style.BLOCKING, 1));
		rows.put("client-16", Scenario.preemptions(Contender.CLIENT, Style.BLOCKING, 16));
		rows.put("client-submit-16", Scenario.submissions(Contender.CLIENT, Style.BLOCKING, 16));
		rows.put("client-poll", new Scenario(Contender.CLIENT, Style.BLOCKING, 1,
				SchedulerOperation.POLL_ACTIVITY_BUFFER, CallArguments.buffer(10_000)));
		rows.put("async", Scenario.preemptions(Contender.CLIENT, Style.ASYNC, 64));
		rows.put("reactive", Scenario.preemptions(Contender.CLIENT, Style.REACTIVE, 64));
		if (Style.VIRTUAL_THREADS.isSupported()) {
			rows.put("virtual-threads", Scenario.preemptions(Contender.CLIENT, Style.VIRTUAL_THREADS, 1000));
		}
		rows.put("boot", Scenario.preemptions(Contender.BOOT_METRICS, Style.BLOCKING, 1));
		rows.put("boot-submit", Scenario.submissions(Contender.BOOT_METRICS, Style.BLOCKING, 1));
		rows.put("boot-16", Scenario.preemptions(Contender.BOOT_METRICS, Style.BLOCKING, 16));
		rows.put("boot-async", Scenario.preemptions(Contender.BOOT_METRICS, Style.ASYNC, 64));
		rows.put("boot-tracing", Scenario.preemptions(Contender.BOOT_TRACING, Style.BLOCKING, 1));
		rows.put("boot-stub", Scenario.preemptions(Contender.BOOT_STUB, Style.BLOCKING, 1));
		rows.put("boot-stub-16", Scenario.preemptions(Contender.BOOT_STUB, Style.BLOCKING, 16));
		return rows;
	}

	/**
	 * Run the comparison.
	 * @param args the options
	 */
	public static void main(String[] args) {
		Options options = Options.parse("Comparison", args,
				Map.of("rounds", "10", "seconds", "1", "rows", String.join(",", ROWS.keySet())));
		int rounds = options.number("rounds", 1, 1000);
		Duration duration = Duration.ofSeconds(options.number("seconds", 1, 600));
		Map<String, Scenario> rows = options.choices("rows", ROWS);
		System.out.printf("%s; %d rounds of %d s%n%n", Machine.description(), rounds, duration.toSeconds());
		try (Rounds measurements = new Rounds(rows.values())) {
			measurements.warmUp((load) -> load.run(Duration.ofSeconds(3)));
			for (int round = 0; round < rounds; round++) {
				measurements.measure((load) -> load.run(duration));
			}
			print(rows, measurements);
		}
		System.exit(0);
	}

	private static void print(Map<String, Scenario> rows, Rounds rounds) {
		System.out
			.println("| row | calls | bytes per call | over the same stub | | CPU time ratio | throughput ratio |");
		System.out.println("|---|---|---:|---:|---:|---:|---:|");
		rows.forEach(
				(name, scenario) -> System.out
					.printf(Locale.ROOT, "| `%s` | %s | %.0f | %s | %+.1f %% | %s | %s |%n", name,
							scenario.description(),
							rounds.compare(scenario, (value, reference) -> value.bytesPerCall()).median(),
							rounds.additionalBytes(scenario).toString("%+.0f"),
							rounds
								.compare(scenario,
										(value, reference) -> (value.bytesPerCall() / reference.bytesPerCall() - 1)
												* 100)
								.median(),
							rounds
								.compare(scenario,
										(value, reference) -> value.cpuNanosPerCall() / reference.cpuNanosPerCall())
								.toString("%.2f"),
							rounds
								.compare(scenario,
										(value, reference) -> value.callsPerSecond() / reference.callsPerSecond())
								.toString("%.2f")));
	}

}
