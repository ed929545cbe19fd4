package io.sw4rm.scheduler.client;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ArgumentsSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link SchedulerException}, its relatives and what they are made with, with
 * any arguments.
 */
@ExtendWith(AnyValues.class)
class SchedulerExceptionPropertyTests {

	@ParameterizedTest
	@ArgumentsSource(AnyValues.class)
	void keepsWhatItIsGiven(@Nullable SchedulerOperation operation, @Nullable String target,
			@Nullable String correlationId, Status.@Nullable Code code, @Nullable String description) {
		StatusRuntimeException cause = cause(code, description);
		if (isAnyNull(operation, target, correlationId, cause)) {
			assertThatIllegalArgumentException()
				.isThrownBy(() -> new SchedulerException(operation, target, correlationId, cause));
			return;
		}
		SchedulerException exception = new SchedulerException(operation, target, correlationId, cause);
		assertThat(exception.getOperation()).isEqualTo(operation);
		assertThat(exception.getTarget()).isEqualTo(target);
		assertThat(exception.getCorrelationId()).isEqualTo(correlationId);
		assertThat(exception.getStatusCode()).isEqualTo(code);
		assertThat(exception).hasMessageContaining(target).hasMessageContaining(correlationId).hasCause(cause);
	}

	@ParameterizedTest
	@ArgumentsSource(AnyValues.class)
	void limitExceptionKeepsWhatItIsGiven(@Nullable SchedulerOperation operation, @Nullable String target,
			@Nullable String correlationId) {
		if (isAnyNull(operation, target, correlationId)) {
			assertThatIllegalArgumentException()
				.isThrownBy(() -> new SchedulerCallLimitException(operation, target, correlationId));
			return;
		}
		assertThat(new SchedulerCallLimitException(operation, target, correlationId).getTarget()).isEqualTo(target);
	}

	@ParameterizedTest
	@ArgumentsSource(AnyValues.class)
	void deadlineExceptionKeepsWhatItIsGiven(@Nullable Duration deadline, @Nullable String setting,
			@Nullable Duration elapsed) {
		StatusRuntimeException cause = Status.DEADLINE_EXCEEDED.asRuntimeException();
		if (isAnyNull(deadline, setting, elapsed)) {
			assertThatIllegalArgumentException()
				.isThrownBy(() -> new SchedulerDeadlineExceededException(SchedulerOperation.SUBMIT_TASK, "target", "id",
						deadline, setting, elapsed, cause));
			return;
		}
		SchedulerDeadlineExceededException exception = new SchedulerDeadlineExceededException(
				SchedulerOperation.SUBMIT_TASK, "target", "id", deadline, setting, elapsed, cause);
		assertThat(exception.getDeadline()).isEqualTo(deadline);
		assertThat(exception.getDeadlineSetting()).isEqualTo(setting);
		assertThat(exception.getElapsed()).isEqualTo(elapsed);
	}

	@ParameterizedTest
	@ArgumentsSource(AnyValues.class)
	void rejectionKeepsWhatItIsGiven(@Nullable String taskId, @Nullable String reason) {
		if (isAnyNull(taskId, reason)) {
			assertThatIllegalArgumentException().isThrownBy(() -> new TaskRejectedException(taskId, reason, 1));
			assertThatIllegalArgumentException().isThrownBy(() -> new SubmitTaskResult(taskId, false, reason));
			return;
		}
		assertThat(new TaskRejectedException(taskId, reason, 1).getTaskId()).isEqualTo(taskId);
		assertThat(new TaskRejectedException(taskId, reason, 1)).hasMessageContaining(reason);
		assertThat(new SubmitTaskResult(taskId, false, reason).reason()).isEqualTo(reason);
	}

	@ParameterizedTest
	@ArgumentsSource(AnyValues.class)
	void everyStatusHasCodeAndRemedy(Status.@Nullable Code code, @Nullable String description,
			@Nullable String causeMessage) {
		if (code == null) {
			assertThatIllegalArgumentException().isThrownBy(() -> SchedulerErrorCode.of(null));
			assertThatIllegalArgumentException().isThrownBy(() -> SchedulerProblem.of(null));
			return;
		}
		Status status = code.toStatus().withDescription(description);
		assertThat(SchedulerErrorCode.of(code).number()).isPositive();
		assertThatProblemIsDescribed(SchedulerProblem.of(status));
		assertThatProblemIsDescribed(SchedulerProblem.of(status.withCause(new IOException(causeMessage))));
	}

	private static void assertThatProblemIsDescribed(@Nullable SchedulerProblem problem) {
		if (problem != null) {
			assertThat(problem.meaning()).isNotBlank().doesNotEndWith(".");
			assertThat(problem.remedy()).isNotBlank().doesNotEndWith(".");
		}
	}

	private static @Nullable StatusRuntimeException cause(Status.@Nullable Code code, @Nullable String description) {
		return (code != null) ? code.toStatus().withDescription(description).asRuntimeException() : null;
	}

	private static boolean isAnyNull(@Nullable Object... values) {
		return Arrays.stream(values).anyMatch(Objects::isNull);
	}

}
