package io.sw4rm.scheduler.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;

import com.google.protobuf.MessageLite;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import org.jspecify.annotations.Nullable;

import io.sw4rm.scheduler.proto.PurgeActivityRequest;
import io.sw4rm.scheduler.proto.SubmitTaskRequest;

/**
 * Makes the calls of all clients: checks the arguments and creates the request. Derived
 * instances share all unchanged settings. Immutable.
 */
final class UnaryCalls {

	private static final long CLOSE_TIMEOUT_SECONDS = 5;

	private final CallSettings settings;

	/** Without a correlation id; never modified. */
	private final Metadata metadata;

	private final @Nullable String correlationId;

	private final @Nullable CallDeadline deadline;

	UnaryCalls(CallSettings settings, Metadata metadata) {
		this(settings, CallMetadata.withoutCorrelationId(metadata), CallMetadata.correlationId(metadata), null);
	}

	private UnaryCalls(CallSettings settings, Metadata metadata, @Nullable String correlationId,
			@Nullable CallDeadline deadline) {
		this.settings = settings;
		this.metadata = metadata;
		this.correlationId = correlationId;
		this.deadline = deadline;
	}

	UnaryCalls withDeadline(Duration deadline) {
		return new UnaryCalls(this.settings, this.metadata, this.correlationId,
				CallDeadline.of(Checks.positive(deadline, "deadline"), "withDeadline"));
	}

	UnaryCalls withMetadata(Metadata metadata) {
		Checks.notNull(metadata, "metadata");
		String correlationId = metadata.containsKey(CallMetadata.CORRELATION_ID) ? CallMetadata.correlationId(metadata)
				: this.correlationId;
		Metadata replaced = CallMetadata.replacing(this.metadata, metadata);
		replaced.discardAll(CallMetadata.CORRELATION_ID);
		return new UnaryCalls(this.settings, replaced, correlationId, this.deadline);
	}

	UnaryCall<?, ?, SubmitTaskResult> submitTask(TaskSubmission submission) {
		SubmitTaskRequest request = SchedulerRequests.submitTask(submission, this.settings.payloadConverter());
		return call(SchedulerMethod.SUBMIT_TASK, request, submission.agentId(), submission.taskId());
	}

	UnaryCall<?, ?, PreemptionResult> requestPreemption(String agentId, String taskId, String reason) {
		return call(SchedulerMethod.REQUEST_PREEMPTION, SchedulerRequests.requestPreemption(agentId, taskId, reason),
				agentId, taskId);
	}

	UnaryCall<?, ?, ShutdownResult> shutdownAgent(String agentId) {
		return call(SchedulerMethod.SHUTDOWN_AGENT, SchedulerRequests.shutdownAgent(agentId), agentId);
	}

	UnaryCall<?, ?, ShutdownResult> shutdownAgent(String agentId, Duration gracePeriod) {
		return call(SchedulerMethod.SHUTDOWN_AGENT, SchedulerRequests.shutdownAgent(agentId, gracePeriod), agentId);
	}

	UnaryCall<?, ?, List<ActivityEntry>> pollActivityBuffer(String agentId) {
		return call(SchedulerMethod.POLL_ACTIVITY_BUFFER, SchedulerRequests.pollActivityBuffer(agentId), agentId);
	}

	/**
	 * Make the calls that purge the entries of some tasks: one, unless there are no tasks
	 * or more than fit into one message.
	 */
	List<UnaryCall<?, ?, Long>> purgeActivity(String agentId, Collection<String> taskIds) {
		List<UnaryCall<?, ?, Long>> calls = new ArrayList<>(1);
		for (PurgeActivityRequest request : SchedulerRequests.purgeActivity(agentId, taskIds,
				this.settings.maxOutboundMessageSize())) {
			calls.add(call(SchedulerMethod.PURGE_ACTIVITY, request, agentId));
		}
		return calls;
	}

	UnaryCall<?, ?, Long> purgeAllActivity(String agentId) {
		return call(SchedulerMethod.PURGE_ACTIVITY, SchedulerRequests.purgeAllActivity(agentId), agentId);
	}

	private <Q extends MessageLite, S, R> UnaryCall<Q, S, R> call(SchedulerMethod<Q, S, R> method, Q request,
			String agentId) {
		return call(method, request, agentId, null);
	}

	private <Q extends MessageLite, S, R> UnaryCall<Q, S, R> call(SchedulerMethod<Q, S, R> method, Q request,
			String agentId, @Nullable String taskId) {
		// Computed once: the message caches the size until it is sent. Unsigned, because
		// it exceeds an int if the parameters have almost 2 GiB
		long size = Integer.toUnsignedLong(request.getSerializedSize());
		if (size > this.settings.maxOutboundMessageSize()) {
			throw new IllegalArgumentException("%s must not be larger than %d bytes, got %d bytes"
				.formatted(request.getClass().getSimpleName(), this.settings.maxOutboundMessageSize(), size));
		}
		return new UnaryCall<>(this, method, request, agentId, taskId, correlationId());
	}

	CallSettings settings() {
		return this.settings;
	}

	Metadata metadata() {
		return this.metadata;
	}

	CallDeadline deadline(SchedulerOperation operation) {
		return (this.deadline != null) ? this.deadline : this.settings.deadlines()[operation.ordinal()];
	}

	@Nullable CallLimit limit() {
		return this.settings.limit();
	}

	CallListeners listeners() {
		return this.settings.listeners();
	}

	WatchOptions watchOptions() {
		return this.settings.watchOptions();
	}

	/**
	 * Return the exception of a thread that was interrupted while it waited for calls.
	 */
	Throwable interrupted(SchedulerOperation operation) {
		StatusRuntimeException cause = Status.CANCELLED.withDescription("The calling thread was interrupted")
			.asRuntimeException();
		return this.settings.translate(SchedulerException.of(operation, this.settings.target(), correlationId(), cause,
				this.settings.remedies()));
	}

	/**
	 * Shut down the channel, if the client owns it.
	 */
	void close() {
		ManagedChannel channel = this.settings.ownedChannel();
		if (channel == null) {
			return;
		}
		channel.shutdown();
		try {
			channel.awaitTermination(CLOSE_TIMEOUT_SECONDS, TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		channel.shutdownNow();
	}

	private String correlationId() {
		if (this.correlationId != null) {
			return this.correlationId;
		}
		String correlationId = CallMetadata.orNullIfUnfit(this.settings.correlationIds().get());
		return (correlationId != null) ? correlationId : RandomIds.next();
	}

}
