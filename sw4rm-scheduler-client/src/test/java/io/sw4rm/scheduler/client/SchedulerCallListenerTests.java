package io.sw4rm.scheduler.client;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import io.sw4rm.scheduler.proto.PollActivityBufferResponse;
import io.sw4rm.scheduler.proto.PurgeActivityResponse;
import io.sw4rm.scheduler.proto.SubmitTaskResponse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link SchedulerCallListener}.
 */
@ParameterizedClass
@EnumSource(ClientStyle.class)
@Timeout(60)
class SchedulerCallListenerTests {

	@RegisterExtension
	final TestScheduler scheduler = new TestScheduler();

	private final RecordingListener listener = new RecordingListener();

	private final ClientStyle style;

	SchedulerCallListenerTests(ClientStyle style) {
		this.style = style;
	}

	@Test
	void isToldOfSuccessWithRequestAndResult() {
		this.scheduler.answers(SubmitTaskResponse.newBuilder().setAccepted(true).build());
		TaskSubmission task = TaskSubmission.forAgent("worker-1").taskId("task-1").params("{}").build();
		SubmitTaskResult result = client().submitTask(task);
		assertThat(this.listener.events).containsExactly("start SUBMIT_TASK", "end SUBMIT_TASK OK " + result);
		SchedulerCall call = this.listener.onlyCall();
		assertThat(call.operation()).isEqualTo(SchedulerOperation.SUBMIT_TASK);
		assertThat(call.agentId()).isEqualTo("worker-1");
		assertThat(call.taskId()).isEqualTo("task-1");
		assertThat(call.target()).isEqualTo(this.scheduler.address());
		assertThat(call.correlationId()).isEqualTo(this.scheduler.onlyCall().headers("x-correlation-id").get(0));
		assertThat(call.payloadSize()).isEqualTo(2);
		assertThat(call.requestSize()).isEqualTo(this.scheduler.onlyCall().request().getSerializedSize());
		assertThat(call.durationNanos()).isPositive().isEqualTo(call.durationNanos());
		assertThat(call.startNanos()).isLessThan(System.nanoTime());
		assertThat(call.attempts()).isOne();
		assertThat(call.failure()).isNull();
	}

	@ParameterizedTest
	@EnumSource
	void isToldOfEachOperation(SchedulerOperation operation) {
		TestScheduler.call(client(), operation);
		assertThat(this.listener.events).hasSize(2).first().isEqualTo("start " + operation);
		assertThat(this.listener.events.get(1)).startsWith("end " + operation + " OK ");
		boolean namesTask = operation == SchedulerOperation.SUBMIT_TASK
				|| operation == SchedulerOperation.REQUEST_PREEMPTION;
		assertThat(this.listener.onlyCall().taskId() != null).isEqualTo(namesTask);
		assertThat(this.listener.onlyCall().requestSize()).isPositive();
		assertThat(this.listener.onlyCall().payloadSize()).isZero();
	}

	@Test
	void isToldOfFailure() {
		this.scheduler.fails(Status.RESOURCE_EXHAUSTED);
		assertThatException().isThrownBy(() -> client().pollActivityBuffer("worker-1"))
			.isSameAs(this.listener.onlyCall().failure());
		assertThat(this.listener.events).containsExactly("start POLL_ACTIVITY_BUFFER",
				"end POLL_ACTIVITY_BUFFER RESOURCE_EXHAUSTED null");
	}

	@Test
	void isToldOfFailureOfInterceptor() {
		SchedulerClient client = this.style.build(builder().intercept(new ClientInterceptor() {

			@Override
			public <Q, S> ClientCall<Q, S> interceptCall(MethodDescriptor<Q, S> method, CallOptions options,
					Channel next) {
				throw new UnsupportedOperationException();
			}

		}));
		assertThatException().isThrownBy(() -> client.pollActivityBuffer("worker-1"));
		assertThat(this.listener.events).containsExactly("start POLL_ACTIVITY_BUFFER",
				"end POLL_ACTIVITY_BUFFER UNKNOWN null");
	}

