package io.sw4rm.scheduler.client;

import com.google.protobuf.ByteString;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.domains.Domain;
import net.jqwik.api.domains.DomainContext;
import org.jspecify.annotations.Nullable;

import io.sw4rm.scheduler.client.TaskSubmission.Builder;
import io.sw4rm.scheduler.proto.PreemptRequest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link TaskSubmission}, with any arguments.
 */
@Domain(DomainContext.Global.class)
@Domain(AnyValues.class)
class TaskSubmissionPropertyTests {

	@Property
	void keepsOrRefusesAgentId(@ForAll @Nullable String agentId) {
		if (AnyValues.isTextThatIsNotBlank(agentId)) {
			assertThat(TaskSubmission.forAgent(agentId).build().agentId()).isEqualTo(agentId);
		}
		else {
			assertThatIllegalArgumentException().isThrownBy(() -> TaskSubmission.forAgent(agentId))
				.withMessageStartingWith("agentId must ");
		}
	}

	@Property
	void keepsOrRefusesTaskId(@ForAll @Nullable String taskId) {
		if (AnyValues.isTextThatIsNotBlank(taskId)) {
			assertThat(builder().taskId(taskId).build().taskId()).isEqualTo(taskId);
		}
		else {
			assertThatIllegalArgumentException().isThrownBy(() -> builder().taskId(taskId))
				.withMessageStartingWith("taskId must ");
		}
	}

	@Property
	void keepsOrRefusesPriority(@ForAll int priority) {
		if (priority >= -19 && priority <= 20) {
			assertThat(builder().priority(priority).build().priority()).isEqualTo(priority);
		}
		else {
			assertThatIllegalArgumentException().isThrownBy(() -> builder().priority(priority))
				.withMessage("priority must be in range [-19, 20], got %d", priority);
		}
	}

	@Property
	void keepsOrRefusesScope(@ForAll @Nullable String scope) {
		if (AnyValues.isText(scope)) {
			assertThat(builder().scope(scope).build().scope()).isEqualTo(scope);
		}
		else {
			assertThatIllegalArgumentException().isThrownBy(() -> builder().scope(scope))
				.withMessageStartingWith("scope must ");
		}
	}

	@Property
	void keepsOrRefusesContentType(@ForAll @Nullable String contentType) {
		if (AnyValues.isTextThatIsNotBlank(contentType)) {
			assertThat(builder().contentType(contentType).build().contentType()).isEqualTo(contentType);
		}
		else {
			assertThatIllegalArgumentException().isThrownBy(() -> builder().contentType(contentType))
				.withMessageStartingWith("contentType must ");
		}
	}

	@Property
	void keepsOrRefusesTextAsParams(@ForAll @Nullable String params) {
		if (AnyValues.isText(params)) {
			ByteString bytes = (ByteString) builder().params(params).build().params();
			assertThat(bytes.toStringUtf8()).isEqualTo(params);
		}
		else {
			assertThatIllegalArgumentException().isThrownBy(() -> builder().params(params).build())
				.withMessageStartingWith("params must ");
		}
	}

	@Property
	void keepsBytesAsParams(@ForAll byte[] params) {
		assertThat(builder().params(params).build().params()).isEqualTo(ByteString.copyFrom(params));
		assertThat(builder().params(ByteString.copyFrom(params)).build().params())
			.isEqualTo(ByteString.copyFrom(params));
	}

	@Property
	void keepsMessageAsParams(@ForAll @Nullable String reason) {
		PreemptRequest message = PreemptRequest.newBuilder().setReason(String.valueOf(reason)).build();
		assertThat(builder().params(message).build().params()).isEqualTo(message.toByteString());
	}

	@Property
	void constructorAcceptsWhatBuilderAccepts(@ForAll @Nullable String agentId, @ForAll @Nullable String taskId,
			@ForAll int priority, @ForAll @Nullable String scope, @ForAll @Nullable String params,
			@ForAll @Nullable String contentType) {
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

	@Property
	void descriptionHasNoParams(@ForAll byte[] params, @ForAll @Nullable String scope) {
		String text = AnyValues.isText(scope) ? scope : "";
		assertThat(builder().taskId("task-123").scope(text).params(params).build())
			.hasToString("TaskSubmission[agentId=worker-1, taskId=task-123, priority=0, scope=" + text
					+ ", contentType=application/json]");
	}

	private static Builder builder() {
		return TaskSubmission.forAgent("worker-1");
	}

}
