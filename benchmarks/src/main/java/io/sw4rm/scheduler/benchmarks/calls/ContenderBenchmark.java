package io.sw4rm.scheduler.benchmarks.calls;

import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Base class for benchmarks of one contender, with a scheduler in another process.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public abstract class ContenderBenchmark {

	private @Nullable SchedulerProcess scheduler;

	private @Nullable Caller caller;

	final Caller open(Contender contender) {
		this.scheduler = new SchedulerProcess();
		this.caller = contender.open(this.scheduler.address());
		return this.caller;
	}

	@TearDown
	public void close() {
		if (this.caller != null) {
			this.caller.close();
		}
		if (this.scheduler != null) {
			this.scheduler.close();
		}
	}

}
