package io.sw4rm.scheduler.embedded;

import java.time.Instant;
import java.util.UUID;

import com.google.protobuf.ByteString;
import org.jspecify.annotations.Nullable;

import io.sw4rm.scheduler.proto.SubmitTaskRequest;

/**
 * A task as the embedded scheduler saw it at one moment. Immutable: ask the scheduler
 * again to see what has become of it.
 *
 * @param agentId the agent that the task was submitted for
 * @param taskId the task's identifier, made up by the scheduler when the submission had
 * none
 * @param priority the priority, -19 to 20; higher is more important
 * @param scope the resource scope; empty when the task conflicts with nothing
 * @param params the payload, opaque to the scheduler; empty once the task has finished,
 * since finished tasks are kept without it
 * @param contentType the MIME type of the payload
 * @param submittedAt when the scheduler accepted the task
 * @param state how far the task has come
 * @param preemptionReason why the task is asked to yield, possibly empty, or {@code null}
 * when it isn't asked to
 * @param failureReason why the task failed, or {@code null} unless it did
 */
public record ScheduledTask(String agentId, String taskId, int priority, String scope, ByteString params,
		String contentType, Instant submittedAt, State state, @Nullable String preemptionReason,
		@Nullable String failureReason) {

	static ScheduledTask submitted(SubmitTaskRequest request, Instant now) {
		String taskId = (!request.getTaskId().isEmpty()) ? request.getTaskId() : UUID.randomUUID().toString();
		String contentType = (!request.getContentType().isEmpty()) ? request.getContentType() : "application/json";
		return new ScheduledTask(request.getAgentId(), taskId, request.getPriority(), request.getScope(),
				request.getParams(), contentType, now, State.QUEUED, null, null);
	}

	/**
	 * Return whether the task has been asked to yield, by a {@code RequestPreemption} or
	 * because a more important task of its agent was submitted while it ran. Each such
	 * task asks one running task, the least important of those that aren't asked yet.
	 * @return whether the task should yield at its next safe point
	 */
	public boolean preemptionRequested() {
		return this.preemptionReason != null;
	}

	/**
	 * Return how much memory payload and text of the task take at most.
	 */
	long bytes() {
		return this.params.size() + Texts.bytes(this.agentId, this.taskId, this.scope, this.contentType,
				this.preemptionReason, this.failureReason);
	}

	ScheduledTask running() {
		return with(State.RUNNING, this.params, this.preemptionReason, null);
	}

	ScheduledTask yielded() {
		return with(State.QUEUED, this.params, null, null);
	}

	ScheduledTask askedToYield(String reason) {
		return (this.preemptionReason != null) ? this : with(this.state, this.params, reason, null);
	}

	ScheduledTask succeeded() {
		return with(State.SUCCEEDED, ByteString.EMPTY, this.preemptionReason, null);
	}

	ScheduledTask failed(String reason) {
		return with(State.FAILED, ByteString.EMPTY, this.preemptionReason, reason);
	}

	private ScheduledTask with(State state, ByteString params, @Nullable String preemptionReason,
			@Nullable String failureReason) {
		return new ScheduledTask(this.agentId, this.taskId, this.priority, this.scope, params, this.contentType,
				this.submittedAt, state, preemptionReason, failureReason);
	}

	/**
	 * Return a description for people, with the size of the payload rather than its
	 * content.
	 * @return the description
	 */
	@Override
	public String toString() {
		return "ScheduledTask[agentId=%s, taskId=%s, priority=%d, scope=%s, params=%d bytes, contentType=%s, "
			.formatted(this.agentId, this.taskId, this.priority, this.scope, this.params.size(), this.contentType)
				+ "submittedAt=%s, state=%s, preemptionReason=%s, failureReason=%s]".formatted(this.submittedAt,
						this.state, this.preemptionReason, this.failureReason);
	}

	/**
	 * How far a task has come.
	 */
	public enum State {

		/**
		 * Waits in its agent's queue.
		 */
		QUEUED,

		/**
		 * Was taken by its agent and hasn't finished.
		 */
		RUNNING,

		/**
		 * Was reported as done by its agent.
		 */
		SUCCEEDED,

		/**
		 * Was reported as failed by its agent, or outran the grace period of its agent's
		 * shutdown.
		 */
		FAILED

	}

}
