package io.sw4rm.scheduler.benchmarks.calls;

import java.util.function.Supplier;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

import io.sw4rm.scheduler.client.SchedulerOperation;

/**
 * What does the submission of a task cost, depending on its parameters?
 */
// JMH calls open() first
@SuppressWarnings("NullAway.Init")
public class PayloadBenchmark extends ContenderBenchmark {

	/** Who makes the calls. */
	@Param({ "SAME_STUB", "CLIENT", "BOOT_METRICS" })
	public Contender contender;

	/** The number of bytes, or an object that is converted to JSON. */
	@Param({ "0", "24", "4096", "1048576", "json" })
	public String payload;

	private Supplier<?> call;

	@Setup
	public void open() {
		CallArguments arguments = this.payload.equals("json") ? CallArguments.json()
				: CallArguments.payload(Integer.parseInt(this.payload));
		this.call = open(this.contender).blocking(SchedulerOperation.SUBMIT_TASK, arguments);
	}

	@Benchmark
	public Object submitTask() {
		return this.call.get();
	}

}
