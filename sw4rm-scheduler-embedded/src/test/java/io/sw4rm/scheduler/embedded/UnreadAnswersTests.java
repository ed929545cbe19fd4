package io.sw4rm.scheduler.embedded;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import com.google.common.util.concurrent.ListenableFuture;
import io.grpc.ConnectivityState;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import io.sw4rm.scheduler.proto.PollActivityBufferRequest;
import io.sw4rm.scheduler.proto.PollActivityBufferResponse;
import io.sw4rm.scheduler.proto.SchedulerServiceGrpc;

import static org.assertj.core.api.Assertions.assertThat;

class UnreadAnswersTests {

	private static final int ENTRIES = 100;

	private final AtomicInteger sent = new AtomicInteger();

	// Each answer has 1.2 MB
	@AutoClose
	private final EmbeddedScheduler scheduler = EmbeddedScheduler.builder()
		.maxHeldBytes(3_000_000)
		.shutdownGracePeriod(Duration.ZERO)
		.intercept(new SentInterceptor(this.sent))
		.start();

	@AutoClose
	private final TestClient client = new TestClient(this.scheduler);

	@AutoClose
	private final TestClient slowReader = TestClient.withLittleBuffer(this.scheduler.address());

	@AutoClose
	private final TestClient anotherSlowReader = TestClient.withLittleBuffer(this.scheduler.address());

	@BeforeEach
	void recordActivity() {
		for (int i = 0; i < ENTRIES; i++) {
			this.scheduler.agent("worker-1").recordActivity((entry) -> entry.description("x".repeat(12_000)));
		}
	}

	@Test
	void slowReaderOfManyAnswersHindersNobody() {
		pollWithoutReading(this.slowReader, 100);
		assertThat(this.client.poll("worker-1")).hasSize(ENTRIES);
		assertThat(isConnected(this.slowReader)).isTrue();
	}

	@Test
	void slowReaderIsDroppedWhenTheyAreTooMany() {
		pollWithoutReading(this.slowReader, 1);
		Awaitility.await().until(() -> this.sent.get() == 1);
		pollWithoutReading(this.anotherSlowReader, 1);
		Awaitility.await().until(() -> this.sent.get() == 2);
		assertThat(this.client.poll("worker-1")).hasSize(ENTRIES);
		Awaitility.await().until(() -> !isConnected(this.slowReader));
		assertThat(this.client.poll("worker-1")).hasSize(ENTRIES);
		assertThat(isConnected(this.anotherSlowReader)).isTrue();
	}

	@Test
	void delayedAnswersCountToo() {
		this.scheduler.faults().on(Rpc.POLL_ACTIVITY_BUFFER).times(2).delay(Duration.ofMillis(10));
		pollWithoutReading(this.slowReader, 1);
		pollWithoutReading(this.anotherSlowReader, 1);
		Awaitility.await().untilAsserted(() -> {
			assertThat(this.client.poll("worker-1")).hasSize(ENTRIES);
			assertThat(isConnected(this.slowReader) && isConnected(this.anotherSlowReader)).isFalse();
		});
	}

	@Test
	void smallAnswersNeedNoRoom() {
		try (TestClient waiting = new TestClient(this.scheduler)) {
			pollWithoutReading(this.slowReader, 1);
			pollWithoutReading(this.anotherSlowReader, 1);
			pollWithoutReading(waiting, 1);
			assertThat(this.client.preempt("worker-1", "t", "")).isFalse();
			assertThat(isConnected(this.slowReader)).isTrue();
		}
	}

	@Test
	void clientsThatReadGetAllTheirAnswersHoweverLittleRoomThereIs() throws Exception {
		List<ListenableFuture<PollActivityBufferResponse>> answers = new ArrayList<>();
		for (int i = 0; i < 100; i++) {
			answers.add(SchedulerServiceGrpc.newFutureStub(this.client.channel())
				.pollActivityBuffer(PollActivityBufferRequest.newBuilder().setAgentId("worker-1").build()));
		}
		for (ListenableFuture<PollActivityBufferResponse> answer : answers) {
			assertThat(answer.get().getEntriesList()).hasSize(ENTRIES);
		}
	}

	private void pollWithoutReading(TestClient client, int times) {
		long before = this.scheduler.faults().calls(Rpc.POLL_ACTIVITY_BUFFER);
		for (int i = 0; i < times; i++) {
			client.pollWithoutReading("worker-1");
		}
		Awaitility.await().until(() -> this.scheduler.faults().calls(Rpc.POLL_ACTIVITY_BUFFER) == before + times);
	}

	private static boolean isConnected(TestClient client) {
		return client.channel().getState(false) == ConnectivityState.READY;
	}

	/**
	 * Counts the answers that there was room for.
	 */
	private record SentInterceptor(AtomicInteger sent) implements ServerInterceptor {

		@Override
		public <Q, S> ServerCall.Listener<Q> interceptCall(ServerCall<Q, S> call, Metadata headers,
				ServerCallHandler<Q, S> next) {
			return next.startCall(new SimpleForwardingServerCall<>(call) {

				@Override
				public void sendMessage(S message) {
					super.sendMessage(message);
					SentInterceptor.this.sent.incrementAndGet();
				}

			}, headers);
		}

	}

}
