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

import org.junit.jupiter.api.Test;

import io.sw4rm.scheduler.client.SchedulerOperation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * Tests for {@link TokenSource}.
 */
class TokenSourceTests {

	private static final SchedulerTokenRequest REQUEST = new SchedulerTokenRequest(
			SchedulerOperation.POLL_ACTIVITY_BUFFER, "worker-1");

	private final Deque<Runnable> tasks = new ArrayDeque<>();

	private final Executor executor = this.tasks::add;

	private final AtomicInteger number = new AtomicInteger();

	private final TokenSource source = new TokenSource((request) -> "token-" + this.number.incrementAndGet(),
			Duration.ofHours(1));

	@Test
	void asksOnceForAllThatWait() {
		CompletableFuture<BearerToken> first = this.source.fetch(REQUEST, null, this.executor);
		CompletableFuture<BearerToken> second = this.source.fetch(REQUEST, null, this.executor);
		runTasks();
		assertThat(first.join()).isSameAs(second.join()).matches((token) -> token.hasValue("token-1"));
	}

	@Test
	void asksOnceForEachOperationAndAgent() {
		List<SchedulerTokenRequest> requests = new ArrayList<>();
		TokenSource source = new TokenSource((request) -> {
			requests.add(request);
			return "token";
		}, Duration.ofHours(1));
		SchedulerTokenRequest otherAgent = new SchedulerTokenRequest(REQUEST.operation(), "worker-2");
		SchedulerTokenRequest otherOperation = new SchedulerTokenRequest(SchedulerOperation.SUBMIT_TASK,
				REQUEST.agentId());
		for (int i = 0; i < 2; i++) {
			source.fetch(REQUEST, null, this.executor);
			source.fetch(otherAgent, null, this.executor);
			source.fetch(otherOperation, null, this.executor);
		}
		runTasks();
		assertThat(requests).containsExactly(REQUEST, otherAgent, otherOperation);
	}

	@Test
	void asksAgainForThoseThatComeLater() {
		this.source.fetch(REQUEST, null, this.executor);
		runTasks();
		CompletableFuture<BearerToken> later = this.source.fetch(REQUEST, null, this.executor);
		runTasks();
		assertThat(later.join().value()).isEqualTo("token-2");
	}

	@Test
	void asksAgainForThoseWhoseTokenWasRefusedMeanwhile() {
		CompletableFuture<BearerToken> before = this.source.fetch(REQUEST, null, this.executor);
		CompletableFuture<BearerToken> refused = this.source.fetch(REQUEST, new BearerToken("refused"), this.executor);
		CompletableFuture<BearerToken> refusedToo = this.source.fetch(REQUEST, new BearerToken("refused"),
				this.executor);
		CompletableFuture<BearerToken> after = this.source.fetch(REQUEST, null, this.executor);
		runTasks();
		assertThat(before.join().value()).isEqualTo("token-1");
		assertThat(refused.join().value()).isEqualTo("token-2");
		assertThat(refused.join()).isSameAs(refusedToo.join()).isSameAs(after.join());
	}

	@Test
	void doesNotWaitForSupplierThatHangs() {
		TokenSource source = new TokenSource((request) -> "token", Duration.ofMillis(10));
		CompletableFuture<BearerToken> hanging = source.fetch(REQUEST, null, (task) -> {
		});
		assertThat(hanging).failsWithin(Duration.ofSeconds(10))
			.withThrowableThat()
			.havingCause()
			.isInstanceOf(TokenNotSentException.class)
			.withMessageContaining("TimeoutException");
		assertThat(source.fetch(REQUEST, null, Runnable::run).join().value()).isEqualTo("token");
	}

	@Test
	void failsAndRecoversWhenThereIsNoThread() {
		CompletableFuture<BearerToken> rejected = this.source.fetch(REQUEST, null, (task) -> {
			throw new RejectedExecutionException("s3cret");
		});
		assertThatException().isThrownBy(rejected::join)
			.withMessageContaining("RejectedExecutionException")
			.satisfies((ex) -> assertThat(ex.getMessage()).doesNotContain("s3cret"));
		CompletableFuture<BearerToken> next = this.source.fetch(REQUEST, null, this.executor);
		runTasks();
		assertThat(next).isCompleted();
	}

	@Test
	void tokensDoNotShowThemselves() {
		CompletableFuture<BearerToken> future = this.source.fetch(REQUEST, null, this.executor);
		runTasks();
		assertThat(future.join().toString()).doesNotContain("token-1");
		assertThat(future.toString()).doesNotContain("token-1");
	}

	private void runTasks() {
		while (!this.tasks.isEmpty()) {
			this.tasks.remove().run();
		}
	}

}
