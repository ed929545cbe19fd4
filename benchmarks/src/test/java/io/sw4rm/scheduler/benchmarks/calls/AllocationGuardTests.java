package io.sw4rm.scheduler.benchmarks.calls;

import java.util.Map;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that calls do not allocate more memory than they do today. Clients are compared
 * with a stub that sends the same bytes, in the same rounds: changes of gRPC and of the
 * JDK affect both. {@link AllocationProfile} shows what allocates.
 * <p>
 * Tests run without the optimizing compiler. What it leaves out differs from run to run,
 * so these numbers are higher and more stable than those of {@link Comparison}.
 */
class AllocationGuardTests {

	/**
	 * What a call allocates today in addition to a call of the stub, in bytes. Lower
	 * these numbers when calls become cheaper: the current ones are in the output of the
	 * test.
	 */
	private static final Map<Scenario, Integer> ADDITIONAL_BYTES = Map.of(
			Scenario.preemptions(Contender.CLIENT, Style.BLOCKING, 1), 85,
			Scenario.submissions(Contender.CLIENT, Style.BLOCKING, 1), 170,
			Scenario.preemptions(Contender.CLIENT, Style.ASYNC, 1), 300,
			Scenario.preemptions(Contender.BOOT_METRICS, Style.BLOCKING, 1), 160,
			Scenario.submissions(Contender.BOOT_METRICS, Style.BLOCKING, 1), 255);

	/**
	 * What gRPC allocates for a call depends on how its messages arrive, and differs from
	 * run to run.
	 */
	private static final int TOLERANCE = 100;

	private static final int WARM_UP_CALLS = 1000;

	private static final int ROUNDS = 20;

	private static final int CALLS_PER_ROUND = 200;

	private static Rounds rounds;

	@BeforeAll
	@Timeout(600)
	static void measure() {
		rounds = new Rounds(ADDITIONAL_BYTES.keySet());
		rounds.warmUp((load) -> load.run(WARM_UP_CALLS));
		for (int round = 0; round < ROUNDS; round++) {
			rounds.measure((load) -> load.run(CALLS_PER_ROUND));
		}
	}

	@AfterAll
	static void close() {
		rounds.close();
	}

	static Stream<Scenario> scenarios() {
		return ADDITIONAL_BYTES.keySet().stream();
	}

	@ParameterizedTest
	@MethodSource("scenarios")
	void callsAllocateNoMoreThanToday(Scenario scenario) {
		String measured = "%s: %s bytes per call over the same stub".formatted(scenario.description(),
				rounds.additionalBytes(scenario).toString("%.0f"));
		System.out.println(measured);
		assertThat(rounds.additionalBytes(scenario).median()).as(measured)
			.isLessThan(ADDITIONAL_BYTES.get(scenario) + TOLERANCE);
	}

}
