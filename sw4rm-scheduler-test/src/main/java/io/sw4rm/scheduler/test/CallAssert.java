package io.sw4rm.scheduler.test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import io.grpc.Metadata;
import io.grpc.Status;
import org.assertj.core.api.AbstractAssert;
import org.assertj.core.api.WritableAssertionInfo;
import org.jspecify.annotations.Nullable;

import io.sw4rm.scheduler.embedded.ReceivedCall;
import io.sw4rm.scheduler.proto.PurgeActivityRequest;
import io.sw4rm.scheduler.proto.ShutdownAgentRequest;
import io.sw4rm.scheduler.proto.SubmitTaskResponse;

/**
 * Assertions for calls that a scheduler has received. Each method limits the calls to
 * those that meet a condition, and fails if none is left. So a chain of methods verifies
 * that at least one call meets all conditions; {@link #times(int)} verifies how many do.
 *
 * @since 0.1.0
 * @see SchedulerAssert
 */
public final class CallAssert extends AbstractAssert<CallAssert, List<ReceivedCall>> {

	private static final int MAX_LISTED_CALLS = 50;

	private static final Object DEFAULT = "default";

	private List<ReceivedCall> calls;

	private String conditions = "";

	CallAssert(List<ReceivedCall> calls, WritableAssertionInfo info) {
		super(calls, CallAssert.class);
		this.calls = calls;
		this.info.description(info.description());
		this.info.overridingErrorMessage(info.overridingErrorMessage());
	}

	/**
	 * Verify the agent of the request.
	 * @param agentId the expected agent
	 * @return this assertion
	 */
	public CallAssert forAgent(String agentId) {
		return limit("for", "agent", agentId, (call) -> field(call, "agent_id"));
	}

	/**
	 * Verify the task of a submission or of a request to yield.
	 * @param taskId the expected task
	 * @return this assertion
	 */
	public CallAssert ofTask(String taskId) {
		return limit("of", "task", taskId, (call) -> field(call, "task_id"));
	}

	/**
	 * Verify that a purge contains the tasks, in any order, and no others.
	 * @param taskIds the expected tasks
	 * @return this assertion
	 */
	public CallAssert ofTasks(String... taskIds) {
		return limit("of", "tasks", new TreeSet<>(List.of(taskIds)), (call) -> {
			Set<String> purged = purgedTasks(call);
			return (purged != null && !purged.isEmpty()) ? purged : null;
		});
	}

	/**
	 * Verify that a purge removes the entries of all tasks.
	 * @return this assertion
	 */
	public CallAssert ofAllTasks() {
		return limit("of all tasks", (call) -> {
			Set<String> purged = purgedTasks(call);
			return purged != null && purged.isEmpty();
		});
	}

	/**
	 * Verify the priority of a submission.
	 * @param priority the expected priority, -19 to 20
	 * @return this assertion
	 */
	public CallAssert withPriority(int priority) {
		return limit("with", "priority", priority, (call) -> field(call, "priority"));
	}

	/**
	 * Verify the scope of a submission.
	 * @param scope the expected scope
	 * @return this assertion
	 */
	public CallAssert withScope(String scope) {
		return limit("with", "scope", scope, (call) -> field(call, "scope"));
	}

	/**
	 * Verify the content type of a submission.
	 * @param contentType the expected MIME type
	 * @return this assertion
	 */
	public CallAssert withContentType(String contentType) {
		return limit("with", "content type", contentType, (call) -> field(call, "content_type"));
	}

	/**
	 * Verify the parameters of a submission, as UTF-8.
	 * @param params the expected parameters
	 * @return this assertion
	 */
	public CallAssert withParams(String params) {
		return limit("with", "params", params, (call) -> params(call));
	}

	/**
	 * Verify the parameters of a submission with assertions, for example for JSON.
	 * @param requirements receives the parameters as UTF-8, and throws an
	 * {@link AssertionError} if they are not the expected ones
	 * @return this assertion
	 */
	public CallAssert withParamsSatisfying(Consumer<String> requirements) {
		AssertionError[] unsatisfied = new AssertionError[1];
		Predicate<ReceivedCall> condition = (call) -> {
			String params = params(call);
			try {
				if (params != null) {
					requirements.accept(params);
				}
				return params != null;
			}
			catch (AssertionError ex) {
				unsatisfied[0] = ex;
				return false;
			}
		};
		try {
			return limit("with params that satisfy the requirements", condition);
		}
		catch (AssertionError ex) {
			if (unsatisfied[0] != null) {
				ex.addSuppressed(unsatisfied[0]);
			}
			throw ex;
		}
	}

	/**
	 * Verify why a task was refused, or the reason of a request to yield.
	 * @param reason the expected reason
	 * @return this assertion
	 */
	public CallAssert withReason(String reason) {
		return limit("with", "reason", reason, CallAssert::reason);
	}

	/**
	 * Verify the grace period of a shutdown.
	 * @param gracePeriod the expected grace period, or {@code null} for the scheduler's
	 * default
	 * @return this assertion
	 */
	public CallAssert withGracePeriod(@Nullable Duration gracePeriod) {
		return limit("with", "grace period", (gracePeriod != null) ? gracePeriod : DEFAULT, CallAssert::gracePeriod);
	}

	/**
	 * Verify a value of the request's metadata. Failures contain the values that were
	 * found, except those of {@code authorization}.
	 * @param name the name of the metadata, without the suffix {@code -bin}
	 * @param value one of the expected values
	 * @return this assertion
	 */
	public CallAssert withMetadata(String name, String value) {
		Metadata.Key<String> key = Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
		boolean secret = key.name().equals("authorization");
		return limit("with metadata " + name + (secret ? "" : "=" + shown(value)),
				(call) -> values(call, key).contains(value), "metadata " + name,
				(call) -> secret ? null : values(call, key));
	}