	@Test
	void isNotToldOfWhatIsNeverSent() {
		assertThatIllegalArgumentException().isThrownBy(() -> client().pollActivityBuffer(""));
		client().purgeActivity("worker-1", List.of());
		assertThat(this.listener.events).isEmpty();
	}

	@Test
	void isToldOfCallOverTheLimit() {
		this.scheduler.hangs();
		SchedulerClientBuilder limited = SchedulerClient.builder(this.scheduler.channel()).maxInFlight(1);
		CompletableFuture<?> inFlight = limited.buildAsync().purgeAllActivity("worker-1");
		SchedulerClient client = this.style.build(limited.copy().listener(this.listener));
		assertThatExceptionOfType(SchedulerCallLimitException.class)
			.isThrownBy(() -> client.pollActivityBuffer("worker-1"))
			.isSameAs(this.listener.onlyCall().failure());
		assertThat(this.listener.events).containsExactly("start POLL_ACTIVITY_BUFFER",
				"end POLL_ACTIVITY_BUFFER RESOURCE_EXHAUSTED null");
		assertThat(this.listener.onlyCall().attempts()).isZero();
		inFlight.cancel(true);
	}

	@Test
	void isToldOfCancellation() {
		this.scheduler.hangs();
		CompletableFuture<?> call = builder().buildAsync().pollActivityBuffer("worker-1");
		this.scheduler.awaitHangingCall();
		call.cancel(true);
		assertThat(this.listener.events).containsExactly("start POLL_ACTIVITY_BUFFER",
				"end POLL_ACTIVITY_BUFFER CANCELLED null");
	}

	@Test
	void isToldOfRetriesButOfOneCall() {
		AtomicInteger attempts = new AtomicInteger();
		this.scheduler.answers((request) -> {
			if (attempts.incrementAndGet() < 3) {
				throw Status.UNAVAILABLE.asRuntimeException();
			}
			return PurgeActivityResponse.getDefaultInstance();
		});
		try (RetryingChannel channel = new RetryingChannel(this.scheduler.address())) {
			this.style.build(SchedulerClient.builder(channel.get()).listener(this.listener))
				.purgeAllActivity("worker-1");
		}
		assertThat(this.listener.events).containsExactly("start PURGE_ACTIVITY", "retry PURGE_ACTIVITY",
				"retry PURGE_ACTIVITY", "end PURGE_ACTIVITY OK 0");
	}

	@Test
	void isKeptByDerivedClients() {
		this.scheduler.answers(PollActivityBufferResponse.getDefaultInstance());
		client().withMetadata("a", "b").withDeadline(Duration.ofSeconds(30)).pollActivityBuffer("worker-1");
		assertThat(this.listener.events).hasSize(2);
	}

	@Test
	void isToldBesideOthers() {
		RecordingListener other = new RecordingListener();
		this.style.build(builder().listener(other)).pollActivityBuffer("worker-1");
		assertThat(this.listener.events).hasSize(2).isEqualTo(other.events);
	}

	private SchedulerClient client() {
		return this.style.build(builder());
	}

	private SchedulerClientBuilder builder() {
		return SchedulerClient.builder(this.scheduler.channel()).listener(this.listener);
	}

	private static final class RecordingListener implements SchedulerCallListener {

		private final List<String> events = new CopyOnWriteArrayList<>();

		private final Set<SchedulerCall> calls = ConcurrentHashMap.newKeySet();

		@Override
		public void onStart(SchedulerCall call) {
			this.calls.add(call);
			this.events.add("start " + call.operation());
		}

		@Override
		public void onRetry(SchedulerCall call) {
			this.calls.add(call);
			this.events.add("retry " + call.operation());
		}

		@Override
		public void onEnd(SchedulerCall call) {
			this.calls.add(call);
			this.events.add("end %s %s %s".formatted(call.operation(), call.status(), call.result()));
		}

		private SchedulerCall onlyCall() {
			assertThat(this.calls).hasSize(1);
			return this.calls.iterator().next();
		}

	}

}
