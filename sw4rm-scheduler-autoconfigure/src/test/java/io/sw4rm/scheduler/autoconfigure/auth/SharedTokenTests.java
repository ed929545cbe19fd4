package io.sw4rm.scheduler.autoconfigure.auth;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

import io.sw4rm.scheduler.client.SchedulerOperation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * Tests for {@link SharedToken}.
 */
@Timeout(value = 30, threadMode = ThreadMode.SEPARATE_THREAD)
class SharedTokenTests {

	private static final SchedulerTokenRequest REQUEST = new SchedulerTokenRequest(
			SchedulerOperation.POLL_ACTIVITY_BUFFER, "worker-1");

	private static final Duration PATIENCE = Duration.ofHours(1);

	private static final Duration LONGEST_BACKOFF = Duration.ofSeconds(5);

	private static final int MAX_THREADS = 10;

	private final Deque<Runnable> tasks = new ArrayDeque<>();

	private final Executor executor = this.tasks::add;

	private final AtomicLong nanoTime = new AtomicLong(Long.MAX_VALUE - 1);

	private final TestSupplier supplier = new TestSupplier();

	private final SharedToken token = token(PATIENCE);

	@Test
	void asksOnceForAllThatWait() {
		CompletableFuture<BearerToken> first = this.token.get(this.executor);
		CompletableFuture<BearerToken> second = this.token.get(this.executor);
		runTasks();
		assertThat(first.join()).isSameAs(second.join()).matches((token) -> token.hasValue("token-1"));
		assertThat(this.supplier.requests).containsExactly(REQUEST);
	}

	@Test
	void asksAgainForThoseThatComeLater() {
		get();
		this.supplier.number.incrementAndGet();
		assertThat(get().join().value()).isEqualTo("token-2");
	}

	@Test
	void asksOnceForAllWhoseTokenWasRejected() {
		BearerToken rejected = get().join();
		CompletableFuture<BearerToken> first = this.token.replace(rejected, this.executor);
		CompletableFuture<BearerToken> second = this.token.replace(rejected, this.executor);
		CompletableFuture<BearerToken> other = this.token.get(this.executor);
		runTasks();
		CompletableFuture<BearerToken> third = this.token.replace(rejected, this.executor);
		assertThat(first.join().value()).isEqualTo("token-2");
		assertThat(other.join().value()).isEqualTo("token-2");
		assertThat(List.of(second, third)).noneMatch(CompletableFuture::isDone);
		this.token.accepted(first.join());
		assertThat(List.of(second, third)).allSatisfy((token) -> assertThat(token.join()).isSameAs(first.join()));
		assertThat(this.token.replace(rejected, this.executor).join()).isSameAs(first.join());
		assertThat(this.supplier.requests).hasSize(2);
		assertThat(this.supplier.invalidated).containsExactly("token-1");
	}

	@Test
	void usesOtherTokenThatSupplierIsAboutToReturn() {
		BearerToken rejected = get().join();
		this.supplier.number.incrementAndGet();
		CompletableFuture<BearerToken> next = this.token.get(this.executor);
		CompletableFuture<BearerToken> replacement = this.token.replace(rejected, this.executor);
		runTasks();
		assertThat(replacement.join()).isSameAs(next.join()).matches((token) -> token.hasValue("token-2"));
		assertThat(this.supplier.invalidated).isEmpty();
	}

	@Test
	void tellsSupplierThatIsAboutToReturnTheRejectedToken() {
		BearerToken rejected = get().join();
		this.token.get(this.executor);
		CompletableFuture<BearerToken> replacement = this.token.replace(rejected, this.executor);
		runTasks();
		assertThat(replacement.join().value()).isEqualTo("token-2");
		assertThat(this.supplier.invalidated).containsExactly("token-1");
	}

	@Test
	void failsAllThatWaitForTokenThatIsRejectedToo() {
		BearerToken rejected = get().join();
		CompletableFuture<BearerToken> first = this.token.replace(rejected, this.executor);
		CompletableFuture<BearerToken> second = this.token.replace(rejected, this.executor);
		runTasks();
		this.token.rejected(first.join());
		assertThat(second).isCompletedExceptionally();
		assertThat(this.token.replace(rejected, this.executor)).isCompletedExceptionally();
		assertThat(this.supplier.requests).hasSize(2);
	}

