package io.sw4rm.scheduler.embedded;

import java.time.Instant;

import com.google.protobuf.ByteString;
import org.junit.jupiter.api.Test;

import io.sw4rm.scheduler.embedded.ScheduledTask.State;
import io.sw4rm.scheduler.proto.SubmitTaskRequest;

import static org.assertj.core.api.Assertions.assertThat;

class ScheduledTaskTests {

	@Test
	void textShowsTheSizeOfThePayloadAndNotItsContent() {
		ScheduledTask task = ScheduledTask.submitted(SubmitTaskRequest.newBuilder()
			.setAgentId("worker-1")
			.setTaskId("100%-done")
			.setParams(ByteString.copyFromUtf8("secret"))
			.build(), Instant.EPOCH);
		assertThat(task.toString()).contains("worker-1", "100%-done", "6 bytes").doesNotContain("secret");
	}

	@Test
	void firstReasonToYieldIsKept() {
		ScheduledTask task = ScheduledTask.submitted(SubmitTaskRequest.getDefaultInstance(), Instant.EPOCH);
		assertThat(task.preemptionRequested()).isFalse();
		ScheduledTask asked = task.askedToYield("").askedToYield("second");
		assertThat(asked.preemptionRequested()).isTrue();
		assertThat(asked.preemptionReason()).isEmpty();
	}

	@Test
	void finishedTaskIsKeptWithoutPayload() {
		ScheduledTask task = ScheduledTask.submitted(
				SubmitTaskRequest.newBuilder().setParams(ByteString.copyFromUtf8("much")).build(), Instant.EPOCH);
		assertThat(task.running().params()).isEqualTo(ByteString.copyFromUtf8("much"));
		assertThat(task.succeeded().params()).isEqualTo(ByteString.EMPTY);
		assertThat(task.failed("broken").params()).isEqualTo(ByteString.EMPTY);
		assertThat(task.failed("broken").state()).isEqualTo(State.FAILED);
	}

}
