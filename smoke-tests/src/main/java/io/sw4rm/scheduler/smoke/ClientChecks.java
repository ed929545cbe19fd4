package io.sw4rm.scheduler.smoke;

import java.util.UUID;

import io.grpc.Status;

import io.sw4rm.scheduler.client.ActivityEntry;
import io.sw4rm.scheduler.client.SchedulerClient;
import io.sw4rm.scheduler.client.SchedulerOperation;
import io.sw4rm.scheduler.client.SchedulerUnavailableException;
import io.sw4rm.scheduler.client.TaskSubmission;
import io.sw4rm.scheduler.embedded.EmbeddedScheduler;
import io.sw4rm.scheduler.embedded.Rpc;
import io.sw4rm.scheduler.embedded.ScheduledTask;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Checks of what every application does with its client.
 */
public final class ClientChecks {

	private ClientChecks() {
	}

	/**
	 * Check that a client submits a task to a scheduler, polls it, and throws the
	 * exception of a call that fails.
	 * @param client the client
	 * @param scheduler the scheduler that the client must call
	 */
	public static void assertCalls(SchedulerClient client, EmbeddedScheduler scheduler) {
		String agentId = "agent-" + UUID.randomUUID();
		String taskId = client.submitTask(TaskSubmission.forAgent(agentId).params("{}").build()).orElseThrow().taskId();
		assertThat(scheduler.agent(agentId).queued()).extracting(ScheduledTask::taskId).containsExactly(taskId);
		assertThat(client.pollActivityBuffer(agentId)).extracting(ActivityEntry::taskId).containsExactly(taskId);
		scheduler.faults().on(Rpc.PURGE_ACTIVITY).times(1).fail(Status.UNAVAILABLE);
		assertThatExceptionOfType(SchedulerUnavailableException.class)
			.isThrownBy(() -> client.purgeAllActivity(agentId))
			.satisfies((ex) -> assertThat(ex.getOperation()).isEqualTo(SchedulerOperation.PURGE_ACTIVITY));
		assertThat(client.purgeAllActivity(agentId)).isEqualTo(1);
	}

}
