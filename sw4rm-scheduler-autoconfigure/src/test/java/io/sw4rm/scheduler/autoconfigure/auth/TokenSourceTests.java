package io.sw4rm.scheduler.autoconfigure.auth;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

import io.sw4rm.scheduler.client.SchedulerOperation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link TokenSource}.
 */
@Timeout(value = 30, threadMode = ThreadMode.SEPARATE_THREAD)
class TokenSourceTests {

	private static final SchedulerOperation OPERATION = SchedulerOperation.POLL_ACTIVITY_BUFFER;

	private static final Duration LONG = Duration.ofHours(1);

	@AutoClose("shutdownNow")
	private final ExecutorService executor = Executors.newCachedThreadPool();

	@Test
	void asksOnceForEachOperationAndAgent() {
		List<SchedulerTokenRequest> requests = new ArrayList<>();
		TokenSource source = source((request) -> {
			requests.add(request);
			return "token";
		}, LONG);
		List<SchedulerTokenRequest> expected = List.of(new SchedulerTokenRequest(OPERATION, "worker-1"),
				new SchedulerTokenRequest(OPERATION, "worker-2"),
				new SchedulerTokenRequest(SchedulerOperation.SUBMIT_TASK, "worker-1"),
				new SchedulerTokenRequest(null, null));
		List<Runnable> tasks = new ArrayList<>();
		for (int i = 0; i < 2; i++) {
			expected.forEach((request) -> source.of(request.operation(), request.agentId()).get(tasks::add));
		}
		tasks.forEach(Runnable::run);
		assertThat(requests).isEqualTo(expected);
	}

	@Test
	void sharesTokenThatDoesNotDependOnCall() {
		TokenSource source = source((ReadyTokenSupplier) () -> "token", LONG);
		assertThat(source.of(OPERATION, "worker-1")).isSameAs(source.of(OPERATION, "worker-2"));
	}

	@Test
	void limitsThreadsThatSupplierBlocks() {
		CountDownLatch supply = new CountDownLatch(1);
		Queue<SchedulerTokenRequest> requests = new ConcurrentLinkedQueue<>();
		TokenSource source = source((request) -> {
			requests.add(request);
			awaitUninterruptibly(supply);
			return "token";
		}, LONG);
		List<CompletableFuture<BearerToken>> tokens = IntStream.range(0, 2 * TokenSource.MAX_THREADS)
			.mapToObj((i) -> source.of(OPERATION, "worker-" + i).get(this.executor))
			.toList();
		await().until(() -> requests.size() == TokenSource.MAX_THREADS);
		assertThat(tokens).noneMatch(CompletableFuture::isDone);
		supply.countDown();
		assertThat(tokens).allSatisfy((token) -> assertThat(token).succeedsWithin(Duration.ofSeconds(10)));
		assertThat(requests).hasSize(tokens.size());
	}

	@Test
	void forgetsRequestsThatSupplierNeverGot() {
		CountDownLatch supply = new CountDownLatch(1);
		Queue<SchedulerTokenRequest> requests = new ConcurrentLinkedQueue<>();
		TokenSource source = source((request) -> {
			requests.add(request);
			awaitUninterruptibly(supply);
			return "token";
		}, Duration.ofMillis(100));
		List<CompletableFuture<BearerToken>> tokens = IntStream.range(0, 2 * TokenSource.MAX_THREADS)
			.mapToObj((i) -> source.of(OPERATION, "worker-" + i).get(this.executor))
			.toList();
		assertThat(tokens).allSatisfy((token) -> assertThat(token).failsWithin(Duration.ofSeconds(10))
			.withThrowableThat()
			.withMessageContaining("hanging since"));
		supply.countDown();
		await().untilAsserted(() -> assertThat(source.of(OPERATION, "worker-0").get(this.executor))
			.succeedsWithin(Duration.ofSeconds(10)));
		assertThat(requests).hasSizeLessThan(tokens.size());
	}

	private static TokenSource source(SchedulerTokenSupplier supplier, Duration patience) {
		return new TokenSource(supplier, patience, System::nanoTime);
	}

	private static void awaitUninterruptibly(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
