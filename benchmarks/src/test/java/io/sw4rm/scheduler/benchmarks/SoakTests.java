package io.sw4rm.scheduler.benchmarks;

import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Soak}.
 */
class SoakTests {

	@Test
	@Timeout(120)
	void nothingIsLostOrSubmittedTwiceWhileThingsGoWrong() throws InterruptedException {
		SoakAccount account = Soak.run(new SoakSettings(Duration.ofSeconds(5), 8, 42, false));
		assertThat(account.broken()).as(account.toString()).isEmpty();
		assertThat(account.faults()).isPositive();
	}

}
