package io.sw4rm.scheduler.embedded;

import java.time.Duration;
import java.util.Set;
import java.util.function.Supplier;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;

import io.sw4rm.scheduler.proto.PollActivityBufferRequest;
import io.sw4rm.scheduler.proto.PollActivityBufferResponse;
import io.sw4rm.scheduler.proto.PreemptRequest;
import io.sw4rm.scheduler.proto.PreemptResponse;
import io.sw4rm.scheduler.proto.PurgeActivityRequest;
import io.sw4rm.scheduler.proto.PurgeActivityResponse;
import io.sw4rm.scheduler.proto.SchedulerServiceGrpc;
import io.sw4rm.scheduler.proto.ShutdownAgentRequest;
import io.sw4rm.scheduler.proto.ShutdownAgentResponse;
import io.sw4rm.scheduler.proto.SubmitTaskRequest;
import io.sw4rm.scheduler.proto.SubmitTaskResponse;

/**
 * The gRPC service: validates requests, calls the {@link SchedulerState} and responds.
 */
final class SchedulerService extends SchedulerServiceGrpc.SchedulerServiceImplBase {

	private static final int MIN_PRIORITY = -19;

	private static final int MAX_PRIORITY = 20;

	/**
	 * The longest {@code google.protobuf.Duration}.
	 */
	static final Duration MAX_GRACE_PERIOD = Duration.ofSeconds(315_576_000_000L, 999_999_999);

	private final SchedulerState state;

	private final Duration defaultGracePeriod;

	SchedulerService(SchedulerState state, Duration defaultGracePeriod) {
		this.state = state;
		this.defaultGracePeriod = defaultGracePeriod;
	}

	@Override
	public void submitTask(SubmitTaskRequest request, StreamObserver<SubmitTaskResponse> observer) {
		answer(observer, () -> {
			requireText("agent_id", request.getAgentId());
			require(request.getPriority() >= MIN_PRIORITY && request.getPriority() <= MAX_PRIORITY,
					"priority must be in range [%d, %d], got %d", MIN_PRIORITY, MAX_PRIORITY, request.getPriority());
			String refusal = this.state.submit(request);
			SubmitTaskResponse.Builder response = SubmitTaskResponse.newBuilder();
			return ((refusal != null) ? response.setReason(refusal) : response.setAccepted(true)).build();
		});
	}

	@Override
	public void requestPreemption(PreemptRequest request, StreamObserver<PreemptResponse> observer) {
		answer(observer, () -> {
			requireText("agent_id", request.getAgentId());
			requireText("task_id", request.getTaskId());
			boolean enqueued = this.state.preempt(request.getAgentId(), request.getTaskId(), request.getReason());
			return PreemptResponse.newBuilder().setEnqueued(enqueued).build();
		});
	}

	@Override
	public void shutdownAgent(ShutdownAgentRequest request, StreamObserver<ShutdownAgentResponse> observer) {
		answer(observer, () -> {
			requireText("agent_id", request.getAgentId());
			this.state.shutDown(request.getAgentId(), gracePeriod(request));
			return ShutdownAgentResponse.newBuilder().setOk(true).build();
		});
	}

	@Override
	public void pollActivityBuffer(PollActivityBufferRequest request,
			StreamObserver<PollActivityBufferResponse> observer) {
		answer(observer, () -> {
			requireText("agent_id", request.getAgentId());
			PollActivityBufferResponse.Builder response = PollActivityBufferResponse.newBuilder();
			this.state.activity(request.getAgentId()).forEach((entry) -> response.addEntries(entry.toMessage()));
			return response.build();
		});
	}

	@Override
	public void purgeActivity(PurgeActivityRequest request, StreamObserver<PurgeActivityResponse> observer) {
		answer(observer, () -> {
			requireText("agent_id", request.getAgentId());
			int purged = this.state.purgeActivity(request.getAgentId(), Set.copyOf(request.getTaskIdsList()));
			return PurgeActivityResponse.newBuilder().setPurged(purged).build();
		});
	}

	private Duration gracePeriod(ShutdownAgentRequest request) {
		if (!request.hasGracePeriod()) {
			return this.defaultGracePeriod;
		}
		long seconds = request.getGracePeriod().getSeconds();
		int nanos = request.getGracePeriod().getNanos();
		require(seconds >= 0 && seconds <= MAX_GRACE_PERIOD.toSeconds() && nanos >= 0
				&& nanos <= MAX_GRACE_PERIOD.getNano(),
				"grace_period must have seconds in range [0, %d] and nanos in range [0, %d], got seconds=%d nanos=%d",
				MAX_GRACE_PERIOD.toSeconds(), MAX_GRACE_PERIOD.getNano(), seconds, nanos);
		return Duration.ofSeconds(seconds, nanos);
	}

	private static <T> void answer(StreamObserver<T> observer, Supplier<T> operation) {
		T response;
		try {
			response = operation.get();
		}
		catch (StatusRuntimeException ex) {
			observer.onError(ex);
			return;
		}
		observer.onNext(response);
		observer.onCompleted();
	}

	private static void requireText(String field, String value) {
		require(!value.isBlank(), "%s must not be blank, got %s", field, Texts.quote(value));
	}

	private static void require(boolean valid, String message, Object... values) {
		if (!valid) {
			throw Status.INVALID_ARGUMENT.withDescription(message.formatted(values)).asRuntimeException();
		}
	}

}
