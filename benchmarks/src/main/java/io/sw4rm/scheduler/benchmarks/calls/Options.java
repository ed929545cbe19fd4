package io.sw4rm.scheduler.benchmarks.calls;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The options of a program, such as {@code --rounds=10}.
 */
public final class Options {

	private final Map<String, String> values;

	private Options(Map<String, String> values) {
		this.values = values;
	}

	/**
	 * Parse the command line. If it is invalid, print the usage and exit with 2.
	 * @param program the name of the program
	 * @param args the command line
	 * @param defaults the names and default values of all options
	 * @return the options
	 */
	public static Options parse(String program, String[] args, Map<String, String> defaults) {
		Map<String, String> values = new TreeMap<>(defaults);
		for (String arg : args) {
			int equals = arg.indexOf('=');
			String name = (arg.startsWith("--") && equals != -1) ? arg.substring(2, equals) : "";
			if (values.replace(name, arg.substring(equals + 1)) == null) {
				System.err.printf("Unknown argument \"%s\". Options of %s, with their defaults: %s%n", arg, program,
						new TreeMap<>(defaults).entrySet()
							.stream()
							.map((option) -> "--" + option)
							.collect(Collectors.joining(" ")));
				System.exit(2);
			}
		}
		return new Options(values);
	}

	/**
	 * Return the value of an option.
	 * @param name the name of the option
	 * @return the value
	 */
	public String text(String name) {
		return Objects.requireNonNull(this.values.get(name));
	}

	/**
	 * Return a number. If it is out of range, exit with 2.
	 * @param name the name of the option
	 * @param min the minimum
	 * @param max the maximum
	 * @return the number
	 */
	public int number(String name, int min, int max) {
		return number(name, text(name), min, max);
	}

	/**
	 * Return a list of numbers. If one is out of range, exit with 2.
	 * @param name the name of the option, whose value is a list of numbers
	 * @param min the minimum of each
	 * @param max the maximum of each
	 * @return the numbers
	 */
	public List<Integer> numbers(String name, int min, int max) {
		return Stream.of(text(name).split(",")).map((value) -> number(name, value, min, max)).toList();
	}

	private int number(String name, String value, int min, int max) {
		try {
			int number = Integer.parseInt(value);
			if (number >= min && number <= max) {
				return number;
			}
		}
		catch (NumberFormatException ex) {
			// Reported below
		}
		throw invalid(name, "must be in range [%d, %d]".formatted(min, max));
	}

	/**
	 * Return what is chosen by its name, in the order of the choices. If there is no such
	 * choice, exit with 2.
	 * @param <T> the type of choice
	 * @param name the name of the option, whose value is a list of names
	 * @param choices all choices
	 * @return the chosen ones
	 */
	public <T> Map<String, T> choices(String name, Map<String, T> choices) {
		Map<String, T> chosen = new LinkedHashMap<>();
		for (String choice : text(name).split(",")) {
			T value = choices.get(choice);
			if (value == null) {
				throw invalid(name, "must consist of " + String.join(",", choices.keySet()));
			}
			chosen.put(choice, value);
		}
		return chosen;
	}

	/**
	 * Return what is chosen by its name. If there is no such choice, exit with 2.
	 * @param <T> the type of choice
	 * @param name the name of the option, whose value is a name
	 * @param choices all choices
	 * @return the chosen one
	 */
	public <T> T choice(String name, Map<String, T> choices) {
		T value = choices.get(text(name));
		if (value == null) {
			throw invalid(name, "must be one of " + String.join(",", choices.keySet()));
		}
		return value;
	}

	/**
	 * Return the constants of an enum by their names, as choices.
	 * @param <E> the enum
	 * @param type the enum
	 * @return the constants
	 */
	public static <E extends Enum<E>> Map<String, E> names(Class<E> type) {
		Map<String, E> names = new LinkedHashMap<>();
		for (E constant : type.getEnumConstants()) {
			names.put(constant.name(), constant);
		}
		return names;
	}

	private IllegalArgumentException invalid(String name, String rule) {
		String message = "--%s %s, got \"%s\"".formatted(name, rule, text(name));
		System.err.println(message);
		System.exit(2);
		return new IllegalArgumentException(message);
	}

}
