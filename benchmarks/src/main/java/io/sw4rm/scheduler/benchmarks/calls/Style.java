package io.sw4rm.scheduler.benchmarks.calls;

/**
 * How calls are made.
 */
public enum Style {

	BLOCKING("thread"), VIRTUAL_THREADS("virtual thread"), ASYNC("future"), REACTIVE("Mono");

	private final String unit;

	Style(String unit) {
		this.unit = unit;
	}

	boolean isSupported() {
		return this != VIRTUAL_THREADS || Runtime.version().feature() >= 21;
	}

	/**
	 * Return such as {@code 16 threads}.
	 */
	String description(int inFlight) {
		return inFlight + " " + this.unit + ((inFlight != 1) ? "s" : "");
	}

}
