package io.sw4rm.scheduler.client;

import java.time.Instant;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ActivityEntry}.
 */
class ActivityEntryTests {

	@ParameterizedTest
	@CsvSource(textBlock = """
			2026-01-10T12:00:00Z,                 2026-01-10T12:00:00Z
			2026-01-10t12:00:00z,                 2026-01-10T12:00:00Z
			2026-01-10T12:00Z,                    2026-01-10T12:00:00Z
			2026-01-10T12:00:00.25Z,              2026-01-10T12:00:00.250Z
			2026-01-10T12:00:00.123456789Z,       2026-01-10T12:00:00.123456789Z
			2026-01-10T12:00:00.123456+00:00,     2026-01-10T12:00:00.123456Z
			2026-01-10T12:00:00+02:00,            2026-01-10T10:00:00Z
			2026-01-10T20:00:00-05:30,            2026-01-11T01:30:00Z
			2026-01-10T12:00:00+02,               2026-01-10T10:00:00Z
			2024-02-29T23:59:59Z,                 2024-02-29T23:59:59Z
			""")
	void instantIsTimestampInUtc(String timestamp, Instant instant) {
		assertThat(entry(timestamp).instant()).hasValue(instant);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", "soon", "2026-01-10", "12:00:00Z", "2026-01-10T12:00:00", "2026-01-10 12:00:00Z",
			"2026-01-10T12:00:00Z ", "2026-13-10T12:00:00Z", "2025-02-29T12:00:00Z", "2026-01-10T25:00:00Z",
			"2026-01-10T12:00:00+99:00", "1768046400" })
	void instantIsEmptyWhenTimestampNamesNoPointInTime(String timestamp) {
		assertThat(entry(timestamp).instant()).isEmpty();
		assertThat(entry(timestamp).timestamp()).isEqualTo(timestamp);
	}

	private static ActivityEntry entry(String timestamp) {
		return new ActivityEntry("task-123", "", "", "", "", timestamp);
	}

}
