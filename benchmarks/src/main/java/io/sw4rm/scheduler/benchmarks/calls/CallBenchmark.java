package io.sw4rm.scheduler.benchmarks.calls;

import java.util.function.Supplier;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

import io.sw4rm.scheduler.client.SchedulerOperation;

/**
 * What does a blocking call of each operation cost with each contender?
 */
// JMH calls open() first
@SuppressWarnings("NullAway.Init")
public class CallBenchmark extends ContenderBenchmark {

	/** Who makes the calls. */
	@Param
	public Contender contender;

	/** The operation. */
	@Param
	public SchedulerOperation operation;

	private Supplier<?> call;

	@Setup
	public void open() {
		this.call = open(this.contender).blocking(this.operation, CallArguments.DEFAULT);
	}

	@Benchmark
	public Object call() {
		return this.call.get();
	}

}
