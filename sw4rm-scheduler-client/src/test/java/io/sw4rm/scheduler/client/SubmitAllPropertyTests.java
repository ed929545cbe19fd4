package io.sw4rm.scheduler.client;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;

import io.grpc.Status;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ArgumentsSource;

import io.sw4rm.scheduler.proto.SubmitTaskRequest;
import io.sw4rm.scheduler.proto.SubmitTaskResponse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for batches with any number of tasks, any options and any answers.
 */
@ExtendWith(AnyValues.class)
@Timeout(120)
class SubmitAllPropertyTests {

	private static final TestScheduler scheduler = new TestScheduler();

	@BeforeAll
	static void startScheduler() throws IOException {
		scheduler.start();
	}

	@AfterAll
	static void stopScheduler() throws InterruptedException {
		scheduler.close();
	}

	@BeforeEach
	void reset() {
		scheduler.reset();
	}

	@ParameterizedTest
	@ArgumentsSource(AnyValues.class)
	void eachTaskHasOneOutcome(ClientStyle style, int tasks, int maxInFlight, int limit, boolean ordered,
			boolean stopping, int answers) {
		scheduler.answers((request) -> {
			int answer = (((SubmitTaskRequest) request).getTaskId().hashCode() ^ answers) % 16;
			if (answer == 0) {
				throw Status.UNAVAILABLE.asRuntimeException();
			}
			return SubmitTaskResponse.newBuilder().setAccepted(answer != 1).build();
		});
		List<TaskSubmission> submissions = SubmitAllTests.tasks(Math.floorMod(tasks, 200));
		List<TaskOutcome> told = new ArrayList<>();
		List<BatchProgress> progress = new ArrayList<>();
		BatchOptions options = BatchOptions.defaults()
			.withMaxInFlight(Math.floorMod(maxInFlight, 30) + 1)
			.withListener((outcome, soFar) -> {
				told.add(outcome);
				progress.add(soFar);
			});
		if (ordered) {
			options = options.inOrder();
		}
		if (stopping) {
			options = options.stopOnFailure();
		}
		SchedulerClientBuilder builder = SchedulerClient.builder(scheduler.channel())
			.maxInFlight(Math.floorMod(limit, 30) + 1);
		List<TaskOutcome> outcomes = style.build(builder).submitAll(submissions, options).toList();
		assertThat(outcomes).hasSameSizeAs(submissions).containsExactlyInAnyOrderElementsOf(told);
		assertThat(outcomes.stream().mapToLong(TaskOutcome::index).sorted())
			.containsExactlyElementsOf(LongStream.range(0, submissions.size()).boxed().toList());
		if (ordered) {
			assertThat(outcomes).extracting(TaskOutcome::submission).isEqualTo(submissions);
		}
		assertThat(scheduler.calls()).hasSize((int) count(outcomes, TaskOutcome.Status.ACCEPTED)
				+ (int) count(outcomes, TaskOutcome.Status.REFUSED) + (int) count(outcomes, TaskOutcome.Status.FAILED));
		if (!stopping || count(outcomes, TaskOutcome.Status.FAILED) == 0) {
			assertThat(count(outcomes, TaskOutcome.Status.NOT_SENT)).isZero();
		}
		if (!submissions.isEmpty()) {
			assertThat(progress).last()
				.isEqualTo(new BatchProgress(count(outcomes, TaskOutcome.Status.ACCEPTED),
						count(outcomes, TaskOutcome.Status.REFUSED), count(outcomes, TaskOutcome.Status.FAILED),
						count(outcomes, TaskOutcome.Status.NOT_SENT), 0));
		}
	}

	@ParameterizedTest
	@ArgumentsSource(AnyValues.class)
	void keepsOrRefusesLimit(int maxInFlight) {
		if (maxInFlight < 1 || maxInFlight > 65536) {
			assertThatIllegalArgumentException().isThrownBy(() -> BatchOptions.defaults().withMaxInFlight(maxInFlight))
				.withMessage("maxInFlight must be in range [1, 65536], got " + maxInFlight);
			return;
		}
		assertThat(BatchOptions.defaults().withMaxInFlight(maxInFlight).maxInFlight()).isEqualTo(maxInFlight);
	}

	private static long count(List<TaskOutcome> outcomes, TaskOutcome.Status status) {
		return outcomes.stream().filter((outcome) -> outcome.status() == status).count();
	}

}
