package io.sw4rm.scheduler.benchmarks.calls;

import java.util.stream.DoubleStream;

/**
 * The values of several rounds.
 *
 * @param median the median
 * @param min the minimum
 * @param max the maximum
 */
public record Spread(double median, double min, double max) {

	/**
	 * Create a spread.
	 * @param values at least one value
	 * @return the spread
	 */
	public static Spread of(DoubleStream values) {
		double[] sorted = values.sorted().toArray();
		int middle = sorted.length / 2;
		double median = (sorted.length % 2 == 1) ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
		return new Spread(median, sorted[0], sorted[sorted.length - 1]);
	}

	/**
	 * Return the median and the range.
	 * @param format the format of each number
	 * @return the text
	 */
	public String toString(String format) {
		return (format + " (" + format + " to " + format + ")").formatted(this.median, this.min, this.max);
	}

}
