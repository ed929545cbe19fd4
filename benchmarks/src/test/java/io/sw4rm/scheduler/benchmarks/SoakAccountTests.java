package io.sw4rm.scheduler.benchmarks;

import java.time.Duration;
import java.time.Instant;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import org.junit.jupiter.api.Test;

import io.sw4rm.scheduler.client.SchedulerException;
import io.sw4rm.scheduler.client.SchedulerOperation;
import io.sw4rm.scheduler.client.SubmitTaskResult;
import io.sw4rm.scheduler.client.TaskSubmission;
import io.sw4rm.scheduler.embedded.ScheduledTask;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SoakAccount}.
 */
class SoakAccountTests {

	private static final Duration LONG = Duration.ofHours(1);

	private SoakAccount account = account(false, LONG);

	@Test
	void balancesWhenEveryCallIsAnswered() {
		assertThat(this.account.broken()).isEmpty();
	}

	@Test
	void noticesCallThatNeverEnds() {
		begin(this.account);
		assertThat(this.account.lost()).isOne();
		assertThat(this.account.broken()).containsExactly("calls lost must be 0, got 1");
		assertThat(this.account).asString().contains("lost: SubmitTask 5 with a deadline of PT1H");
	}

	@Test
	void noticesCallThatEndsLongAfterItsDeadline() {
		this.account = account(false, LONG.negated());
		assertThat(this.account.lost()).isEqualTo(SchedulerOperation.values().length);
	}

	@Test
	void noticesCallThatEndsTwice() {
		SoakAccount.Call call = begin(this.account);
		call.cancelled();
		call.cancelled();
		assertThat(this.account.broken()).containsExactly("incorrect answers must be 0, got 1");
	}

	@Test
	void noticesTaskThatArrivesTwice() {
		this.account.arrived("task-0");
		this.account.arrived("task-0");
		this.account.arrived("task-0");
		assertThat(this.account.broken()).containsExactly("tasks that arrived more than once must be 0, got 1");
	}

	@Test
	void onlyCountsTasksThatArriveTwiceWhereTheyMay() {
		this.account = account(true, LONG);
		this.account.arrived("task-0");
		this.account.arrived("task-0");
		assertThat(this.account.duplicates()).isOne();
		assertThat(this.account.broken()).isEmpty();
	}

	@Test
	void noticesAcceptedTaskThatNoSchedulerHad() {
		SoakAccount.Call call = begin(this.account);
		SoakTask task = new SoakTask(call.number());
		call.answered(new SubmitTaskResult(task.id(), true, ""), null);
		assertThat(this.account.broken())
			.containsExactly("tasks reported as accepted that no scheduler accepted must be 0, got 1");
		this.account.held(scheduled(task.submission()));
		assertThat(this.account.broken()).isEmpty();
	}

	@Test
	void noticesTaskThatChangedOnItsWay() {
		TaskSubmission submission = new SoakTask(1).submission();
		this.account.held(scheduled(TaskSubmission.forAgent(submission.agentId())
			.taskId(submission.taskId())
			.priority(submission.priority())
			.params(ByteString.copyFromUtf8("other"))
			.contentType(submission.contentType())
			.build()));
		assertThat(this.account.broken()).containsExactly("incorrect answers must be 0, got 1");
	}

	@Test
	void noticesWrongAnswer() {
		begin(this.account).answered("answer", "not what was asked for");
		assertThat(this.account.broken()).containsExactly("incorrect answers must be 0, got 1");
		assertThat(this.account).asString().contains("incorrect: not what was asked for");
	}

	@Test
	void noticesFailureThatNoFaultExplains() {
		begin(this.account).failed(failure(Status.INTERNAL));
		begin(this.account).failed(failure(Status.UNKNOWN));
		begin(this.account).failed(failure(Status.CANCELLED));
		begin(this.account).failed(new NullPointerException());
		assertThat(this.account.mistakes()).isEqualTo(4);
	}

	@Test
	void takesFailuresThatFaultsExplain() {
		begin(this.account).failed(failure(Status.UNAVAILABLE));
		begin(this.account).failed(failure(Status.DEADLINE_EXCEEDED));
		begin(this.account)
			.failed(failure(Status.CANCELLED.withDescription("RST_STREAM closed stream. HTTP/2 error code: CANCEL")));
		assertThat(this.account.broken()).isEmpty();
		assertThat(this.account).asString().containsPattern("SchedulerException UNAVAILABLE +1");
	}

	@Test
	void noticesWhatTheMetricsSay() {
		this.account.metered(1, this.account.begun() - 1);
		assertThat(this.account.broken()).containsExactly("calls in flight at the end must be 0, got 1",
				"difference between calls and metrics must be 0, got -1");
	}

	@Test
	void noticesThreadThatDoesNotEnd() {
		this.account.footprints(new Footprint(1, 7), new Footprint(1, 8));
		assertThat(this.account.broken())
			.containsExactly("no threads must be left, got 7 at the start and 8 at the end");
	}

	@Test
	void noticesOperationThatWasNeverAnswered() {
		assertThat(new SoakAccount(false, LONG).broken()).contains("no PurgeActivity was answered");
	}

	/**
	 * Return an account in which each operation was answered once.
	 */
	private static SoakAccount account(boolean duplicatesAllowed, Duration grace) {
		SoakAccount account = new SoakAccount(duplicatesAllowed, grace);
		for (SchedulerOperation operation : SchedulerOperation.values()) {
			account.begin(operation, Duration.ZERO).answered("answer", null);
		}
		account.metered(0, account.begun());
		return account;
	}

	private static SoakAccount.Call begin(SoakAccount account) {
		SoakAccount.Call call = account.begin(SchedulerOperation.SUBMIT_TASK, LONG);
		account.metered(0, account.begun());
		return call;
	}

	private static SchedulerException failure(Status status) {
		return new SchedulerException(SchedulerOperation.SUBMIT_TASK, "localhost:1", "id", status.asRuntimeException());
	}

	private static ScheduledTask scheduled(TaskSubmission task) {
		return new ScheduledTask(task.agentId(), task.taskId(), task.priority(), task.scope(),
				(ByteString) task.params(), task.contentType(), Instant.EPOCH, ScheduledTask.State.QUEUED, null, null);
	}

}
