package io.sw4rm.scheduler.embedded;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

import com.google.protobuf.ByteString;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.sw4rm.scheduler.embedded.ScheduledTask.State;
import io.sw4rm.scheduler.proto.ActivityEntry;
import io.sw4rm.scheduler.proto.SubmitTaskResponse;

import static io.sw4rm.scheduler.embedded.TestClient.task;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.tuple;

class SubmitTaskTests {

	@AutoClose
	private final EmbeddedScheduler scheduler = EmbeddedScheduler.builder()
		.clock(new ManualClock())
		.maxTasks(5)
		.maxActivityEntries(4)
		.maxActivityEntriesPerAgent(3)
		.start();

	@AutoClose
	private final TestClient client = new TestClient(this.scheduler);

	private final EmbeddedAgent worker = this.scheduler.agent("worker-1");

	@Test
	void acceptedTaskIsQueuedAsSubmitted() {
		SubmitTaskResponse response = this.client.submit(task("worker-1", "task-123").setPriority(5)
			.setScope("global.resource")
			.setParams(ByteString.copyFromUtf8("<a/>"))
			.setContentType("application/xml"));
		assertThat(response).isEqualTo(SubmitTaskResponse.newBuilder().setAccepted(true).build());
		assertThat(this.worker.queued()).containsExactly(
				new ScheduledTask("worker-1", "task-123", 5, "global.resource", ByteString.copyFromUtf8("<a/>"),
						"application/xml", Instant.parse("2026-01-10T12:00:00Z"), State.QUEUED, null, null));
	}

	@Test
	void acceptedTaskIsWrittenIntoTheActivityBuffer() {
		this.client.submit(task("worker-1", "task-123").setPriority(5));
		assertThat(this.client.poll("worker-1")).containsExactly(ActivityEntry.newBuilder()
			.setTaskId("task-123")
			.setDescription("submitted with priority 5")
			.setTimestamp("2026-01-10T12:00:00Z")
			.build());
	}

	@Test
	void taskWithoutIdGetsAUuid() {
		this.client.submit(task("worker-1", ""));
		this.client.submit(task("worker-1", ""));
		assertThat(this.worker.queued()).extracting(ScheduledTask::taskId)
			.doesNotHaveDuplicates()
			.hasSize(2)
			.allSatisfy((id) -> assertThat(UUID.fromString(id)).hasToString(id));
	}

	@Test
	void taskWithoutContentTypeIsJson() {
		this.client.submit(task("worker-1", "t"));
		assertThat(this.worker.queued()).extracting(ScheduledTask::contentType).containsExactly("application/json");
	}

	@ParameterizedTest
	@ValueSource(ints = { -19, 0, 20 })
	void acceptsPriorityInRange(int priority) {
		assertThat(this.client.submit(task("worker-1", "t").setPriority(priority)).getAccepted()).isTrue();
		assertThat(this.worker.queued()).extracting(ScheduledTask::priority).containsExactly(priority);
	}

	@ParameterizedTest
	@ValueSource(ints = { -20, 21, Integer.MIN_VALUE, Integer.MAX_VALUE })
	void priorityOutOfRangeIsAnInvalidArgument(int priority) {
		assertThatExceptionOfType(StatusRuntimeException.class)
			.isThrownBy(() -> this.client.submit(task("worker-1", "t").setPriority(priority)))
			.satisfies((ex) -> {
				assertThat(ex.getStatus().getCode()).isEqualTo(Code.INVALID_ARGUMENT);
				assertThat(ex.getStatus().getDescription())
					.isEqualTo("priority must be in range [-19, 20], got " + priority);
			});
		assertThat(this.scheduler.agentIds()).isEmpty();
	}

	@Test
	void refusesTaskIdThatIsStillQueuedOrRunningOnAnyAgent() {
		this.client.submit(task("worker-1", "t"));
		SubmitTaskResponse whileQueued = this.client.submit(task("worker-2", "t"));
		assertThat(whileQueued.getAccepted()).isFalse();
		assertThat(whileQueued.getReason()).contains("\"t\"", "queued");
		this.worker.takeNext();
		SubmitTaskResponse whileRunning = this.client.submit(task("worker-1", "t"));
		assertThat(whileRunning.getAccepted()).isFalse();
		assertThat(whileRunning.getReason()).contains("\"t\"", "running");
		assertThat(this.scheduler.agentIds()).containsExactly("worker-1");
	}

	@Test
	void acceptsTaskIdThatHasFinished() {
		this.client.submit(task("worker-1", "t"));
		this.worker.takeNext();
		this.worker.complete("t");
		assertThat(this.client.submit(task("worker-2", "t")).getAccepted()).isTrue();
	}

	@Test
	void refusesTasksBeyondTheLimitUntilOneHasFinished() {
		for (String agent : new String[] { "a", "b", "c", "d", "e" }) {
			assertThat(this.client.submit(task(agent, agent)).getAccepted()).isTrue();
			this.client.purge(agent);
		}
		SubmitTaskResponse refused = this.client.submit(task("f", "f"));
		assertThat(refused.getAccepted()).isFalse();
		assertThat(refused.getReason()).startsWith("too many tasks").contains("5 of 5");
		this.scheduler.agent("a").takeNext();
		assertThat(this.client.submit(task("f", "f")).getAccepted()).isFalse();
		this.scheduler.agent("a").complete("a");
		assertThat(this.client.submit(task("f", "f")).getAccepted()).isTrue();
	}

