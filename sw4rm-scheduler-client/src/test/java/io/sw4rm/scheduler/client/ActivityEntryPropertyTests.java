package io.sw4rm.scheduler.client;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.domains.Domain;
import net.jqwik.api.domains.DomainContext;
import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link ActivityEntry}, with any texts.
 */
@Domain(DomainContext.Global.class)
@Domain(AnyValues.class)
class ActivityEntryPropertyTests {

	@Property
	void keepsWhatItIsGiven(@ForAll @Nullable String first, @ForAll @Nullable String second) {
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

	@Property
	void instantOfAnyTimestampIsPresentOrEmpty(@ForAll @Nullable String timestamp) {
		if (timestamp != null) {
			assertThat(entry(timestamp).instant()).isNotNull();
		}
	}

	@Property
	void instantIsThatOfTimestamp(@ForAll @IntRange(min = 1, max = 9999) int year,
			@ForAll @IntRange(min = 0, max = 31_000_000) int second,
			@ForAll @IntRange(min = 0, max = 999_999_999) int nano,
			@ForAll @IntRange(min = -1080, max = 1080) int minutes) {
		ZoneOffset offset = ZoneOffset.ofTotalSeconds(minutes * 60);
		OffsetDateTime time = OffsetDateTime.of(year, 1, 1, 0, 0, 0, nano, offset).plusSeconds(second);
		assertThat(entry(time.toString()).instant()).hasValue(time.toInstant());
		assertThat(entry(Instant.from(time).toString()).instant()).hasValue(time.toInstant());
	}

	private static ActivityEntry entry(String timestamp) {
		return new ActivityEntry("task-123", "", "", "", "", timestamp);
	}

}
