package io.sw4rm.scheduler.benchmarks.calls;

import java.util.function.Supplier;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

import io.sw4rm.scheduler.client.SchedulerOperation;

/**
 * What does a poll cost, depending on the size of the activity buffer?
 */
// JMH calls open() first
@SuppressWarnings("NullAway.Init")
public class PollBenchmark extends ContenderBenchmark {

	/** Who makes the calls. */
	@Param({ "SAME_STUB", "CLIENT", "BOOT_METRICS" })
	public Contender contender;

	/** The number of entries in the buffer. */
	@Param({ "1", "100", "10000" })
	public int entries;

	private Supplier<?> call;

	@Setup
	public void open() {
		this.call = open(this.contender).blocking(SchedulerOperation.POLL_ACTIVITY_BUFFER,
				CallArguments.buffer(this.entries));
	}

	@Benchmark
	public Object pollActivityBuffer() {
		return this.call.get();
	}

}