	@Test
	void acceptsTaskWithoutActivityEntryWhenTheBufferOfItsAgentIsFull() {
		for (int i = 0; i < 5; i++) {
			assertThat(this.client.submit(task("worker-1", "t" + i)))
				.isEqualTo(SubmitTaskResponse.newBuilder().setAccepted(true).build());
		}
		assertThat(this.client.poll("worker-1")).extracting(ActivityEntry::getTaskId).containsExactly("t0", "t1", "t2");
		assertThat(this.worker.queued()).hasSize(5);
		assertThat(this.scheduler.refusedActivityEntries()).isEqualTo(2);
	}

	@Test
	void acceptsTaskWithoutActivityEntryWhenTheBufferOfAllAgentsIsFull() {
		for (String agent : new String[] { "a", "b", "c", "d", "e" }) {
			assertThat(this.client.submit(task(agent, agent)).getAccepted()).isTrue();
		}
		assertThat(this.client.poll("e")).isEmpty();
		assertThat(this.scheduler.agent("e").queued()).hasSize(1);
		assertThat(this.scheduler.refusedActivityEntries()).isOne();
	}

	@Test
	void writesActivityEntriesAgainOnceThereIsRoom() {
		for (int i = 0; i < 4; i++) {
			this.client.submit(task("worker-1", "t" + i));
		}
		this.client.purge("worker-1", "t1");
		this.client.submit(task("worker-1", "t4"));
		assertThat(this.client.poll("worker-1")).extracting(ActivityEntry::getTaskId).containsExactly("t0", "t2", "t4");
		assertThat(this.scheduler.refusedActivityEntries()).isOne();
	}

	@Test
	void logsTheFirstRefusedActivityEntryOnly() {
		List<String> messages = new CopyOnWriteArrayList<>();
		Logger logger = Logger.getLogger(SchedulerState.class.getName());
		Handler handler = new MessageRecorder(messages);
		logger.addHandler(handler);
		logger.setUseParentHandlers(false);
		try {
			for (int i = 0; i < 5; i++) {
				this.client.submit(task("worker-1", "t" + i));
			}
		}
		finally {
			logger.setUseParentHandlers(true);
			logger.removeHandler(handler);
		}
		assertThat(messages).singleElement().asString().startsWith("activity_buffer_full").contains("worker-1", "3");
	}

	@Test
	void moreImportantTaskAsksTheLeastImportantRunningTaskOfItsAgentToYield() {
		submitAndTake("worker-1", "middle", 3);
		submitAndTake("worker-1", "least", 1);
		submitAndTake("worker-2", "elsewhere", 0);
		this.client.submit(task("worker-1", "urgent").setPriority(9));
		assertThat(this.scheduler.running()).filteredOn(ScheduledTask::preemptionRequested)
			.singleElement()
			.satisfies((task) -> {
				assertThat(task.taskId()).isEqualTo("least");
				assertThat(task.preemptionReason()).isEqualTo("task \"urgent\" with priority 9 is more important");
			});
	}

	@Test
	void equallyImportantTaskAsksNobodyToYield() {
		submitAndTake("worker-1", "running", 3);
		this.client.submit(task("worker-1", "equal").setPriority(3));
		assertThat(this.worker.running()).noneMatch(ScheduledTask::preemptionRequested);
	}

	@Test
	void eachMoreImportantTaskAsksAnotherRunningTaskToYield() {
		submitAndTake("worker-1", "middle", 3);
		submitAndTake("worker-1", "least", 1);
		this.client.submit(task("worker-1", "urgent").setPriority(9));
		this.client.submit(task("worker-1", "urgent-too").setPriority(8));
		this.client.submit(task("worker-1", "one-too-many").setPriority(20));
		assertThat(this.worker.running()).extracting(ScheduledTask::taskId, ScheduledTask::preemptionReason)
			.containsExactly(tuple("middle", "task \"urgent-too\" with priority 8 is more important"),
					tuple("least", "task \"urgent\" with priority 9 is more important"));
	}

	@Test
	void asksNobodyToYieldWhenAllLessImportantTasksAreAskedAlready() {
		submitAndTake("worker-1", "middle", 5);
		submitAndTake("worker-1", "least", 1);
		this.client.preempt("worker-1", "least", "by hand");
		this.client.submit(task("worker-1", "not-so-urgent").setPriority(4));
		assertThat(this.worker.running()).extracting(ScheduledTask::preemptionReason).containsExactly(null, "by hand");
	}

	@Test
	void taskThatYieldedAndRunsAgainCanBeAskedAgain() {
		submitAndTake("worker-1", "running", 1);
		this.client.submit(task("worker-1", "urgent").setPriority(9));
		this.worker.yieldTask("running");
		this.worker.takeNext();
		this.worker.complete("urgent");
		this.worker.takeNext();
		this.client.submit(task("worker-1", "urgent-too").setPriority(8));
		assertThat(this.worker.running()).extracting(ScheduledTask::preemptionReason)
			.containsExactly("task \"urgent-too\" with priority 8 is more important");
	}

	private void submitAndTake(String agentId, String taskId, int priority) {
		this.client.submit(task(agentId, taskId).setPriority(priority));
		assertThat(this.scheduler.agent(agentId).takeNext()).isPresent();
	}

	private static final class MessageRecorder extends Handler {

		private final List<String> messages;

		private MessageRecorder(List<String> messages) {
			this.messages = messages;
		}

		@Override
		public void publish(LogRecord logRecord) {
			this.messages.add(logRecord.getMessage());
		}

		@Override
		public void flush() {
		}

		@Override
		public void close() {
		}

	}

}
