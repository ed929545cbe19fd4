package io.sw4rm.scheduler.client;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

import com.google.protobuf.MessageLite;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import io.sw4rm.scheduler.proto.PollActivityBufferResponse;
import io.sw4rm.scheduler.proto.PurgeActivityResponse;
import io.sw4rm.scheduler.proto.SubmitTaskRequest;
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
		assertThat(this.listener.requests).singleElement()
			.isInstanceOfSatisfying(SubmitTaskRequest.class,
					(request) -> assertThat(request.getParams().toStringUtf8()).isEqualTo("{}"));
		assertThat(this.listener.nanos).allSatisfy((nanos) -> assertThat(nanos).isPositive());
	}

	@ParameterizedTest
	@EnumSource
	void isToldOfEachOperation(SchedulerOperation operation) {
		TestScheduler.call(client(), operation);
		assertThat(this.listener.events).hasSize(2).first().isEqualTo("start " + operation);
		assertThat(this.listener.events.get(1)).startsWith("end " + operation + " OK ");
	}

	@Test
	void isToldOfFailure() {
		this.scheduler.fails(Status.RESOURCE_EXHAUSTED);
		assertThatException().isThrownBy(() -> client().pollActivityBuffer("worker-1"));
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
		SchedulerClient client = builder().maxInFlight(new Semaphore(0)).build();
		assertThatExceptionOfType(SchedulerCallLimitException.class)
			.isThrownBy(() -> client.pollActivityBuffer("worker-1"));
		assertThat(this.listener.events).containsExactly("start POLL_ACTIVITY_BUFFER",
				"end POLL_ACTIVITY_BUFFER RESOURCE_EXHAUSTED null");
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
		Map<String, ?> retryPolicy = Map.of("maxAttempts", 4.0, "initialBackoff", "0.001s", "maxBackoff", "0.001s",
				"backoffMultiplier", 1.0, "retryableStatusCodes", List.of("UNAVAILABLE"));
		ManagedChannel channel = SchedulerAddress.parse(this.scheduler.address())
			.newChannelBuilder()
			.defaultServiceConfig(
					Map.of("methodConfig", List.of(Map.of("name", List.of(Map.of()), "retryPolicy", retryPolicy))))
			.build();
		try {
			this.style.build(SchedulerClient.builder(channel).listener(this.listener)).purgeAllActivity("worker-1");
		}
		finally {
			channel.shutdownNow();
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

		private final List<MessageLite> requests = new CopyOnWriteArrayList<>();

		private final List<Long> nanos = new CopyOnWriteArrayList<>();

		@Override
		public void onStart(SchedulerOperation operation, MessageLite request) {
			this.events.add("start " + operation);
			this.requests.add(request);
		}

		@Override
		public void onRetry(SchedulerOperation operation) {
			this.events.add("retry " + operation);
		}

		@Override
		public void onEnd(SchedulerOperation operation, Status.Code status, long nanos, @Nullable Object result) {
			this.events.add("end %s %s %s".formatted(operation, status, result));
			this.nanos.add(nanos);
		}

	}

}
