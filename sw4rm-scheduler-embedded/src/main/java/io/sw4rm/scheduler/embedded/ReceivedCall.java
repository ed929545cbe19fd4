package io.sw4rm.scheduler.embedded;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.grpc.Metadata;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

import io.sw4rm.scheduler.proto.SubmitTaskResponse;

/**
 * A snapshot of a call that a scheduler received. Immutable.
 *
 * @param rpc the RPC
 * @param request the request message, or {@code null} if it has not arrived, or the call
 * was cancelled before
 * @param metadata the metadata of the request; each call of this method returns a copy
 * @param timeRemaining the time until the deadline when the call arrived, or {@code null}
 * if the call had no deadline
 * @param fault the fault that applied to the call, such as {@code fail with UNAVAILABLE},
 * or {@code null}
 * @param response the scheduler's response, even if a fault dropped it, or {@code null}
 * if there was none
 * @param status the status that ended the call, or {@code null} if it has not ended;
 * {@code CANCELLED} if the client, the deadline or a lost connection ended it
 * @since 0.1.0
 */
public record ReceivedCall(Rpc rpc, @Nullable Message request, Metadata metadata, @Nullable Duration timeRemaining,
		@Nullable String fault, @Nullable Message response, Status.@Nullable Code status) {

	@Override
	public Metadata metadata() {
		Metadata copy = new Metadata();
		copy.merge(this.metadata);
		return copy;
	}

	/**
	 * Return a human-readable description, with the size of the payload instead of its
	 * content, and without metadata, which may contain tokens.
	 * @return the description
	 */
	@Override
	public String toString() {
		StringBuilder description = new StringBuilder(this.rpc.methodName());
		description.append(fields());
		description.append((this.timeRemaining != null) ? " within " + this.timeRemaining.toMillis() + " ms" : "");
		description.append(" -> ").append(outcome());
		description.append((this.fault != null) ? " (fault: " + this.fault + ")" : "");
		return description.toString();
	}

	private String fields() {
		if (this.request == null) {
			return "[request not received]";
		}
		List<String> fields = new ArrayList<>();
		this.request.getAllFields().forEach((field, value) -> fields.add(field.getJsonName() + "=" + text(value)));
		return fields.toString();
	}

	private static String text(Object value) {
		if (value instanceof String text) {
			return Texts.quote(text);
		}
		if (value instanceof ByteString bytes) {
			return bytes.size() + " bytes";
		}
		if (value instanceof com.google.protobuf.Duration duration) {
			return Duration.ofSeconds(duration.getSeconds(), duration.getNanos()).toString();
		}
		return value.toString();
	}

	private String outcome() {
		if (this.response instanceof SubmitTaskResponse submission) {
			return submission.getAccepted() ? "accepted" : "refused: " + submission.getReason();
		}
		if (this.status == null) {
			return "not ended";
		}
		return this.status.toString();
	}

}
