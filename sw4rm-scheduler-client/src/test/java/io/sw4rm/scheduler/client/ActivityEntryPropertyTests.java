package io.sw4rm.scheduler.client;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.ArgumentsSource;
import org.junit.jupiter.params.provider.MethodSource;

import io.sw4rm.scheduler.client.AnyValues.Values;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link ActivityEntry}, with any texts.
 */
@ExtendWith(AnyValues.class)
class ActivityEntryPropertyTests {

	@ParameterizedTest
	@ArgumentsSource(AnyValues.class)
	void keepsWhatItIsGiven(@Nullable String first, @Nullable String second) {
		if (first == null || second == null) {
			assertThatIllegalArgumentException()
				.isThrownBy(() -> new ActivityEntry(first, second, first, second, first, second))
				.withMessageEndingWith(" must not be null");
			return;
		}
		ActivityEntry entry = new ActivityEntry(first, second, first, second, first, second);
		assertThat(entry.taskId() + entry.worktreeId() + entry.description()).isEqualTo(first.repeat(3));
		assertThat(entry.repoId() + entry.branch() + entry.timestamp()).isEqualTo(second.repeat(3));
	}

	@ParameterizedTest
	@ArgumentsSource(AnyValues.class)
	void instantOfAnyTimestampIsPresentOrEmpty(@Nullable String timestamp) {
		if (timestamp != null) {
			assertThat(entry(timestamp).instant()).isNotNull();
		}
	}

	@ParameterizedTest
	@MethodSource
	void instantIsThatOfTimestamp(int year, int second, int nano, int minutes) {
		ZoneOffset offset = ZoneOffset.ofTotalSeconds(minutes * 60);
		OffsetDateTime time = OffsetDateTime.of(year, 1, 1, 0, 0, 0, nano, offset).plusSeconds(second);
		assertThat(entry(time.toString()).instant()).hasValue(time.toInstant());
		assertThat(entry(Instant.from(time).toString()).instant()).hasValue(time.toInstant());
	}

	static Stream<Arguments> instantIsThatOfTimestamp() {
		return AnyValues.combined(AnyValues.TRIES, Values.between(1, 9999), Values.between(0, 31_000_000),
				Values.between(0, 999_999_999), Values.between(-1080, 1080));
	}

	private static ActivityEntry entry(String timestamp) {
		return new ActivityEntry("task-123", "", "", "", "", timestamp);
	}

}
