package io.sw4rm.scheduler.test;

import java.time.Duration;
import java.util.List;

import io.grpc.Status;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.assertj.core.api.ThrowableAssertAlternative;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

import io.sw4rm.scheduler.client.SchedulerClient;
import io.sw4rm.scheduler.client.SchedulerUnavailableException;
import io.sw4rm.scheduler.client.TaskSubmission;
import io.sw4rm.scheduler.embedded.EmbeddedScheduler;
import io.sw4rm.scheduler.embedded.Rpc;

import static io.sw4rm.scheduler.test.SchedulerAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class SchedulerAssertTests {

	@AutoClose
	private final EmbeddedScheduler scheduler = EmbeddedScheduler.start();

	@AutoClose
	private final SchedulerClient client = SchedulerClient.create("http://" + this.scheduler.address());

	@Test
	void findsAcceptedTaskByItsValues() {
		submit("task-123");
		assertThat(this.scheduler).hasAccepted("task-123")
			.forAgent("worker-1")
			.withPriority(5)
			.withScope("global.resource")
			.withParams("{\"action\":\"process\"}")
			.withParamsSatisfying((params) -> assertThat(params).contains("process"))
			.withContentType("application/json")
			.withDeadlineAtMost(Duration.ofSeconds(30))
			.withStatus(Status.Code.OK)
			.times(1);
	}

	@Test
	void findsTaskThatHasFinished() {
		submit("task-123");
		this.scheduler.agent("worker-1").takeNext();
		this.scheduler.agent("worker-1").complete("task-123");
		assertThat(this.scheduler).hasAccepted("task-123");
	}

	@Test
	void tellsWhichValueDiffersAndListsAllCalls() {
		submit("task-123");
		submit("task-124");
		assertFailure(() -> assertThat(this.scheduler).as("dispatch")
			.hasAccepted("task-123")
			.forAgent("worker-1")
			.withPriority(7)).withMessageMatching(lines("\\[dispatch\\] ", //
					"Expecting a call:",
					"  an accepted submission of task \"task-123\" for agent \"worker-1\" with priority 7",
					"but found priority 5\\.", //
					"All calls:", //
					"  SubmitTask\\[agentId=\"worker-1\", taskId=\"task-123\", .*\\] within \\d+ ms -> accepted",
					"  SubmitTask\\[agentId=\"worker-1\", taskId=\"task-124\", .*\\] within \\d+ ms -> accepted", ""));
	}

	@Test
	void tellsTheValuesOfSeveralCalls() {
		submit("task-123");
		submit("task-124");
		assertFailure(() -> assertThat(this.scheduler).hasAccepted("task-1"))
			.withMessageContaining("but found task \"task-123\", \"task-124\".");
		assertFailure(() -> assertThat(this.scheduler).hasAcceptedTask().withPriority(7))
			.withMessageContaining("but found priority 5.");
	}

	@Test
	void eachValueIsCompared() {
		submit("task-123");
		assertFailure(() -> assertThat(this.scheduler).hasAccepted("task-1"))
			.withMessageContaining("but found task \"task-123\".");
		CallAssert call = assertThat(this.scheduler).hasAcceptedTask();
		assertFailure(() -> call.forAgent("worker-2")).withMessageContaining("but found agent \"worker-1\".");
		assertFailure(() -> call.withScope("other")).withMessageContaining("but found scope \"global.resource\".");
		assertFailure(() -> call.withContentType("text/plain"))
			.withMessageContaining("but found content type \"application/json\".");
		assertFailure(() -> call.withParams("{}"))
			.withMessageContaining("but found params \"{\"action\":\"process\"}\".");
		assertFailure(() -> call.withDeadlineAtMost(Duration.ofMillis(1)))
			.withMessageContaining("but found time remaining PT");
		assertFailure(() -> call.withStatus(Status.Code.UNAVAILABLE)).withMessageContaining("but found status OK.");
		assertFailure(call::withFault).withMessageContaining("but there was none with a fault.");
		assertFailure(() -> call.withReason("")).withMessageContaining("but there was none with reason \"\".");
		assertFailure(() -> call.withGracePeriod(null))
			.withMessageContaining("but there was none with grace period \"default\".");
		assertFailure(() -> call.times(2)).withMessageContaining("Expecting 2 calls:")
			.withMessageContaining("found 1:");
		call.forAgent("worker-1");
	}

	@Test
	void keepsTheFailureOfRequirementsForParams() {
		submit("task-123");
		assertFailure(() -> assertThat(this.scheduler).hasAcceptedTask()
			.withParamsSatisfying((params) -> assertThat(params).isEqualTo("other")))
			.satisfies((failure) -> assertThat(failure.getSuppressed()).hasSize(1));
	}

	@Test
	void acceptedAndRefusedSubmissionsAreToldApart() {
		submit("task-123");
		assertFailure(() -> assertThat(this.scheduler).hasRefused("task-123"))
			.withMessageContaining("but there was none.");
		submit("task-123");
		assertThat(this.scheduler).hasRefused("task-123")
			.withReason("task \"task-123\" is already queued; choose another task_id or wait until it has finished");
		assertThat(this.scheduler).hasAccepted("task-123").times(1);
		assertFailure(() -> assertThat(this.scheduler).hasNotAccepted("task-123"))
			.withMessageContaining("Expecting no accepted submission of task \"task-123\", but found:");
		this.client.shutdownAgent("worker-1");
		submit("task-124");
		assertThat(this.scheduler).hasNotAccepted("task-124");
	}

	@Test
	void findsPreemptionShutdownAndPurge() {
		this.client.requestPreemption("worker-1", "task-123", "busy");
		this.client.shutdownAgent("worker-1");
		this.client.shutdownAgent("worker-2", Duration.ofSeconds(3));
		this.client.purgeActivity("worker-1", List.of("b", "a"));
		this.client.purgeAllActivity("worker-2");
		assertThat(this.scheduler).hasReceivedPreemption("task-123").forAgent("worker-1").withReason("busy");
		assertThat(this.scheduler).hasReceivedShutdown("worker-1").withGracePeriod(null);
		assertThat(this.scheduler).hasReceivedShutdown("worker-2").withGracePeriod(Duration.ofSeconds(3));
		assertThat(this.scheduler).hasReceivedPurge("worker-1").ofTasks("a", "b").ofTasks("b", "a", "b");
		assertThat(this.scheduler).hasReceivedPurge("worker-2").ofAllTasks();
		assertFailure(() -> assertThat(this.scheduler).hasReceivedPurge("worker-2").ofTasks("a"))
			.withMessageContaining("but there was none of tasks [a].");
		assertFailure(() -> assertThat(this.scheduler).hasReceivedPurge("worker-1").ofAllTasks())
			.withMessageContaining("but there was none of all tasks.");
		assertFailure(() -> assertThat(this.scheduler).hasReceivedShutdown("worker-1").withGracePeriod(Duration.ZERO))
			.withMessageContaining("but found grace period \"default\".");
		assertThat(this.scheduler).hasNotReceived(Rpc.SUBMIT_TASK);
		assertFailure(() -> assertThat(this.scheduler).hasNotReceived(Rpc.PURGE_ACTIVITY))
			.withMessageContaining("taskIds=[b, a]");
	}

	@Test
	void findsMetadataAndDoesNotTellTokens() {
		this.client.withMetadata("x-tenant", "acme")
			.withMetadata("authorization", "Bearer s3cret")
			.pollActivityBuffer("a");
		CallAssert call = assertThat(this.scheduler).hasReceived(Rpc.POLL_ACTIVITY_BUFFER)
			.withMetadata("x-tenant", "acme")
			.withMetadata("authorization", "Bearer s3cret");
		assertFailure(() -> call.withMetadata("x-tenant", "other"))
			.withMessageContaining("but found metadata x-tenant [acme].");
		assertFailure(() -> call.withMetadata("x-other", "other"))
			.withMessageContaining("but found metadata x-other [].");
		assertFailure(() -> call.withMetadata("authorization", "Bearer other"))
			.satisfies((failure) -> assertThat(failure.getMessage())
				.contains("but there was none with metadata authorization.")
				.doesNotContain("s3cret")
				.doesNotContain("Bearer"));
	}

	@Test
	void findsCallsThatFailedWithAFaultAndFaultsThatWereNotUsed() {
		this.scheduler.faults().on(Rpc.SUBMIT_TASK).times(2).fail(Status.UNAVAILABLE);
		assertThatExceptionOfType(SchedulerUnavailableException.class).isThrownBy(() -> submit("task-123"));
		assertThat(this.scheduler).hasReceived(Rpc.SUBMIT_TASK)
			.ofTask("task-123")
			.withFault()
			.withStatus(Status.Code.UNAVAILABLE);
		assertFailure(() -> assertThat(this.scheduler).hasNoUnusedFaults())
			.withMessageContaining("SubmitTask (1 unused)")
			.withMessageContaining("fault: fail with UNAVAILABLE");
		assertThatExceptionOfType(SchedulerUnavailableException.class).isThrownBy(() -> submit("task-123"));
		assertThat(this.scheduler).hasNoUnusedFaults().hasNotAccepted("task-123");
	}

	@Test
	void tellsThatThereWereNoCalls() {
		assertThat(this.scheduler).hasReceivedNothing();
		assertFailure(() -> assertThat(this.scheduler).hasAccepted("task-123")).withMessageContaining("All calls:")
			.withMessageContaining("  none");
		submit("task-123");
		assertFailure(() -> assertThat(this.scheduler).hasReceivedNothing())
			.withMessageContaining("Expecting no call, but found:");
	}

	@Test
	void listsTheLastCallsOnly() {
		for (int i = 0; i < 53; i++) {
			this.client.pollActivityBuffer("worker-" + i);
		}
		assertFailure(() -> assertThat(this.scheduler).hasAccepted("task-123"))
			.withMessageContaining("  ... (3 older calls)")
			.withMessageContaining("worker-52")
			.withMessageNotContaining("worker-2\"");
	}

	private void submit(String taskId) {
		this.client.submitTask(TaskSubmission.forAgent("worker-1")
			.taskId(taskId)
			.priority(5)
			.scope("global.resource")
			.params("{\"action\":\"process\"}")
			.build());
	}

	private static String lines(String... lines) {
		return "(?s)" + String.join("\\R", lines).replace(".*", "[^\\n]*");
	}

	private static ThrowableAssertAlternative<AssertionError> assertFailure(ThrowingCallable assertion) {
		return assertThatExceptionOfType(AssertionError.class).isThrownBy(assertion);
	}

}
