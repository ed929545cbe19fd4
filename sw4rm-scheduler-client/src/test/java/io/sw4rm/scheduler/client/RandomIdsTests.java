package io.sw4rm.scheduler.client;

import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RandomIds}.
 */
class RandomIdsTests {

	private static final int IDS = 200_000;

	@Test
	void idsAreUniqueOnAllThreads() {
		Set<String> ids = ConcurrentHashMap.newKeySet();
		IntStream.range(0, IDS).parallel().forEach((i) -> ids.add(RandomIds.next()));
		assertThat(ids).hasSize(IDS);
	}

	/**
	 * What random numbers repeat on one thread must not repeat in the other half.
	 */
	@Test
	void bothHalvesDiffer() {
		Set<Long> mostSignificant = ConcurrentHashMap.newKeySet();
		Set<Long> leastSignificant = ConcurrentHashMap.newKeySet();
		for (int i = 0; i < 1000; i++) {
			UUID id = UUID.fromString(RandomIds.next());
			mostSignificant.add(id.getMostSignificantBits());
			leastSignificant.add(id.getLeastSignificantBits());
		}
		assertThat(mostSignificant).hasSize(1000);
		assertThat(leastSignificant).hasSize(1000);
	}

	@Test
	void idsAreRandomUuids() {
		for (int i = 0; i < 1000; i++) {
			UUID id = UUID.fromString(RandomIds.next());
			assertThat(id.version()).isEqualTo(4);
			assertThat(id.variant()).isEqualTo(2);
		}
	}

	/**
	 * Each random bit is set in about half of the ids: outside of six standard deviations
	 * in one of a billion runs.
	 */
	@Test
	void bitsAreDistributedEvenly() {
		int[] ones = new int[128];
		int ids = 10_000;
		for (int i = 0; i < ids; i++) {
			UUID id = UUID.fromString(RandomIds.next());
			for (int bit = 0; bit < 64; bit++) {
				ones[bit] += (int) ((id.getMostSignificantBits() >>> bit) & 1);
				ones[64 + bit] += (int) ((id.getLeastSignificantBits() >>> bit) & 1);
			}
		}
		for (int bit = 0; bit < 128; bit++) {
			boolean fixed = (bit >= 12 && bit < 16) || bit >= 126;
			if (!fixed) {
				assertThat(ones[bit]).as("bit %d", bit).isBetween(ids / 2 - 300, ids / 2 + 300);
			}
		}
	}

}
