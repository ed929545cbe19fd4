package io.sw4rm.scheduler.benchmarks.calls;

import java.util.function.Supplier;

import io.sw4rm.scheduler.client.SchedulerOperation;

/**
 * Calls the scheduler in one of the ways that are compared.
 */
interface Caller extends AutoCloseable {

	/**
	 * Return a call whose thread waits for its result.
	 */
	Supplier<?> blocking(SchedulerOperation operation, CallArguments arguments);

	/**
	 * Return a call with a future result.
	 */
	AsyncCall async(SchedulerOperation operation, CallArguments arguments);

	/**
	 * Return a call with a Reactor type.
	 */
	AsyncCall reactive(SchedulerOperation operation, CallArguments arguments);

	@Override
	void close();

}
