package io.sw4rm.scheduler.client;

import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link WatchOptions}.
 */
class WatchOptionsTests {

	@Test
	void hasDefaults() {
		assertThat(WatchOptions.defaults())
			.isEqualTo(new WatchOptions(Duration.ofSeconds(1), 0.2, Duration.ofSeconds(30), false, true));
	}

	@Test
	void changesOneOptionAtATime() {
		WatchOptions options = WatchOptions.defaults();
		Duration minute = Duration.ofMinutes(1);
		assertThat(options.withInterval(minute))
			.isEqualTo(new WatchOptions(minute, 0.2, Duration.ofSeconds(30), false, true));
		assertThat(options.withJitter(0))
			.isEqualTo(new WatchOptions(Duration.ofSeconds(1), 0, Duration.ofSeconds(30), false, true));
		assertThat(options.withMaxBackoff(minute))
			.isEqualTo(new WatchOptions(Duration.ofSeconds(1), 0.2, minute, false, true));
		assertThat(options.withPurge(true))
			.isEqualTo(new WatchOptions(Duration.ofSeconds(1), 0.2, Duration.ofSeconds(30), true, true));
		assertThat(options.withExistingEntries(false))
			.isEqualTo(new WatchOptions(Duration.ofSeconds(1), 0.2, Duration.ofSeconds(30), false, false));
	}

	@ParameterizedTest
	@ValueSource(strings = { "PT0S", "PT-1S" })
	void durationsMustBePositive(Duration duration) {
		assertThatIllegalArgumentException().isThrownBy(() -> WatchOptions.defaults().withInterval(duration))
			.withMessage("interval must be positive, got " + duration);
		assertThatIllegalArgumentException().isThrownBy(() -> WatchOptions.defaults().withMaxBackoff(duration))
			.withMessage("maxBackoff must be positive, got " + duration);
	}

	@ParameterizedTest
	@ValueSource(doubles = { -0.1, 1.1, Double.NaN, Double.POSITIVE_INFINITY })
	void jitterMustBeAFraction(double jitter) {
		assertThatIllegalArgumentException().isThrownBy(() -> WatchOptions.defaults().withJitter(jitter))
			.withMessage("jitter must be in range [0, 1], got " + jitter);
	}

}
