package io.sw4rm.scheduler.benchmarks.calls;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/**
 * What does a call cost if several are in flight, with threads, futures and Reactor?
 */
// JMH calls open() first
@SuppressWarnings("NullAway.Init")
public class InFlightBenchmark extends ContenderBenchmark {

	private static final int CALLS = 4096;

	/** Who makes the calls. */
	@Param({ "SAME_STUB", "CLIENT", "BOOT_METRICS" })
	public Contender contender;

	/** How calls are made. */
	@Param({ "BLOCKING", "ASYNC", "REACTIVE" })
	public Style style;

	/** The number of calls in flight. */
	@Param("64")
	public int inFlight;

	private Load load;

	@Setup
	public void open() {
		this.load = Scenario.preemptions(this.contender, this.style, this.inFlight).load(open(this.contender));
	}

	@Benchmark
	@OperationsPerInvocation(CALLS)
	public Object calls() {
		return this.load.run(CALLS);
	}

	@Override
	@TearDown
	public void close() {
		this.load.close();
		super.close();
	}

}
