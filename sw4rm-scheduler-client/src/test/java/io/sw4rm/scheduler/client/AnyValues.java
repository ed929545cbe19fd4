package io.sw4rm.scheduler.client;

import java.lang.reflect.Parameter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.ArgumentsProvider;
import org.junit.jupiter.params.support.ParameterDeclarations;

/**
 * The arguments that property-based tests are called with: first each value that is known
 * to make trouble, then random ones. As an extension, adds the arguments and the seed to
 * the message of a failure.
 */
public final class AnyValues implements ArgumentsProvider, TestExecutionExceptionHandler {

	private static final String SEED_PROPERTY = "test.seed";

	private static final long SEED = Long.getLong(SEED_PROPERTY, new Random().nextLong());

	public static final int TRIES = 200;

	public static final String LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

	private static final Values<@Nullable String> TEXTS = new Values<>(
			List.of("", " ", "\t\n", "\u0000", "\u001b[2J", "\r\n", "\u00a0", "\u00e4", "\ud83d\ude00", "\ud83d",
					"a\ude00b", "\ud83d\ud83d\ude00", "\ude00\ud83d", "\ufffd\uffff", "e\u0301", "%s%n%d", "${x}#{y}",
					"'\"\\", "../..", "a".repeat(100_000), "\ud83d\ude00".repeat(10_000)),
			(random) -> text(random, LETTERS, 1, 30), AnyValues::oddText);

	private static final Values<@Nullable Duration> DURATIONS = new Values<>(
			List.of(Duration.ZERO, Duration.ofNanos(1), Duration.ofNanos(-1), Duration.ofNanos(Long.MAX_VALUE),
					Duration.ofNanos(Long.MAX_VALUE).plusNanos(1), Duration.ofMillis(Long.MAX_VALUE),
					Duration.ofMillis(Long.MAX_VALUE).plusMillis(1), Duration.ofSeconds(315_576_000_000L),
					Duration.ofSeconds(315_576_000_000L, 1), Duration.ofSeconds(Long.MAX_VALUE, 999_999_999),
					Duration.ofSeconds(Long.MIN_VALUE)),
			(random) -> Duration.ofNanos(random.nextLong(1, 100_000_000_000L)), AnyValues::oddDuration);

	private static final Values<Integer> INTEGERS = new Values<>(
			List.of(0, 1, -1, -20, -19, 20, 21, Integer.MAX_VALUE, Integer.MAX_VALUE - 1, Integer.MIN_VALUE,
					Integer.MIN_VALUE + 1),
			(random) -> random.nextInt(1, 20),
			(random) -> random.nextBoolean() ? random.nextInt() : random.nextInt(-300, 300));

	private static final Values<byte[]> BYTES = new Values<>(
			List.of(new byte[0], new byte[1], new byte[] { -1 }, new byte[100_000]),
			(random) -> bytes(random, random.nextInt(1, 10)), (random) -> bytes(random, random.nextInt(300)));

	@Override
	public Stream<Arguments> provideArguments(ParameterDeclarations parameters, ExtensionContext context) {
		return combined(TRIES,
				parameters.getAll()
					.stream()
					.map((parameter) -> values((Parameter) parameter.getAnnotatedElement()))
					.toArray(Values<?>[]::new));
	}

	@Override
	public void handleTestExecutionException(ExtensionContext context, Throwable failure) {
		throw new AssertionError("Fails again with -D%s=%d: %s: %s".formatted(SEED_PROPERTY, SEED,
				context.getDisplayName(), failure.getMessage()), failure);
	}

	private static Values<?> values(Parameter parameter) {
		Values<?> values = values(parameter.getType());
		return parameter.getAnnotatedType().isAnnotationPresent(Nullable.class) ? values.orNull() : values;
	}

	private static Values<?> values(Class<?> type) {
		if (type == String.class) {
			return TEXTS;
		}
		if (type == Duration.class) {
			return DURATIONS;
		}
		if (type == int.class) {
			return INTEGERS;
		}
		if (type == byte[].class) {
			return BYTES;
		}
		if (type == boolean.class) {
			return Values.of(List.of(true, false));
		}
		if (type == List.class) {
			return TEXTS.orNull().lists(0, 20);
		}
		return Values.of(Arrays.asList(type.getEnumConstants()));
	}

