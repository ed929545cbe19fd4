package io.sw4rm.scheduler.client;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;

import com.google.protobuf.ByteString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

import io.sw4rm.scheduler.client.TaskSubmission.Builder;
import io.sw4rm.scheduler.proto.PreemptRequest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link TaskSubmission}.
 */
class TaskSubmissionTests {

	@Test
	void defaultsAreThoseOfTheSpecification() {
		TaskSubmission task = TaskSubmission.forAgent("worker-1").build();
		assertThat(task.agentId()).isEqualTo("worker-1");
		assertThat(task.priority()).isZero();
		assertThat(task.scope()).isEmpty();
		assertThat(task.params()).isEqualTo(ByteString.EMPTY);
		assertThat(task.contentType()).isEqualTo("application/json");
	}

	@Test
	void taskIdIsRandomUuidByDefault() {
		Builder builder = TaskSubmission.forAgent("worker-1");
		UUID first = UUID.fromString(builder.build().taskId());
		UUID second = UUID.fromString(builder.build().taskId());
		assertThat(first).isNotEqualTo(second);
		assertThat(first.version()).isEqualTo(4);
		assertThat(first.variant()).isEqualTo(2);
	}

	@Test
	void keepsWhatWasSet() {
		TaskSubmission task = TaskSubmission.forAgent("worker-1")
			.taskId("task-123")
			.priority(5)
			.scope("global.resource")
			.params("text")
			.contentType("text/plain")
			.build();
		assertThat(task).isEqualTo(new TaskSubmission("worker-1", "task-123", 5, "global.resource",
				ByteString.copyFromUtf8("text"), "text/plain"));
	}

	@ParameterizedTest
	@ValueSource(ints = { -19, 20 })
	void acceptsPriorityAtTheBounds(int priority) {
		assertThat(TaskSubmission.forAgent("worker-1").priority(priority).build().priority()).isEqualTo(priority);
	}

	@ParameterizedTest
	@MethodSource("refusedByBuilder")
	void builderRefusesValueAtOnce(Runnable call, String message) {
		assertThatIllegalArgumentException().isThrownBy(call::run).withMessage(message);
	}

	@SuppressWarnings("NullAway")
	static Stream<Arguments> refusedByBuilder() {
		Builder builder = TaskSubmission.forAgent("worker-1");
		return Stream.of(refused(() -> TaskSubmission.forAgent(null), "agentId must not be null"),
				refused(() -> TaskSubmission.forAgent(""), "agentId must not be blank, got ''"),
				refused(() -> TaskSubmission.forAgent(" "), "agentId must not be blank, got ' '"),
				refused(() -> builder.agentId(null), "agentId must not be null"),
				refused(() -> builder.agentId(" "), "agentId must not be blank, got ' '"),
				refused(() -> builder.taskId(null), "taskId must not be null"),
				refused(() -> builder.taskId("task-\ud83d"),
						"taskId must be well-formed Unicode: Unpaired surrogate at index 5"),
				refused(() -> builder.taskId(" "), "taskId must not be blank, got ' '"),
				refused(() -> builder.priority(-20), "priority must be in range [-19, 20], got -20"),
				refused(() -> builder.priority(21), "priority must be in range [-19, 20], got 21"),
				refused(() -> builder.scope(null), "scope must not be null"),
				refused(() -> builder.params(null), "params must not be null"),
				refused(() -> builder.contentType(null), "contentType must not be null"),
				refused(() -> builder.contentType(""), "contentType must not be blank, got ''"));
	}

	@ParameterizedTest
	@MethodSource("refusedByConstructor")
	void constructorRefusesValue(Runnable call, String message) {
		assertThatIllegalArgumentException().isThrownBy(call::run).withMessage(message);
	}