	@Test
	void neitherAsksNorTellsSupplierAfterNewTokenWasRejected() {
		rejectNewToken();
		assertThat(this.token.isReplaceable()).isFalse();
		assertThat(this.token.get(this.executor).join().value()).isEqualTo("token-2");
		assertThat(this.token.replace(this.token.get(this.executor).join(), this.executor)).isCompletedExceptionally();
		assertThat(this.tasks).isEmpty();
		pass(LONGEST_BACKOFF);
		assertThat(this.token.isReplaceable()).isTrue();
		assertThat(this.token.replace(get().join(), this.executor)).isNotDone();
		runTasks();
		assertThat(this.supplier.invalidated).containsExactly("token-1", "token-2");
	}

	@Test
	void asksForReplacementOfSameTokenAgainAfterTheBackOff() {
		this.supplier.renews = false;
		BearerToken rejected = get().join();
		this.token.replace(rejected, this.executor);
		runTasks();
		assertThat(this.token.isReplaceable()).isFalse();
		pass(LONGEST_BACKOFF);
		this.supplier.renews = true;
		CompletableFuture<BearerToken> replacement = this.token.replace(rejected, this.executor);
		runTasks();
		assertThat(replacement.join().value()).isEqualTo("token-2");
	}

	@Test
	void replacesTokensAgainOnceOneWasAccepted() {
		rejectNewToken();
		this.token.accepted(this.token.get(this.executor).join());
		assertThat(this.token.isReplaceable()).isTrue();
		BearerToken expired = get().join();
		this.token.rejected(expired);
		assertThat(this.token.isReplaceable()).isTrue();
		CompletableFuture<BearerToken> replacement = this.token.replace(expired, this.executor);
		runTasks();
		assertThat(replacement.join().value()).isEqualTo("token-3");
	}

	@Test
	void acceptedTokenThatExpiresIsReplacedAtOnce() {
		BearerToken rejected = get().join();
		CompletableFuture<BearerToken> replacement = this.token.replace(rejected, this.executor);
		runTasks();
		this.token.accepted(replacement.join());
		this.token.rejected(replacement.join());
		assertThat(this.token.isReplaceable()).isTrue();
	}

	@Test
	void lateAnswersToRejectedTokenSayNothingOfTheNewOne() {
		BearerToken rejected = get().join();
		CompletableFuture<BearerToken> first = this.token.replace(rejected, this.executor);
		CompletableFuture<BearerToken> second = this.token.replace(rejected, this.executor);
		runTasks();
		this.token.rejected(rejected);
		this.token.accepted(rejected);
		assertThat(this.token.isReplaceable()).isTrue();
		assertThat(first).isCompleted();
		assertThat(second).isNotDone();
	}

	@Test
	void failsWithPreviousFailureInsteadOfAskingSupplierAgain() {
		this.supplier.failure = new IllegalStateException("s3cret");
		assertThatException().isThrownBy(get()::join).withMessageContaining("IllegalStateException");
		assertThat(this.token.get(this.executor)).isCompletedExceptionally();
		assertThat(this.token.isReplaceable()).isFalse();
		assertThat(this.supplier.requests).hasSize(1);
		this.supplier.failure = null;
		pass(LONGEST_BACKOFF);
		assertThat(get().join().value()).isEqualTo("token-1");
	}

	@Test
	void asksSupplierThatFailsLessAndLess() {
		this.supplier.failure = new IllegalStateException();
		for (int i = 0; i < 600; i++) {
			get();
			pass(Duration.ofMillis(100));
		}
		assertThat(this.supplier.requests).hasSizeBetween(60 / 5, 60 / 2);
	}

	@Test
	void asksSoonAfterFirstFailureSinceSuccess() {
		this.supplier.failure = new IllegalStateException();
		for (int i = 0; i < 10; i++) {
			get();
			pass(LONGEST_BACKOFF);
		}
		this.supplier.failure = null;
		get();
		this.supplier.failure = new IllegalStateException();
		get();
		this.supplier.failure = null;
		assertThat(get()).isCompletedExceptionally();
		pass(Duration.ofMillis(150));
		assertThat(get()).isCompleted();
	}

	@Test
	void failedReplacementIsRequestedAgain() {
		BearerToken rejected = get().join();
		this.supplier.failure = new IllegalStateException();
		CompletableFuture<BearerToken> first = this.token.replace(rejected, this.executor);
		CompletableFuture<BearerToken> second = this.token.replace(rejected, this.executor);
		runTasks();
		assertThat(List.of(first, second)).allMatch(CompletableFuture::isCompletedExceptionally);
		this.supplier.failure = null;
		pass(LONGEST_BACKOFF);
		CompletableFuture<BearerToken> third = this.token.replace(rejected, this.executor);
		runTasks();
		assertThat(third.join().value()).isEqualTo("token-3");
	}

