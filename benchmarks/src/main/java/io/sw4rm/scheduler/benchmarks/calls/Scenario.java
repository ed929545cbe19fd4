package io.sw4rm.scheduler.benchmarks.calls;

import io.sw4rm.scheduler.client.SchedulerOperation;

/**
 * Who makes which calls, how and how many at the same time.
 *
 * @param contender who makes the calls
 * @param style how calls are made
 * @param inFlight the number of calls in flight
 * @param operation the operation
 * @param arguments the arguments of the calls
 */
record Scenario(Contender contender, Style style, int inFlight, SchedulerOperation operation, CallArguments arguments) {

	/**
	 * Calls with few bytes: the overhead of calls is most visible.
	 */
	static Scenario preemptions(Contender contender, Style style, int inFlight) {
		return new Scenario(contender, style, inFlight, SchedulerOperation.REQUEST_PREEMPTION, CallArguments.DEFAULT);
	}

	/**
	 * Calls with a payload of 24 bytes.
	 */
	static Scenario submissions(Contender contender, Style style, int inFlight) {
		return new Scenario(contender, style, inFlight, SchedulerOperation.SUBMIT_TASK, CallArguments.DEFAULT);
	}

	/**
	 * Return the same calls of the stub that sends the same bytes.
	 */
	Scenario reference() {
		return new Scenario(Contender.SAME_STUB, this.style, this.inFlight, this.operation, this.arguments);
	}

	String description() {
		return "%s, %s, %s".formatted(this.contender.description(), this.operation.methodName(),
				this.style.description(this.inFlight));
	}

	/**
	 * Create the load.
	 * @param caller an open caller of the contender
	 */
	Load load(Caller caller) {
		return switch (this.style) {
			case BLOCKING -> Load.threads(this.inFlight, caller.blocking(this.operation, this.arguments));
			case VIRTUAL_THREADS -> Load.virtualThreads(this.inFlight, caller.blocking(this.operation, this.arguments));
			case ASYNC -> Load.async(this.inFlight, caller.async(this.operation, this.arguments));
			case REACTIVE -> Load.async(this.inFlight, caller.reactive(this.operation, this.arguments));
		};
	}

}
