package io.sw4rm.scheduler.test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;

import com.google.protobuf.Message;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

import io.sw4rm.scheduler.client.ActivityEntry;
import io.sw4rm.scheduler.embedded.ReceivedCall;
import io.sw4rm.scheduler.embedded.Rpc;
import io.sw4rm.scheduler.proto.PollActivityBufferRequest;
import io.sw4rm.scheduler.proto.PollActivityBufferResponse;
import io.sw4rm.scheduler.proto.PreemptResponse;
import io.sw4rm.scheduler.proto.PurgeActivityRequest;
import io.sw4rm.scheduler.proto.PurgeActivityResponse;
import io.sw4rm.scheduler.proto.ShutdownAgentResponse;
import io.sw4rm.scheduler.proto.SubmitTaskResponse;

/**
 * A channel without a connection, which records calls and answers them.
 */
final class RecordingChannel extends Channel {

	private final List<ReceivedCall> calls = new ArrayList<>();

	private final Map<Rpc, Function<Message, Message>> answers = new EnumMap<>(Rpc.class);

	private final Map<String, List<ActivityEntry>> activity = new HashMap<>();

	static Rpc rpc(MethodDescriptor<?, ?> method) {
		return Stream.of(Rpc.values())
			.filter((rpc) -> rpc.methodName().equals(method.getBareMethodName()))
			.findFirst()
			.orElseThrow(() -> new IllegalArgumentException(
					"'method' must belong to SchedulerService, got " + method.getFullMethodName()));
	}

	synchronized List<ReceivedCall> calls() {
		return List.copyOf(this.calls);
	}

	synchronized void answer(Rpc rpc, Function<Message, Message> answer) {
		this.answers.put(rpc, answer);
	}

	synchronized void addActivity(String agentId, ActivityEntry entry) {
		this.activity.computeIfAbsent(agentId, (id) -> new ArrayList<>()).add(entry);
	}

	synchronized void reset() {
		this.calls.clear();
		this.answers.clear();
		this.activity.clear();
	}

	private synchronized void record(ReceivedCall call) {
		this.calls.add(call);
	}

	private synchronized Function<Message, Message> answer(Rpc rpc) {
		return this.answers.getOrDefault(rpc, (request) -> defaultAnswer(rpc, request));
	}

	private Message defaultAnswer(Rpc rpc, Message request) {
		return switch (rpc) {
			case SUBMIT_TASK -> SubmitTaskResponse.newBuilder().setAccepted(true).build();
			case REQUEST_PREEMPTION -> PreemptResponse.newBuilder().setEnqueued(true).build();
			case SHUTDOWN_AGENT -> ShutdownAgentResponse.newBuilder().setOk(true).build();
			case POLL_ACTIVITY_BUFFER -> poll((PollActivityBufferRequest) request);
			case PURGE_ACTIVITY -> purge((PurgeActivityRequest) request);
		};
	}

	private synchronized PollActivityBufferResponse poll(PollActivityBufferRequest request) {
		PollActivityBufferResponse.Builder response = PollActivityBufferResponse.newBuilder();
		this.activity.getOrDefault(request.getAgentId(), List.of())
			.forEach((entry) -> response.addEntriesBuilder()
				.setTaskId(entry.taskId())
				.setRepoId(entry.repoId())
				.setWorktreeId(entry.worktreeId())
				.setBranch(entry.branch())
				.setDescription(entry.description())
				.setTimestamp(entry.timestamp()));
		return response.build();
	}

	private synchronized PurgeActivityResponse purge(PurgeActivityRequest request) {
		List<ActivityEntry> entries = this.activity.getOrDefault(request.getAgentId(), new ArrayList<>());
		int size = entries.size();
		entries
			.removeIf((entry) -> request.getTaskIdsCount() == 0 || request.getTaskIdsList().contains(entry.taskId()));
		return PurgeActivityResponse.newBuilder().setPurged(size - entries.size()).build();
	}

	@Override
	public <Q, S> ClientCall<Q, S> newCall(MethodDescriptor<Q, S> method, CallOptions options) {
		return new RecordingCall<>(rpc(method), options.getDeadline());
	}

	@Override
	public String authority() {
		return "recording";
	}

	/**
	 * A call that ends when the request is complete.
	 */
	private final class RecordingCall<Q, S> extends ClientCall<Q, S> {

		private final Rpc rpc;

		private final @Nullable Deadline deadline;

		private @Nullable Listener<S> listener;

		private Metadata metadata = new Metadata();

		private @Nullable Message request;

		private RecordingCall(Rpc rpc, @Nullable Deadline deadline) {
			this.rpc = rpc;
			this.deadline = deadline;
		}

		@Override
		public void start(Listener<S> listener, Metadata headers) {
			this.listener = listener;
			this.metadata = headers;
		}

		@Override
		public void request(int messages) {
		}

		@Override
		public void sendMessage(Q message) {
			this.request = (Message) message;
		}

		@Override
		@SuppressWarnings("unchecked")
		public void halfClose() {
			Message request = Objects.requireNonNull(this.request);
			Message response = null;
			Status status = Status.OK;
			Metadata trailers = new Metadata();
			try {
				response = answer(this.rpc).apply(request);
			}
			catch (RuntimeException ex) {
				status = Status.fromThrowable(ex);
				trailers = Objects.requireNonNullElse(Status.trailersFromThrowable(ex), trailers);
			}
			record(new ReceivedCall(this.rpc, request, this.metadata, timeRemaining(), null, response,
					status.getCode()));
			Listener<S> listener = Objects.requireNonNull(this.listener);
			listener.onHeaders(new Metadata());
			if (response != null) {
				listener.onMessage((S) response);
			}
			listener.onClose(status, trailers);
		}

		private @Nullable Duration timeRemaining() {
			return (this.deadline != null) ? Duration.ofNanos(this.deadline.timeRemaining(TimeUnit.NANOSECONDS)) : null;
		}

		@Override
		public void cancel(@Nullable String message, @Nullable Throwable cause) {
			// The call has already ended
		}

	}

}
