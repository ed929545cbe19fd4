package io.sw4rm.scheduler.client;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import io.grpc.Status;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import io.sw4rm.scheduler.proto.PurgeActivityRequest;
import io.sw4rm.scheduler.proto.PurgeActivityResponse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for purges of more tasks than fit into one message.
 */
@Timeout(60)
class PurgeInPartsTests {

	/** The agent id and its tag. */
	private static final int AGENT_SIZE = "worker-1".length() + 2;

	@RegisterExtension
	final TestScheduler scheduler = new TestScheduler();

	private final List<String> taskIds = IntStream.range(100, 200).mapToObj((i) -> "task-" + i).toList();

	@ParameterizedTest
	@CsvSource(textBlock = """
			BLOCKING, 1000, 1
			BLOCKING, 999,  2
			BLOCKING, 500,  2
			BLOCKING, 499,  3
			BLOCKING, 10,   100
			ASYNC,    1000, 1
			ASYNC,    999,  2
			ASYNC,    500,  2
			ASYNC,    499,  3
			ASYNC,    10,   100
			REACTIVE, 1000, 1
			REACTIVE, 999,  2
			REACTIVE, 500,  2
			REACTIVE, 499,  3
			REACTIVE, 10,   100
			""")
	void sendsAsFewCallsAsPossible(ClientStyle style, int size, int calls) {
		this.scheduler.answers((request) -> PurgeActivityResponse.newBuilder()
			.setPurged(((PurgeActivityRequest) request).getTaskIdsCount())
			.build());
		assertThat(client(style, size).purgeActivity("worker-1", this.taskIds)).isEqualTo(100);
		assertThat(this.scheduler.calls()).hasSize(calls)
			.allSatisfy(
					(call) -> assertThat(call.request().getSerializedSize()).isLessThanOrEqualTo(AGENT_SIZE + size));
		assertThat(purged()).containsExactlyElementsOf(this.taskIds);
	}

	@ParameterizedTest
	@EnumSource
	void sumMayExceedTheNumbersOfTheProtocol(ClientStyle style) {
		this.scheduler.answers(PurgeActivityResponse.newBuilder().setPurged(-1).build());
		assertThat(client(style, 500).purgeActivity("worker-1", this.taskIds)).isEqualTo(2 * 4294967295L);
	}

	@ParameterizedTest
	@EnumSource
	void failureEndsThePurge(ClientStyle style) {
		AtomicInteger calls = new AtomicInteger();
		this.scheduler.answers((request) -> {
			if (calls.incrementAndGet() == 2) {
				throw Status.NOT_FOUND.withDescription("second").asRuntimeException();
			}
			return PurgeActivityResponse.getDefaultInstance();
		});
		assertThatExceptionOfType(SchedulerException.class)
			.isThrownBy(() -> client(style, 300).purgeActivity("worker-1", this.taskIds))
			.withMessageContaining("second");
		assertThat(purged()).containsExactlyElementsOf(this.taskIds.subList(0, 60));
	}

	@ParameterizedTest
	@EnumSource
	void sendsNothingIfOneTaskDoesNotFit(ClientStyle style) {
		List<String> taskIds = new ArrayList<>(this.taskIds);
		taskIds.set(99, "task-1000");
		assertThatIllegalArgumentException().isThrownBy(() -> client(style, 10).purgeActivity("worker-1", taskIds))
			.withMessage("PurgeActivityRequest must not be larger than 20 bytes, got 21 bytes");
		assertThat(this.scheduler.calls()).isEmpty();
	}

	@ParameterizedTest
	@EnumSource
	@SuppressWarnings("NullAway")
	void sendsNothingIfOneTaskIsInvalid(ClientStyle style) {
		List<String> taskIds = new ArrayList<>(this.taskIds);
		taskIds.set(99, null);
		assertThatIllegalArgumentException().isThrownBy(() -> client(style, 300).purgeActivity("worker-1", taskIds))
			.withMessage("taskIds[99] must not be null");
		assertThat(this.scheduler.calls()).isEmpty();
	}

	@Test
	void cancellationEndsThePurge() {
		this.scheduler.hangs();
		CompletableFuture<Long> purge = builder(300).buildAsync().purgeActivity("worker-1", this.taskIds);
		this.scheduler.awaitHangingCall();
		this.scheduler.answers(PurgeActivityResponse.getDefaultInstance());
		purge.cancel(true);
		this.scheduler.awaitCancelledCall();
		assertThat(purge).isCancelled();
		builder(300).build().pollActivityBuffer("worker-1");
		assertThat(purged()).containsExactlyElementsOf(this.taskIds.subList(0, 30));
	}

	private List<String> purged() {
		return this.scheduler.calls()
			.stream()
			.filter((call) -> call.request() instanceof PurgeActivityRequest)
			.flatMap((call) -> ((PurgeActivityRequest) call.request()).getTaskIdsList().stream())
			.toList();
	}

	private SchedulerClient client(ClientStyle style, int size) {
		return style.build(builder(size));
	}

	/**
	 * Each task id needs 10 bytes.
	 */
	private SchedulerClientBuilder builder(int size) {
		return SchedulerClient.builder(this.scheduler.channel()).maxOutboundMessageSize(AGENT_SIZE + size);
	}

}
