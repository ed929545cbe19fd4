package io.sw4rm.scheduler.client;

import java.security.SecureRandom;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Generates task ids and correlation ids: version 4 UUIDs that are unique, but may be
 * predictable. The secure random numbers of {@link UUID#randomUUID()} cost five times as
 * much, and all threads wait for one lock.
 */
final class RandomIds {

	/** The golden ratio: successive multiples are spread evenly over all numbers. */
	private static final long INCREMENT = 0x9E37_79B9_7F4A_7C15L;

	/** Differs between processes. */
	private static final long START = new SecureRandom().nextLong();

	/** Differs between all ids of a process. */
	private static final AtomicLong COUNTER = new AtomicLong(START);

	private RandomIds() {
	}

	static String next() {
		long mostSignificant = ThreadLocalRandom.current().nextLong() ^ START;
		long leastSignificant = mix(COUNTER.addAndGet(INCREMENT));
		return new UUID((mostSignificant & 0xFFFF_FFFF_FFFF_0FFFL) | 0x4000L,
				(leastSignificant & 0x3FFF_FFFF_FFFF_FFFFL) | 0x8000_0000_0000_0000L)
			.toString();
	}

	/**
	 * Distributes the bits as SplitMix64 does. Different values have different results.
	 */
	private static long mix(long value) {
		long mixed = (value ^ (value >>> 30)) * 0xBF58_476D_1CE4_E5B9L;
		mixed = (mixed ^ (mixed >>> 27)) * 0x94D0_49BB_1331_11EBL;
		return mixed ^ (mixed >>> 31);
	}

}
