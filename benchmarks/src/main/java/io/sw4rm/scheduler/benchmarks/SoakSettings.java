package io.sw4rm.scheduler.benchmarks;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.function.LongPredicate;

/**
 * The settings of a soak, from its command line.
 *
 * @param duration the duration of the load
 * @param threads the number of threads that make calls
 * @param seed the seed of random choices
 * @param retry whether all operations are retried; tasks may then arrive twice
 */
record SoakSettings(Duration duration, int threads, long seed, boolean retry) {

	static final String USAGE = "Usage: Soak [--duration=PT2M] [--threads=1..256] [--seed=NUMBER] [--retry]";

	private static final Duration MIN_DURATION = Duration.ofSeconds(1);

	private static final Duration MAX_DURATION = Duration.ofHours(24);

	static final SoakSettings DEFAULT = new SoakSettings(Duration.ofMinutes(2), 8, 1, false);

	SoakSettings {
		if (duration.compareTo(MIN_DURATION) < 0 || duration.compareTo(MAX_DURATION) > 0) {
			throw new IllegalArgumentException(
					"'duration' must be in range [%s, %s], got %s".formatted(MIN_DURATION, MAX_DURATION, duration));
		}
		if (threads < 1 || threads > 256) {
			throw new IllegalArgumentException("'threads' must be in range [1, 256], got " + threads);
		}
	}

	/**
	 * Parse the command line.
	 * @param args the arguments
	 * @return the settings
	 * @throws IllegalArgumentException if an argument is unknown or has an invalid value
	 */
	static SoakSettings parse(String... args) {
		SoakSettings settings = DEFAULT;
		for (String arg : args) {
			settings = settings.with(arg);
		}
		return settings;
	}

	SoakSettings withDuration(Duration duration) {
		return new SoakSettings(duration, this.threads, this.seed, this.retry);
	}

	private SoakSettings with(String arg) {
		String value = arg.substring(arg.indexOf('=') + 1);
		return switch (arg.substring(0, arg.length() - value.length())) {
			case "--duration=" -> withDuration(duration(value));
			case "--threads=" -> new SoakSettings(this.duration,
					(int) number("threads", value, (number) -> number == (int) number), this.seed, this.retry);
			case "--seed=" ->
				new SoakSettings(this.duration, this.threads, number("seed", value, (number) -> true), this.retry);
			case "" -> flag(arg);
			default -> throw unknown(arg);
		};
	}

	private SoakSettings flag(String arg) {
		if (!arg.equals("--retry")) {
			throw unknown(arg);
		}
		return new SoakSettings(this.duration, this.threads, this.seed, true);
	}

	private static Duration duration(String value) {
		try {
			return Duration.parse(value);
		}
		catch (DateTimeParseException ex) {
			throw new IllegalArgumentException(
					"'duration' must be an ISO-8601 duration such as PT10M, got \"%s\"".formatted(value), ex);
		}
	}

	private static long number(String name, String value, LongPredicate fits) {
		try {
			long number = Long.parseLong(value);
			if (fits.test(number)) {
				return number;
			}
		}
		catch (NumberFormatException ex) {
			// Reported below
		}
		throw new IllegalArgumentException("'%s' must be a number, got \"%s\"".formatted(name, value));
	}

	private static IllegalArgumentException unknown(String arg) {
		return new IllegalArgumentException("unknown argument \"%s\"".formatted(arg));
	}

}
