package io.sw4rm.scheduler.client;

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link CallLimit}.
 */
class CallLimitTests {

	private final CallLimit limit = new CallLimit(2);

	private final List<String> notified = new ArrayList<>();

	@Test
	void hasAsManyPermitsAsItWasTold() {
		assertThat(this.limit.tryAcquire()).isTrue();
		assertThat(this.limit.tryAcquire()).isTrue();
		assertThat(this.limit.tryAcquire()).isFalse();
		this.limit.release();
		assertThat(this.limit.tryAcquire()).isTrue();
		assertThat(this.limit.tryAcquire()).isFalse();
	}

	@Test
	void claimKeepsPermitUntilItIsUsed() {
		CallLimit.Claim claim = claim("first");
		assertThat(claim.acquire()).isTrue();
		assertThat(claim.acquire()).isTrue();
		claim.use();
		assertThat(claim.acquire()).isTrue();
		claim.use();
		assertThat(claim.acquire()).isFalse();
		assertThat(this.notified).isEmpty();
	}

	@Test
	void closedClaimGetsNoPermit() {
		CallLimit.Claim holder = claim("holder");
		assertThat(holder.acquire()).isTrue();
		assertThat(this.limit.tryAcquire()).isTrue();
		CallLimit.Claim waiter = claim("waiter");
		assertThat(waiter.acquire()).isFalse();
		waiter.close();
		holder.close();
		assertThat(holder.acquire()).isFalse();
		assertThat(waiter.acquire()).isFalse();
		this.limit.release();
		assertThat(this.notified).isEmpty();
		assertThat(this.limit.tryAcquire()).isTrue();
		assertThat(this.limit.tryAcquire()).isTrue();
		assertThat(this.limit.tryAcquire()).isFalse();
	}

	@Test
	void permitsGoToClaimsInTheirOrder() {
		takeAll();
		CallLimit.Claim first = claim("first");
		CallLimit.Claim second = claim("second");
		assertThat(first.acquire()).isFalse();
		assertThat(second.acquire()).isFalse();
		assertThat(first.acquire()).isFalse();
		this.limit.release();
		assertThat(this.notified).containsExactly("first");
		assertThat(second.acquire()).isFalse();
		assertThat(first.acquire()).isTrue();
		first.use();
		assertThat(first.acquire()).isFalse();
		this.limit.release();
		this.limit.release();
		assertThat(this.notified).containsExactly("first", "second", "first");
	}

	@Test
	void singleCallDoesNotOvertakeClaim() {
		takeAll();
		CallLimit.Claim claim = claim("first");
		claim.acquire();
		this.limit.release();
		assertThat(this.limit.tryAcquire()).isFalse();
		assertThat(claim.acquire()).isTrue();
	}

	@Test
	void claimIsNotNotifiedOfPermitThatItReleases() {
		takeAll();
		CallLimit.Claim first = claim("first");
		CallLimit.Claim second = claim("second");
		first.acquire();
		second.acquire();
		this.limit.release(first);
		assertThat(this.notified).isEmpty();
		assertThat(first.acquire()).isTrue();
		this.limit.release(first);
		assertThat(this.notified).containsExactly("second");
	}

	@Test
	void abandonedClaimReceivesNoPermit() {
		takeAll();
		CallLimit.Claim claim = claim("first");
		claim.acquire();
		claim.abandon();
		this.limit.release();
		assertThat(this.notified).isEmpty();
		assertThat(this.limit.tryAcquire()).isTrue();
	}

	@Test
	void abandonedClaimPassesItsPermitOn() {
		takeAll();
		CallLimit.Claim first = claim("first");
		CallLimit.Claim second = claim("second");
		first.acquire();
		second.acquire();
		this.limit.release();
		first.abandon();
		first.abandon();
		assertThat(this.notified).containsExactly("first", "second");
		assertThat(this.limit.tryAcquire()).isFalse();
	}

	@Test
	void claimWithoutLimitAlwaysHasPermit() {
		CallLimit.Claim claim = new CallLimit.Claim(null, () -> this.notified.add("unlimited"));
		for (int i = 0; i < 10; i++) {
			assertThat(claim.acquire()).isTrue();
			claim.use();
		}
		claim.abandon();
		assertThat(this.notified).isEmpty();
	}

	private void takeAll() {
		this.limit.tryAcquire();
		this.limit.tryAcquire();
	}

	private CallLimit.Claim claim(String name) {
		return new CallLimit.Claim(this.limit, () -> this.notified.add(name));
	}

}