	@SuppressWarnings("NullAway")
	static Stream<Arguments> refusedByConstructor() {
		return Stream.of(
				refused(() -> new TaskSubmission(null, "task", 0, "", "", "text/plain"), "agentId must not be null"),
				refused(() -> new TaskSubmission(" ", "task", 0, "", "", "text/plain"),
						"agentId must not be blank, got ' '"),
				refused(() -> new TaskSubmission("agent", null, 0, "", "", "text/plain"), "taskId must not be null"),
				refused(() -> new TaskSubmission("agent", "", 0, "", "", "text/plain"),
						"taskId must not be blank, got ''"),
				refused(() -> new TaskSubmission("agent", "task", -20, "", "", "text/plain"),
						"priority must be in range [-19, 20], got -20"),
				refused(() -> new TaskSubmission("agent", "task", 21, "", "", "text/plain"),
						"priority must be in range [-19, 20], got 21"),
				refused(() -> new TaskSubmission("agent", "task", 0, null, "", "text/plain"), "scope must not be null"),
				refused(() -> new TaskSubmission("agent", "task", 0, "", null, "text/plain"),
						"params must not be null"),
				refused(() -> new TaskSubmission("agent", "task", 0, "", "", null), "contentType must not be null"),
				refused(() -> new TaskSubmission("agent", "task", 0, "", "", " "),
						"contentType must not be blank, got ' '"));
	}

	private static Arguments refused(Runnable call, String message) {
		return Arguments.of(call, message);
	}

	@Test
	void copiesBytes() {
		byte[] bytes = { 1, 2, 3 };
		TaskSubmission task = TaskSubmission.forAgent("worker-1").params(bytes).build();
		bytes[0] = 9;
		assertThat(task.params()).isEqualTo(ByteString.fromHex("010203"));
	}

	@Test
	void encodesTextAsUtf8() {
		TaskSubmission task = TaskSubmission.forAgent("worker-1").params(new StringBuilder("ü📋")).build();
		assertThat(task.params()).isEqualTo(ByteString.fromHex("c3bcf09f938b"));
	}

	@Test
	void keepsByteString() {
		ByteString bytes = ByteString.copyFrom("text", StandardCharsets.US_ASCII);
		assertThat(TaskSubmission.forAgent("worker-1").params(bytes).build().params()).isSameAs(bytes);
	}

	@Test
	void encodesProtobufMessage() {
		PreemptRequest message = PreemptRequest.newBuilder().setAgentId("a").build();
		TaskSubmission task = TaskSubmission.forAgent("worker-1").params(message).build();
		assertThat(task.params()).isEqualTo(ByteString.fromHex("0a0161"));
		assertThat(task.contentType()).isEqualTo("application/x-protobuf");
	}

	@Test
	void contentTypeOfProtobufMessageCanBeSet() {
		TaskSubmission task = TaskSubmission.forAgent("worker-1")
			.contentType("application/vnd.acme")
			.params(PreemptRequest.getDefaultInstance())
			.build();
		assertThat(task.contentType()).isEqualTo("application/vnd.acme");
	}

	@Test
	void keepsObjectForTheConverter() {
		Object params = new Object();
		TaskSubmission task = TaskSubmission.forAgent("worker-1").params(params).build();
		assertThat(task.params()).isSameAs(params);
		assertThat(task.contentType()).isEqualTo("application/json");
	}

	@Test
	void fixesContainersWhenBuilt() {
		List<Object> list = new ArrayList<>(Arrays.asList("a", null));
		Set<Object> set = new LinkedHashSet<>(List.of("b", "c"));
		Deque<Object> queue = new ArrayDeque<>(List.of("d"));
		Object[] array = { "e", new ArrayList<>(List.of("f")) };
		Map<Object, Object> map = new LinkedHashMap<>();
		map.put("null", null);
		map.put("list", list);
		map.put("set", set);
		map.put("queue", queue);
		map.put("array", array);
		map.put("map", new TreeMap<>(Map.of("z", 1, "y", new ArrayList<>(List.of(2)))));
		TaskSubmission task = TaskSubmission.forAgent("worker-1").params(map).build();
		String written = json(task.params());
		list.add("late");
		set.clear();
		queue.add("late");
		array[0] = "late";
		((List<?>) array[1]).clear();
		((Map<?, ?>) map.get("map")).clear();
		map.put("late", "late");
		assertThat(written).isEqualTo("{\"null\":null,\"list\":[\"a\",null],\"set\":[\"b\",\"c\"],"
				+ "\"queue\":[\"d\"],\"array\":[\"e\",[\"f\"]],\"map\":{\"y\":[2],\"z\":1}}");
		assertThat(json(task.params())).isEqualTo(written);
	}