	/**
	 * Return arguments: each troublesome value of each parameter beside usual values of
	 * the others, then any values of all.
	 */
	public static Stream<Arguments> combined(int tries, Values<?>... parameters) {
		Random random = new Random(SEED);
		List<Arguments> combined = new ArrayList<>();
		for (int i = 0; i < parameters.length; i++) {
			for (Object troublesome : parameters[i].troublesome()) {
				Object[] arguments = Stream.of(parameters).map((values) -> values.usual().apply(random)).toArray();
				arguments[i] = troublesome;
				combined.add(Arguments.of(arguments));
			}
		}
		for (int i = 0; i < tries; i++) {
			combined.add(Arguments.of(Stream.of(parameters).map((values) -> values.any(random)).toArray()));
		}
		return combined.stream();
	}

	static String text(Random random, String characters, int minLength, int maxLength) {
		return random.ints(random.nextInt(minLength, maxLength + 1), 0, characters.length())
			.mapToObj((i) -> characters.substring(i, i + 1))
			.collect(Collectors.joining());
	}

	private static String oddText(Random random) {
		IntStream characters = switch (random.nextInt(3)) {
			case 0 -> random.ints(0, 128);
			// Surrogates are often unpaired
			case 1 -> random.ints(Character.MIN_VALUE, Character.MAX_VALUE + 1);
			default -> random.ints(Character.MIN_CODE_POINT, Character.MAX_CODE_POINT + 1);
		};
		return characters.limit(random.nextInt(31)).mapToObj(Character::toString).collect(Collectors.joining());
	}

	private static Duration oddDuration(Random random) {
		return random.nextBoolean() ? Duration.ofSeconds(random.nextLong(), random.nextInt(1_000_000_000))
				: Duration.ofNanos(random.nextLong(-10_000_000_000L, 10_000_000_000L));
	}

	private static byte[] bytes(Random random, int length) {
		byte[] bytes = new byte[length];
		random.nextBytes(bytes);
		return bytes;
	}

	/**
	 * Whether a text can be sent unchanged: as UTF-8.
	 */
	public static boolean isText(@Nullable String text) {
		return text != null && StandardCharsets.UTF_8.newEncoder().canEncode(text);
	}

	public static boolean isTextThatIsNotBlank(@Nullable String text) {
		return isText(text) && !text.isBlank();
	}

	/**
	 * What a parameter can be.
	 *
	 * @param <T> the type of the parameter
	 * @param troublesome what is known to make trouble, each tried always
	 * @param usual makes values that are fine
	 * @param odd makes values of other kinds
	 */
	public record Values<T extends @Nullable Object>(List<T> troublesome, Function<Random, T> usual,
			Function<Random, T> odd) {

		public static <T> Values<T> of(List<T> values) {
			Function<Random, T> any = (random) -> values.get(random.nextInt(values.size()));
			return new Values<>(values, any, any);
		}

		public static Values<Integer> between(int min, int max) {
			Function<Random, Integer> any = (random) -> random.nextInt(min, max + 1);
			return new Values<>(List.of(min, Math.min(Math.max(0, min), max), max), any, any);
		}

		public T any(Random random) {
			return switch (random.nextInt(3)) {
				case 0 -> this.troublesome.get(random.nextInt(this.troublesome.size()));
				case 1 -> this.odd.apply(random);
				default -> this.usual.apply(random);
			};
		}

		public Values<@Nullable T> orNull() {
			List<@Nullable T> orNull = new ArrayList<>(this.troublesome);
			orNull.add(null);
			return new Values<>(orNull, this.usual::apply, this.odd::apply);
		}

		public <R> Values<R> map(Function<T, R> mapping) {
			return new Values<>(this.troublesome.stream().map(mapping).toList(), this.usual.andThen(mapping),
					this.odd.andThen(mapping));
		}

		/**
		 * Return lists of these values. Each troublesome one is tried alone, and as the
		 * last of two.
		 */
		public Values<List<T>> lists(int minSize, int maxSize) {
			List<List<T>> lists = new ArrayList<>();
			if (minSize == 0) {
				lists.add(List.of());
			}
			T first = this.usual.apply(new Random(0));
			this.troublesome.forEach((value) -> {
				lists.add(Collections.singletonList(value));
				lists.add(Arrays.asList(first, value));
			});
			return new Values<>(lists, (random) -> list(random, random.nextInt(1, maxSize + 1), this.usual),
					(random) -> list(random, random.nextInt(minSize, maxSize + 1), this::any));
		}

		private static <T extends @Nullable Object> List<T> list(Random random, int size,
				Function<Random, T> elements) {
			List<T> list = new ArrayList<>();
			while (list.size() < size) {
				list.add(elements.apply(random));
			}
			return list;
		}

	}

}