	/**
	 * Verify that the request had a deadline, and that at most the given time remained
	 * when it arrived. The time to connect and to transmit the request is spent before.
	 * @param duration the deadline that the client has set
	 * @return this assertion
	 */
	public CallAssert withDeadlineAtMost(Duration duration) {
		return limit("with a deadline of at most " + duration,
				(call) -> call.timeRemaining() != null && call.timeRemaining().compareTo(duration) <= 0,
				"time remaining", ReceivedCall::timeRemaining);
	}

	/**
	 * Verify the status that ended the call.
	 * @param status the expected status; {@code CANCELLED} if the client, the deadline or
	 * a lost connection ended the call
	 * @return this assertion
	 */
	public CallAssert withStatus(Status.Code status) {
		return limit("with", "status", status, ReceivedCall::status);
	}

	/**
	 * Verify that a fault applied to the call.
	 * @return this assertion
	 */
	public CallAssert withFault() {
		return limit("with a fault", (call) -> call.fault() != null);
	}

	/**
	 * Verify the number of calls that meet all conditions.
	 * @param times the expected number, positive
	 * @return this assertion
	 */
	public CallAssert times(int times) {
		if (this.calls.size() != times) {
			throw failure("%nExpecting %d calls:%n  %s%nbut found %d:%n%sAll calls:%n%s", times, this.conditions,
					this.calls.size(), list(this.calls), list(this.actual));
		}
		return this;
	}

	private CallAssert limit(String preposition, String property, Object expected,
			Function<ReceivedCall, @Nullable Object> actual) {
		return limit(preposition + " " + property + " " + shown(expected),
				(call) -> expected.equals(actual.apply(call)), property, actual);
	}

	CallAssert limit(String description, Predicate<ReceivedCall> condition) {
		return limit(description, condition, "", (call) -> null);
	}

	/**
	 * Limit the calls.
	 * @param property the name of what the condition verifies
	 * @param actual returns its value, or {@code null} if a failure must not show it or a
	 * call does not have it
	 */
	private CallAssert limit(String description, Predicate<ReceivedCall> condition, String property,
			Function<ReceivedCall, @Nullable Object> actual) {
		List<ReceivedCall> limited = this.calls.stream().filter(condition).toList();
		if (limited.isEmpty()) {
			throw failure("%nExpecting a call:%n  %s%nbut %s.%nAll calls:%n%s", joined(this.conditions, description),
					difference(description, property, actual), list(this.actual));
		}
		this.calls = limited;
		this.conditions = joined(this.conditions, description);
		return this;
	}

	private String difference(String description, String property, Function<ReceivedCall, @Nullable Object> actual) {
		String values = this.calls.stream()
			.map(actual)
			.filter(Objects::nonNull)
			.map(CallAssert::shown)
			.distinct()
			.limit(MAX_LISTED_CALLS)
			.collect(Collectors.joining(", "));
		if (values.isEmpty()) {
			return this.conditions.isEmpty() ? "there was none" : "there was none " + description;
		}
		return "found " + property + " " + values;
	}

	private static String joined(String conditions, String condition) {
		return conditions.isEmpty() ? condition : conditions + " " + condition;
	}

	static String list(List<ReceivedCall> calls) {
		if (calls.isEmpty()) {
			return "  none%n".formatted();
		}
		int omitted = Math.max(calls.size() - MAX_LISTED_CALLS, 0);
		return ((omitted > 0) ? "  ... (%d older calls)%n".formatted(omitted) : "")
				+ calls.stream().skip(omitted).map((call) -> "  %s%n".formatted(call)).collect(Collectors.joining());
	}

	/**
	 * Return a field of the request, or {@code null} if it has no such field.
	 */
	static @Nullable Object field(ReceivedCall call, String name) {
		Message request = call.request();
		FieldDescriptor field = (request != null) ? request.getDescriptorForType().findFieldByName(name) : null;
		return (request != null && field != null) ? request.getField(field) : null;
	}

	private static @Nullable String params(ReceivedCall call) {
		return (field(call, "params") instanceof ByteString bytes) ? bytes.toStringUtf8() : null;
	}

	private static @Nullable Set<String> purgedTasks(ReceivedCall call) {
		return (call.request() instanceof PurgeActivityRequest purge) ? new TreeSet<>(purge.getTaskIdsList()) : null;
	}

	private static @Nullable Object reason(ReceivedCall call) {
		if (call.response() instanceof SubmitTaskResponse response) {
			return response.getAccepted() ? null : response.getReason();
		}
		return field(call, "reason");
	}

	private static @Nullable Object gracePeriod(ReceivedCall call) {
		if (!(call.request() instanceof ShutdownAgentRequest shutdown)) {
			return null;
		}
		return shutdown.hasGracePeriod()
				? Duration.ofSeconds(shutdown.getGracePeriod().getSeconds(), shutdown.getGracePeriod().getNanos())
				: DEFAULT;
	}

	private static List<String> values(ReceivedCall call, Metadata.Key<String> key) {
		List<String> values = new ArrayList<>();
		Iterable<String> all = call.metadata().getAll(key);
		if (all != null) {
			all.forEach(values::add);
		}
		return values;
	}

	private static String shown(Object value) {
		return (value instanceof String text) ? "\"" + text + "\"" : value.toString();
	}

}
