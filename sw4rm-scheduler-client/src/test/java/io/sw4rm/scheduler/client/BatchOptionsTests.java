package io.sw4rm.scheduler.client;

import java.util.function.BiConsumer;
import java.util.function.Predicate;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link BatchOptions} and {@link TaskOutcome}.
 */
class BatchOptionsTests {

	@Test
	void hasDefaults() {
		BatchOptions options = BatchOptions.defaults();
		assertThat(options.maxInFlight()).isEqualTo(64);
		assertThat(options.isOrdered()).isFalse();
		for (TaskOutcome.Status status : TaskOutcome.Status.values()) {
			assertThat(options.stopCondition().test(outcome(status))).isFalse();
		}
	}

	@Test
	void keepsAllOtherOptions() {
		Predicate<TaskOutcome> condition = (outcome) -> true;
		BiConsumer<TaskOutcome, BatchProgress> listener = (outcome, progress) -> {
		};
		BatchOptions options = BatchOptions.defaults()
			.withMaxInFlight(3)
			.inOrder()
			.stopWhen(condition)
			.withListener(listener);
		assertThat(options.withMaxInFlight(3)).usingRecursiveComparison().isEqualTo(options);
		assertThat(options.inOrder()).usingRecursiveComparison().isEqualTo(options);
		assertThat(options.stopWhen(condition)).usingRecursiveComparison().isEqualTo(options);
		assertThat(options.withListener(listener)).usingRecursiveComparison().isEqualTo(options);
		assertThat(options.maxInFlight()).isEqualTo(3);
		assertThat(options.isOrdered()).isTrue();
		assertThat(options.stopCondition()).isSameAs(condition);
		assertThat(options.listener()).isSameAs(listener);
		assertThat(BatchOptions.defaults().maxInFlight()).isEqualTo(64);
	}

	@Test
	@SuppressWarnings("NullAway")
	void refusesNull() {
		assertThatIllegalArgumentException().isThrownBy(() -> BatchOptions.defaults().stopWhen(null))
			.withMessage("condition must not be null");
		assertThatIllegalArgumentException().isThrownBy(() -> BatchOptions.defaults().withListener(null))
			.withMessage("listener must not be null");
	}

	@ParameterizedTest
	@EnumSource
	void resultAndFailureOfOutcomeMatchItsStatus(TaskOutcome.Status status) {
		TaskOutcome outcome = outcome(status);
		assertThat(outcome.result() != null)
			.isEqualTo(status == TaskOutcome.Status.ACCEPTED || status == TaskOutcome.Status.REFUSED);
		assertThat(outcome.failure() != null).isEqualTo(status == TaskOutcome.Status.FAILED);
		for (TaskOutcome.Status other : TaskOutcome.Status.values()) {
			if (other != status) {
				assertThatIllegalArgumentException().isThrownBy(
						() -> new TaskOutcome(0, SubmitAllTests.task(0), other, outcome.result(), outcome.failure()));
			}
		}
	}

	@Test
	@SuppressWarnings("NullAway")
	void refusesInvalidOutcome() {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> new TaskOutcome(-1, SubmitAllTests.task(0), TaskOutcome.Status.NOT_SENT, null, null))
			.withMessage("index must not be negative, got -1");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> new TaskOutcome(0, SubmitAllTests.task(0), null, null, null))
			.withMessage("status must not be null");
	}

	private static TaskOutcome outcome(TaskOutcome.Status status) {
		return switch (status) {
			case ACCEPTED ->
				new TaskOutcome(0, SubmitAllTests.task(0), status, new SubmitTaskResult("task-0", true, ""), null);
			case REFUSED ->
				new TaskOutcome(0, SubmitAllTests.task(0), status, new SubmitTaskResult("task-0", false, "no"), null);
			case FAILED -> new TaskOutcome(0, SubmitAllTests.task(0), status, null, new IllegalStateException());
			case NOT_SENT -> new TaskOutcome(0, SubmitAllTests.task(0), status, null, null);
		};
	}

}
