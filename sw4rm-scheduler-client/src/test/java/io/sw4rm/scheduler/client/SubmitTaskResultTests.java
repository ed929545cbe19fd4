package io.sw4rm.scheduler.client;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link SubmitTaskResult}.
 */
class SubmitTaskResultTests {

	@Test
	void orElseThrowReturnsAcceptance() {
		SubmitTaskResult accepted = new SubmitTaskResult("task-123", true, "");
		assertThat(accepted.orElseThrow()).isSameAs(accepted);
	}

	@Test
	void orElseThrowThrowsRefusal() {
		assertThatExceptionOfType(TaskRejectedException.class)
			.isThrownBy(() -> new SubmitTaskResult("task-123", false, "draining").orElseThrow())
			.withMessage("The scheduler refused task 'task-123': draining")
			.satisfies((ex) -> assertThat(ex.getTaskId()).isEqualTo("task-123"))
			.satisfies((ex) -> assertThat(ex.getReason()).isEqualTo("draining"));
	}

	@Test
	void orElseThrowThrowsRefusalWithoutReason() {
		assertThatExceptionOfType(TaskRejectedException.class)
			.isThrownBy(() -> new SubmitTaskResult("task-123", false, "").orElseThrow())
			.withMessage("The scheduler refused task 'task-123': no reason given")
			.satisfies((ex) -> assertThat(ex.getReason()).isEmpty());
	}

}
