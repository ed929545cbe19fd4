package io.sw4rm.scheduler.benchmarks.calls;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.ToDoubleBiFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Measures scenarios and their references in turn, so that a change of the machine's
 * speed affects all of them.
 */
final class Rounds implements AutoCloseable {

	private final SchedulerProcess scheduler = new SchedulerProcess();

	private final Map<Contender, Caller> callers = new EnumMap<>(Contender.class);

	private final Map<Scenario, Load> loads = new LinkedHashMap<>();

	private final Map<Scenario, List<Measurement>> measurements = new LinkedHashMap<>();

	Rounds(Collection<Scenario> scenarios) {
		scenarios.stream()
			.flatMap((scenario) -> Stream.of(scenario.reference(), scenario))
			.distinct()
			.forEach((scenario) -> {
				this.loads.put(scenario, scenario.load(caller(scenario.contender())));
				this.measurements.put(scenario, new ArrayList<>());
			});
	}

	private Caller caller(Contender contender) {
		return this.callers.computeIfAbsent(contender, (key) -> key.open(this.scheduler.address()));
	}

	/**
	 * Run each load once and ignore the results.
	 */
	void warmUp(Function<Load, Measurement> run) {
		this.loads.values().forEach(run::apply);
	}

	/**
	 * Run each load once, in the opposite order of the round before.
	 */
	void measure(Function<Load, Measurement> run) {
		List<Scenario> order = new ArrayList<>(this.loads.keySet());
		if (measurements(order.get(0)).size() % 2 == 1) {
			Collections.reverse(order);
		}
		order.forEach(
				(scenario) -> measurements(scenario).add(run.apply(Objects.requireNonNull(this.loads.get(scenario)))));
	}

	private List<Measurement> measurements(Scenario scenario) {
		return Objects.requireNonNull(this.measurements.get(scenario));
	}

	/**
	 * Compare a scenario with its reference, round by round.
	 */
	Spread compare(Scenario scenario, ToDoubleBiFunction<Measurement, Measurement> comparison) {
		List<Measurement> values = measurements(scenario);
		List<Measurement> references = measurements(scenario.reference());
		return Spread.of(IntStream.range(0, values.size())
			.mapToDouble((round) -> comparison.applyAsDouble(values.get(round), references.get(round))));
	}

	/**
	 * Return how many bytes a call allocates in addition to those of the reference.
	 */
	Spread additionalBytes(Scenario scenario) {
		return compare(scenario, (value, reference) -> value.bytesPerCall() - reference.bytesPerCall());
	}

	@Override
	public void close() {
		this.loads.values().forEach(Load::close);
		this.callers.values().forEach(Caller::close);
		this.scheduler.close();
	}

}
