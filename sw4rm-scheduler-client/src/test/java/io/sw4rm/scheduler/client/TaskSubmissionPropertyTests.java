package io.sw4rm.scheduler.client;

import com.google.protobuf.ByteString;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ArgumentsSource;

import io.sw4rm.scheduler.client.TaskSubmission.Builder;
import io.sw4rm.scheduler.proto.PreemptRequest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link TaskSubmission}, with any arguments.
 */
@ExtendWith(AnyValues.class)
class TaskSubmissionPropertyTests {

	@ParameterizedTest
	@ArgumentsSource(AnyValues.class)
	void keepsOrRefusesAgentId(@Nullable String agentId) {
		if (AnyValues.isTextThatIsNotBlank(agentId)) {
			assertThat(TaskSubmission.forAgent(agentId).build().agentId()).isEqualTo(agentId);
		}
		else {
			assertThatIllegalArgumentException().isThrownBy(() -> TaskSubmission.forAgent(agentId))
				.withMessageStartingWith("agentId must ");
		}
	}

	@ParameterizedTest
	@ArgumentsSource(AnyValues.class)
	void keepsOrRefusesTaskId(@Nullable String taskId) {
		if (AnyValues.isTextThatIsNotBlank(taskId)) {
			assertThat(builder().taskId(taskId).build().taskId()).isEqualTo(taskId);
		}
		else {
			assertThatIllegalArgumentException().isThrownBy(() -> builder().taskId(taskId))
				.withMessageStartingWith("taskId must ");
		}
	}

	@ParameterizedTest
	@ArgumentsSource(AnyValues.class)
	void keepsOrRefusesPriority(int priority) {
		if (priority >= -19 && priority <= 20) {
			assertThat(builder().priority(priority).build().priority()).isEqualTo(priority);
		}
		else {
			assertThatIllegalArgumentException().isThrownBy(() -> builder().priority(priority))
				.withMessage("priority must be in range [-19, 20], got %d", priority);
		}
	}

	@ParameterizedTest
	@ArgumentsSource(AnyValues.class)
	void keepsOrRefusesScope(@Nullable String scope) {
		if (AnyValues.isText(scope)) {
			assertThat(builder().scope(scope).build().scope()).isEqualTo(scope);
		}
		else {
			assertThatIllegalArgumentException().isThrownBy(() -> builder().scope(scope))
				.withMessageStartingWith("scope must ");
		}
	}

	@ParameterizedTest
	@ArgumentsSource(AnyValues.class)
	void keepsOrRefusesContentType(@Nullable String contentType) {
		if (AnyValues.isTextThatIsNotBlank(contentType)) {
			assertThat(builder().contentType(contentType).build().contentType()).isEqualTo(contentType);
		}
		else {
			assertThatIllegalArgumentException().isThrownBy(() -> builder().contentType(contentType))
				.withMessageStartingWith("contentType must ");
		}
	}

	@ParameterizedTest
	@ArgumentsSource(AnyValues.class)
	void keepsOrRefusesTextAsParams(@Nullable String params) {
		if (AnyValues.isText(params)) {
			ByteString bytes = (ByteString) builder().params(params).build().params();
			assertThat(bytes.toStringUtf8()).isEqualTo(params);
		}
		else {
			assertThatIllegalArgumentException().isThrownBy(() -> builder().params(params).build())
				.withMessageStartingWith("params must ");
		}
	}

	@ParameterizedTest
	@ArgumentsSource(AnyValues.class)
	void keepsBytesAsParams(byte[] params) {
		assertThat(builder().params(params).build().params()).isEqualTo(ByteString.copyFrom(params));
		assertThat(builder().params(ByteString.copyFrom(params)).build().params())
			.isEqualTo(ByteString.copyFrom(params));
	}

	@ParameterizedTest
	@ArgumentsSource(AnyValues.class)
	void keepsMessageAsParams(@Nullable String reason) {
		PreemptRequest message = PreemptRequest.newBuilder().setReason(String.valueOf(reason)).build();
		assertThat(builder().params(message).build().params()).isEqualTo(message.toByteString());
	}

	@ParameterizedTest
	@ArgumentsSource(AnyValues.class)
	void constructorAcceptsWhatBuilderAccepts(@Nullable String agentId, @Nullable String taskId, int priority,
			@Nullable String scope, @Nullable String params, @Nullable String contentType) {
		TaskSubmission built;
		try {
			built = TaskSubmission.forAgent(agentId)
				.taskId(taskId)
				.priority(priority)
				.scope(scope)
				.contentType(contentType)
				.params(params)
				.build();
		}
		catch (IllegalArgumentException refusal) {
			assertThatIllegalArgumentException()
				.isThrownBy(() -> new TaskSubmission(agentId, taskId, priority, scope, params, contentType))
				.withMessage(refusal.getMessage());
			return;
		}
		assertThat(new TaskSubmission(agentId, taskId, priority, scope, params, contentType)).isEqualTo(built);
	}

	@ParameterizedTest
	@ArgumentsSource(AnyValues.class)
	void descriptionHasNoParams(byte[] params, @Nullable String scope) {
		String text = AnyValues.isText(scope) ? scope : "";
		assertThat(builder().taskId("task-123").scope(text).params(params).build())
			.hasToString("TaskSubmission[agentId=worker-1, taskId=task-123, priority=0, scope=" + text
					+ ", contentType=application/json]");
	}

	private static Builder builder() {
		return TaskSubmission.forAgent("worker-1");
	}

}
