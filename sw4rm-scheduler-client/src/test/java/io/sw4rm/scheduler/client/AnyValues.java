package io.sw4rm.scheduler.client;

import java.nio.charset.StandardCharsets;
import java.time.Duration;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Provide;
import net.jqwik.api.domains.DomainContextBase;
import org.jspecify.annotations.Nullable;

/**
 * The values that property-based tests call methods with: any at all, and often those
 * that are known to make trouble.
 */
public final class AnyValues extends DomainContextBase {

	private static final Arbitrary<String> TROUBLESOME_TEXTS = Arbitraries.of("", " ", "\t\n", "\u0000", "\u001b[2J",
			"\r\n", "\u00a0", "\ud83d\ude00", "\ud83d", "a\ude00b", "\ud83d\ud83d\ude00", "\ufffd\uffff", "e\u0301",
			"%s%n%d", "${x}#{y}", "'\"\\", "../..", "a".repeat(100_000), "\ud83d\ude00".repeat(10_000));

	/**
	 * UTF-16 units one by one: surrogates are often unpaired.
	 */
	private static final Arbitrary<String> UTF_16 = Arbitraries.chars()
		.range('\u0000', '\uffff')
		.array(char[].class)
		.ofMaxSize(20)
		.map(String::new);

	@Provide
	Arbitrary<@Nullable String> strings() {
		return Arbitraries
			.oneOf(TROUBLESOME_TEXTS, UTF_16, Arbitraries.strings().all().ofMaxLength(30),
					Arbitraries.strings().ascii().ofMaxLength(30), Arbitraries.strings().alpha().ofMaxLength(30))
			.injectNull(0.05);
	}

	@Provide
	Arbitrary<@Nullable Duration> durations() {
		Arbitrary<Duration> troublesome = Arbitraries.of(Duration.ZERO, Duration.ofNanos(1), Duration.ofNanos(-1),
				Duration.ofNanos(Long.MAX_VALUE), Duration.ofNanos(Long.MAX_VALUE).plusNanos(1),
				Duration.ofMillis(Long.MAX_VALUE), Duration.ofSeconds(315_576_000_000L),
				Duration.ofSeconds(315_576_000_000L, 1), Duration.ofSeconds(Long.MAX_VALUE, 999_999_999),
				Duration.ofSeconds(Long.MIN_VALUE));
		Arbitrary<Duration> any = Combinators
			.combine(Arbitraries.longs(), Arbitraries.integers().between(0, 999_999_999))
			.as((seconds, nanos) -> Duration.ofSeconds(seconds, nanos));
		Arbitrary<Duration> usual = Arbitraries.longs()
			.between(-10_000_000_000L, 100_000_000_000L)
			.map(Duration::ofNanos);
		return Arbitraries.oneOf(troublesome, any, usual).injectNull(0.05);
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

}
