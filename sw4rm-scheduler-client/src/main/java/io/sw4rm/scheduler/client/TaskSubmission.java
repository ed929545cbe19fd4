package io.sw4rm.scheduler.client;

import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import org.jspecify.annotations.Nullable;

/**
 * A task to submit (specification 6.4.3). Immutable, so it can be submitted again after a
 * failure, with the same task id.
 *
 * @param agentId the agent to schedule the task on, not blank
 * @param taskId the unique task identifier, not blank
 * @param priority the priority in the range -19..20, higher is more important
 * @param scope the resource scope descriptor for conflict detection, empty for none
 * @param params the task parameters: a {@link ByteString} is sent unchanged, any other
 * object is converted by the client's {@link PayloadConverter} when the task is
 * submitted. Byte arrays, texts (as UTF-8) and protobuf messages are converted to a
 * {@code ByteString} immediately; the JDK's maps, collections and arrays are copied, so
 * that later changes have no effect. Do not change other objects until the task is
 * submitted.
 * @param contentType the MIME type of the parameters, not blank
 * @since 0.1.0
 */
public record TaskSubmission(String agentId, String taskId, int priority, String scope, Object params,
		String contentType) {

	/**
	 * The least important priority.
	 */
	public static final int MIN_PRIORITY = -19;

	/**
	 * The most important priority.
	 */
	public static final int MAX_PRIORITY = 20;

	/**
	 * Also detects collections that contain themselves.
	 */
	private static final int MAX_DEPTH = 1000;

	/**
	 * Create a task to submit.
	 * @throws IllegalArgumentException if a value is null, blank where it must not be,
	 * out of range, a text with an unpaired surrogate, or nested deeper than 1000 levels
	 */
	public TaskSubmission {
		Checks.hasText(agentId, "agentId");
		Checks.hasText(taskId, "taskId");
		Checks.range(priority, MIN_PRIORITY, MAX_PRIORITY, "priority");
		Checks.wellFormed(scope, "scope");
		Checks.hasText(contentType, "contentType");
		params = fixed(Checks.notNull(params, "params"));
	}

	private static Object fixed(Object params) {
		if (params instanceof ByteString) {
			return params;
		}
		if (params instanceof byte[] bytes) {
			return ByteString.copyFrom(bytes);
		}
		if (params instanceof CharSequence text) {
			return ByteString.copyFromUtf8(Checks.wellFormed(text.toString(), "params"));
		}
		if (params instanceof MessageLite message) {
			return message.toByteString();
		}
		return Objects.requireNonNull(copy(params, 0));
	}

	/**
	 * Copy the JDK's containers at any depth. Other containers may be written
	 * differently, which a copy would lose.
	 */
	private static @Nullable Object copy(@Nullable Object value, int depth) {
		if (depth > MAX_DEPTH) {
			throw new IllegalArgumentException("params must not be nested deeper than %d levels".formatted(MAX_DEPTH));
		}
		if (value != null && value.getClass().isArray()) {
			return copyOfArray(value, depth);
		}
		if (value == null || !value.getClass().getName().startsWith("java.")) {
			return value;
		}
		if (value instanceof Map<?, ?> map) {
			Map<@Nullable Object, @Nullable Object> copy = new LinkedHashMap<>();
			map.forEach((key, element) -> copy.put(key, copy(element, depth + 1)));
			return Collections.unmodifiableMap(copy);
		}
		if (value instanceof Set<?> set) {
			Set<@Nullable Object> copy = new LinkedHashSet<>();
			set.forEach((element) -> copy.add(copy(element, depth + 1)));
			return Collections.unmodifiableSet(copy);
		}
		if (value instanceof Collection<?> collection) {
			List<@Nullable Object> copy = new ArrayList<>();
			collection.forEach((element) -> copy.add(copy(element, depth + 1)));
			return Collections.unmodifiableList(copy);
		}
		return value;
	}

	private static Object copyOfArray(Object array, int depth) {
		if (!(array instanceof Object[] elements)) {
			int length = Array.getLength(array);
			Object copy = Array.newInstance(array.getClass().getComponentType(), length);
			System.arraycopy(array, 0, copy, 0, length);
			return copy;
		}
		@Nullable Object[] copy = elements.clone();
		for (int i = 0; i < copy.length; i++) {
			Object element = copy(elements[i], depth + 1);
			if (element != null && !copy.getClass().getComponentType().isInstance(element)) {
				// Some elements, such as ArrayList, have a copy of another type
				copy = Arrays.copyOf(copy, copy.length, Object[].class);
			}
			copy[i] = element;
		}
		return copy;
	}

	/**
	 * Return a builder for another task with the values of this one, including the task
	 * id.
	 * @return a new builder
	 */
	public Builder toBuilder() {
		return new Builder(this);
	}

	/**
	 * Return a builder for a task for the given agent.
	 * @param agentId the agent to schedule the task on, not blank
	 * @return a new builder
	 */
	public static Builder forAgent(String agentId) {
		return new Builder(agentId);
	}

	/**
	 * Return a human-readable description without the parameters, which may be large or
	 * secret.
	 */
	@Override
	public String toString() {
		return "TaskSubmission[agentId=%s, taskId=%s, priority=%d, scope=%s, contentType=%s]".formatted(this.agentId,
				this.taskId, this.priority, this.scope, this.contentType);
	}

	/**
	 * Builder for a {@link TaskSubmission}. Not thread-safe.
	 */
	public static final class Builder {

		private String agentId;

		private @Nullable String taskId;

		private int priority;

		private String scope = "";

		private Object params = ByteString.EMPTY;

		private @Nullable String contentType;

		private Builder(String agentId) {
			this.agentId = Checks.hasText(agentId, "agentId");
		}

		private Builder(TaskSubmission submission) {
			this.agentId = submission.agentId;
			this.taskId = submission.taskId;
			this.priority = submission.priority;
			this.scope = submission.scope;
			this.params = submission.params;
			this.contentType = submission.contentType;
		}

		/**
		 * Set the agent to schedule the task on.
		 * @param agentId the agent, not blank
		 * @return this builder
		 */
		public Builder agentId(String agentId) {
			this.agentId = Checks.hasText(agentId, "agentId");
			return this;
		}

		/**
		 * Set the task identifier. By default, each {@link #build()} generates a random
		 * UUID.
		 * @param taskId the unique task identifier, not blank
		 * @return this builder
		 */
		public Builder taskId(String taskId) {
			this.taskId = Checks.hasText(taskId, "taskId");
			return this;
		}

		/**
		 * Set the priority. The default is 0.
		 * @param priority the priority in the range -19..20, higher is more important
		 * @return this builder
		 */
		public Builder priority(int priority) {
			this.priority = Checks.range(priority, MIN_PRIORITY, MAX_PRIORITY, "priority");
			return this;
		}

		/**
		 * Set the resource scope descriptor for conflict detection. By default, the task
		 * does not conflict with any other task.
		 * @param scope the scope
		 * @return this builder
		 */
		public Builder scope(String scope) {
			this.scope = Checks.wellFormed(scope, "scope");
			return this;
		}

		/**
		 * Set the task parameters. Bytes ({@code byte[]} or {@link ByteString}) and text
		 * (as UTF-8) are sent unchanged and a protobuf message in its binary form. The
		 * client's {@link PayloadConverter} converts any other object, by default to
		 * JSON. By default, the parameters are empty.
		 * @param params the parameters
		 * @return this builder
		 */
		public Builder params(Object params) {
			this.params = Checks.notNull(params, "params");
			return this;
		}

		/**
		 * Set the MIME type of the parameters. The default is
		 * {@code application/x-protobuf} for a protobuf message and
		 * {@code application/json} for all other objects.
		 * @param contentType the MIME type, not blank
		 * @return this builder
		 */
		public Builder contentType(String contentType) {
			this.contentType = Checks.hasText(contentType, "contentType");
			return this;
		}

		/**
		 * Build the task.
		 * @return a new task
		 */
		public TaskSubmission build() {
			String taskId = (this.taskId != null) ? this.taskId : RandomIds.next();
			String contentType = (this.contentType != null) ? this.contentType : defaultContentType();
			return new TaskSubmission(this.agentId, taskId, this.priority, this.scope, this.params, contentType);
		}

		private String defaultContentType() {
			return (this.params instanceof MessageLite) ? "application/x-protobuf" : "application/json";
		}

	}

}
