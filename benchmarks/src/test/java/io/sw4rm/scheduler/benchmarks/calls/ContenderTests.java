package io.sw4rm.scheduler.benchmarks.calls;

import java.util.stream.Stream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import io.sw4rm.scheduler.client.SchedulerOperation;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Contender}.
 */
class ContenderTests {

	private static SchedulerProcess scheduler;

	@BeforeAll
	static void start() {
		scheduler = new SchedulerProcess();
	}

	@AfterAll
	static void stop() {
		scheduler.close();
	}

	@ParameterizedTest
	@EnumSource
	void makesAllCalls(Contender contender) {
		try (Caller caller = contender.open(scheduler.address())) {
			for (SchedulerOperation operation : SchedulerOperation.values()) {
				Stream.of(Style.values())
					.filter(Style::isSupported)
					.map((style) -> new Scenario(contender, style, 2, operation, CallArguments.json()))
					.forEach((scenario) -> {
						try (Load load = scenario.load(caller)) {
							assertThat(load.run(4).calls()).as(scenario.description()).isEqualTo(4);
						}
					});
			}
		}
	}

}
