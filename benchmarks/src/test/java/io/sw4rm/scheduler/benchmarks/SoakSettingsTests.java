package io.sw4rm.scheduler.benchmarks;

import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link SoakSettings}.
 */
class SoakSettingsTests {

	@Test
	void takesTwoMinutesWithoutRetriesUnlessToldOtherwise() {
		SoakSettings settings = SoakSettings.parse();
		assertThat(settings.duration()).isEqualTo(Duration.ofMinutes(2));
		assertThat(settings.retry()).isFalse();
	}

	@Test
	void readsArguments() {
		assertThat(SoakSettings.parse("--retry", "--seed=-7", "--threads=3", "--duration=PT10M"))
			.isEqualTo(new SoakSettings(Duration.ofMinutes(10), 3, -7, true));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			value = { "--duration=10m | 'duration' must be an ISO-8601 duration such as PT10M, got \"10m\"",
					"--duration=PT0S | 'duration' must be in range [PT1S, PT24H], got PT0S",
					"--duration=PT25H | 'duration' must be in range [PT1S, PT24H], got PT25H",
					"--threads=many | 'threads' must be a number, got \"many\"",
					"--threads=0 | 'threads' must be in range [1, 256], got 0",
					"--threads=257 | 'threads' must be in range [1, 256], got 257",
					"--seed= | 'seed' must be a number, got \"\"", "--retry=no | unknown argument \"--retry=no\"",
					"--verbose | unknown argument \"--verbose\"" },
			quoteCharacter = '`')
	void refusesBadArgument(String argument, String message) {
		assertThatIllegalArgumentException().isThrownBy(() -> SoakSettings.parse(argument)).withMessage(message);
	}

}
