package io.sw4rm.scheduler.client;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.ClientStreamTracer.StreamInfo;
import io.grpc.Metadata;
import io.grpc.Status;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import io.sw4rm.scheduler.proto.SubmitTaskResponse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link SchedulerCall#attempts()} and what is made of it.
 */
@ParameterizedClass
@EnumSource(ClientStyle.class)
@Timeout(60)
class CallAttemptsTests {

	@RegisterExtension
	final TestScheduler scheduler = new TestScheduler();

	private final AtomicReference<SchedulerCall> call = new AtomicReference<>();

	private final List<String> events = new CopyOnWriteArrayList<>();

	private final ClientStyle style;

	private RetryingChannel channel;

	CallAttemptsTests(ClientStyle style) {
		this.style = style;
	}

	@BeforeEach
	void createChannel() {
		this.channel = new RetryingChannel(this.scheduler.address());
	}

	@AfterEach
	void closeChannel() {
		this.channel.close();
	}

	@Test
	void resultKnowsHowOftenTheRequestWasSent() {
		failsBefore(3, SubmitTaskResponse.newBuilder().setAccepted(true).build());
		SubmitTaskResult result = client().submitTask(TaskSubmission.forAgent("worker-1").taskId("task-1").build());
		assertThat(result).isEqualTo(new SubmitTaskResult("task-1", true, "", 3));
		assertThat(this.scheduler.calls()).hasSize(3);
		assertThat(this.call.get().attempts()).isEqualTo(3);
		assertThat(this.events).containsExactly("start 0", "retry 2", "retry 3", "end 3");
	}

	@Test
	void refusalAfterSeveralAttemptsMayBeDuplicate() {
		failsBefore(2, SubmitTaskResponse.newBuilder().setReason("known").build());
		SubmitTaskResult result = client().submitTask(TaskSubmission.forAgent("worker-1").taskId("task-1").build());
		assertThatExceptionOfType(TaskRejectedException.class).isThrownBy(result::orElseThrow)
			.withMessage("The scheduler refused task 'task-1': known. The request was sent 2 times: the scheduler may "
					+ "have accepted the task before and refuse it now as a duplicate. Poll the activity buffer of the "
					+ "agent to find out. A missing entry does not prove that the task was not accepted")
			.satisfies((ex) -> assertThat(ex.getAttempts()).isEqualTo(2));
	}

	@Test
	void failureKnowsHowOftenTheRequestWasSent() {
		this.scheduler.fails(Status.UNAVAILABLE);
		assertThatExceptionOfType(SchedulerUnavailableException.class)
			.isThrownBy(() -> client().pollActivityBuffer("worker-1"));
		assertThat(this.call.get().attempts()).isEqualTo(4);
		assertThat(this.scheduler.calls()).hasSize(4);
	}

	@Test
	void attemptsWithoutConnectionAreNotCounted() throws InterruptedException {
		this.scheduler.stop();
		assertThatExceptionOfType(SchedulerUnavailableException.class)
			.isThrownBy(() -> client().pollActivityBuffer("worker-1"));
		assertThat(this.call.get().attempts()).isZero();
		assertThat(this.events).containsExactly("start 0", "end 0");
	}

	@Test
	void transparentRetriesAreNotCounted() {
		client().pollActivityBuffer("worker-1");
		StreamInfo info = StreamInfo.newBuilder()
			.setCallOptions(CallOptions.DEFAULT.withOption(SchedulerCall.CALL_OPTION, this.call.get()))
			.setIsTransparentRetry(true)
			.build();
		AttemptTracers.INSTANCE.newClientStreamTracer(info, new Metadata())
			.streamCreated(Attributes.EMPTY, new Metadata());
		assertThat(this.call.get().attempts()).isOne();
		assertThat(this.events).containsExactly("start 0", "end 1");
	}

	@Test
	void firstAttemptWithConnectionIsNoRetry() throws InterruptedException {
		this.scheduler.stop();
		assertThatExceptionOfType(SchedulerUnavailableException.class)
			.isThrownBy(() -> client().pollActivityBuffer("worker-1"));
		StreamInfo info = StreamInfo.newBuilder()
			.setCallOptions(CallOptions.DEFAULT.withOption(SchedulerCall.CALL_OPTION, this.call.get()))
			.setPreviousAttempts(4)
			.build();
		AttemptTracers.INSTANCE.newClientStreamTracer(info, new Metadata())
			.streamCreated(Attributes.EMPTY, new Metadata());
		assertThat(this.call.get().attempts()).isOne();
		assertThat(this.events).containsExactly("start 0", "end 0");
	}

	private SchedulerClient client() {
		return this.style.build(SchedulerClient.builder(this.channel.get()).listener(new SchedulerCallListener() {

			@Override
			public void onStart(SchedulerCall call) {
				CallAttemptsTests.this.call.set(call);
				CallAttemptsTests.this.events.add("start " + call.attempts());
			}

			@Override
			public void onRetry(SchedulerCall call) {
				CallAttemptsTests.this.events.add("retry " + call.attempts());
			}

			@Override
			public void onEnd(SchedulerCall call) {
				CallAttemptsTests.this.events.add("end " + call.attempts());
			}

		}));
	}

	private void failsBefore(int attempt, SubmitTaskResponse response) {
		AtomicInteger attempts = new AtomicInteger();
		this.scheduler.answers((request) -> {
			if (attempts.incrementAndGet() < attempt) {
				throw Status.UNAVAILABLE.asRuntimeException();
			}
			return response;
		});
	}

}