	@Test
	void doesNotAskSupplierThatHangsAgainUntilItReturns() {
		SharedToken token = token(Duration.ofSeconds(1));
		CompletableFuture<BearerToken> hanging = token.get(this.executor);
		assertThat(hanging).failsWithin(Duration.ofSeconds(10))
			.withThrowableThat()
			.havingCause()
			.isInstanceOf(TokenNotSentException.class)
			.withMessageContaining("the token supplier has been hanging since 2");
		assertThatException().isThrownBy(token.get(this.executor)::join).withMessageContaining("hanging since");
		assertThatException().isThrownBy(token.replace(new BearerToken("rejected"), this.executor)::join)
			.withMessageContaining("hanging since");
		assertThat(this.tasks).hasSize(1);
		runTasks();
		assertThat(token.get(Runnable::run).join().value()).isEqualTo("token-1");
		assertThat(this.supplier.requests).hasSize(2);
	}

	@Test
	void failsAllThatWaitForReplacementFromSupplierThatHangs() {
		SharedToken token = token(Duration.ofSeconds(1));
		BearerToken rejected = token.get(Runnable::run).join();
		CompletableFuture<BearerToken> first = token.replace(rejected, this.executor);
		CompletableFuture<BearerToken> second = token.replace(rejected, this.executor);
		assertThat(first).failsWithin(Duration.ofSeconds(10));
		assertThat(second).failsWithin(Duration.ofSeconds(10));
		assertThat(token.replace(rejected, this.executor)).isCompletedExceptionally();
		runTasks();
		assertThat(token.replace(rejected, Runnable::run).join().value()).isEqualTo("token-3");
	}

	@Test
	void failsAndRecoversWhenExecutorRejects() {
		failsAndRecoversAfter(() -> {
			throw new RejectedExecutionException("s3cret");
		}, "RejectedExecutionException");
	}

	@Test
	void failsAndRecoversWhenNoThreadCanBeCreated() {
		failsAndRecoversAfter(() -> {
			throw new InternalError("s3cret");
		}, "InternalError");
	}

	private void failsAndRecoversAfter(Runnable failure, String type) {
		for (int i = 0; i <= MAX_THREADS; i++) {
			CompletableFuture<BearerToken> failed = this.token.get((task) -> failure.run());
			assertThatException().isThrownBy(failed::join)
				.withMessageContaining(type)
				.satisfies((ex) -> assertThat(ex.getMessage()).doesNotContain("s3cret"));
		}
		assertThat(get()).isCompleted();
	}

	@Test
	void tokensDoNotShowThemselves() {
		CompletableFuture<BearerToken> future = get();
		assertThat(future.join().toString()).doesNotContain("token-1");
		assertThat(future.toString()).doesNotContain("token-1");
	}

	private SharedToken token(Duration patience) {
		return new SharedToken(this.supplier, REQUEST, patience, new LimitedExecutor(MAX_THREADS), this.nanoTime::get);
	}

	private void rejectNewToken() {
		CompletableFuture<BearerToken> replacement = this.token.replace(get().join(), this.executor);
		runTasks();
		this.token.rejected(replacement.join());
	}

	private CompletableFuture<BearerToken> get() {
		CompletableFuture<BearerToken> token = this.token.get(this.executor);
		runTasks();
		return token;
	}

	private void pass(Duration time) {
		this.nanoTime.addAndGet(time.toNanos());
	}

	private void runTasks() {
		while (!this.tasks.isEmpty()) {
			this.tasks.remove().run();
		}
	}

	private static final class TestSupplier implements SchedulerTokenSupplier {

		private final List<SchedulerTokenRequest> requests = new ArrayList<>();

		private final List<String> invalidated = new ArrayList<>();

		private final AtomicInteger number = new AtomicInteger(1);

		private boolean renews = true;

		private RuntimeException failure;

		@Override
		public String getToken(SchedulerTokenRequest request) {
			this.requests.add(request);
			if (this.failure != null) {
				throw this.failure;
			}
			return "token-" + this.number;
		}

		@Override
		public void invalidate(String token) {
			this.invalidated.add(token);
			if (this.renews) {
				this.number.incrementAndGet();
			}
		}

	}

}