	@Test
	void fixesArrayWhenBuilt() {
		String[] texts = { "a", "b" };
		int[] numbers = { 1, 2 };
		List<?>[] lists = new ArrayList<?>[] { new ArrayList<>(List.of("c")) };
		Object texted = TaskSubmission.forAgent("worker-1").params(texts).build().params();
		Object numbered = TaskSubmission.forAgent("worker-1").params(numbers).build().params();
		Object listed = TaskSubmission.forAgent("worker-1").params(lists).build().params();
		texts[0] = "late";
		numbers[0] = 9;
		lists[0].clear();
		assertThat(texted).isInstanceOf(String[].class).isEqualTo(new String[] { "a", "b" });
		assertThat(numbered).isEqualTo(new int[] { 1, 2 });
		assertThat(listed).isEqualTo(new Object[] { List.of("c") });
	}

	@Test
	void doesNotLetOthersChangeItsContainers() {
		TaskSubmission task = TaskSubmission.forAgent("worker-1").params(new ArrayList<>(List.of("a"))).build();
		assertThatExceptionOfType(UnsupportedOperationException.class)
			.isThrownBy(() -> ((List<?>) task.params()).clear());
	}

	@Test
	void refusesContainerThatContainsItself() {
		Map<String, Object> map = new HashMap<>();
		map.put("self", List.of(map));
		assertThatIllegalArgumentException().isThrownBy(() -> TaskSubmission.forAgent("worker-1").params(map).build())
			.withMessage("params must not be nested deeper than 1000 levels");
	}

	private static String json(Object params) {
		return new String(new JacksonPayloadConverter(new JsonMapper()).convert(params, "application/json"),
				StandardCharsets.UTF_8);
	}

	@Test
	void toBuilderKeepsAll() {
		TaskSubmission task = new TaskSubmission("worker-1", "task-123", 5, "global.resource", Map.of("a", 1),
				"application/vnd.acme+json");
		assertThat(task.toBuilder().build()).isEqualTo(task);
	}

	@Test
	void toBuilderChangesOneThingAtATime() {
		TaskSubmission task = new TaskSubmission("worker-1", "task-123", 5, "scope", "text", "text/plain");
		assertThat(task.toBuilder().agentId("worker-2").build())
			.isEqualTo(new TaskSubmission("worker-2", "task-123", 5, "scope", "text", "text/plain"));
		assertThat(task.toBuilder().taskId("task-124").priority(6).build())
			.isEqualTo(new TaskSubmission("worker-1", "task-124", 6, "scope", "text", "text/plain"));
		assertThat(task).isEqualTo(new TaskSubmission("worker-1", "task-123", 5, "scope", "text", "text/plain"));
	}

	@Test
	void toStringHidesParams() {
		TaskSubmission task = new TaskSubmission("worker-1", "task-123", 5, "global.resource", "secret", "text/plain");
		assertThat(task).hasToString("TaskSubmission[agentId=worker-1, taskId=task-123, priority=5, "
				+ "scope=global.resource, contentType=text/plain]");
		assertThat(new TaskSubmission("a", "t", 0, "", Map.of("key", "secret"), "text/plain").toString())
			.doesNotContain("secret");
	}

	@Test
	void equalTasksHaveEqualParams() {
		TaskSubmission task = new TaskSubmission("worker-1", "task-123", 5, "", new byte[] { 'a' }, "text/plain");
		assertThat(task).isEqualTo(new TaskSubmission("worker-1", "task-123", 5, "", "a", "text/plain"))
			.hasSameHashCodeAs(new TaskSubmission("worker-1", "task-123", 5, "", "a", "text/plain"))
			.isNotEqualTo(new TaskSubmission("worker-1", "task-123", 5, "", "b", "text/plain"));
	}

}
