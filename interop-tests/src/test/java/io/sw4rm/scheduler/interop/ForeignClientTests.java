package io.sw4rm.scheduler.interop;

import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.jupiter.params.provider.ValueSource;

import io.sw4rm.scheduler.embedded.EmbeddedAgent;
import io.sw4rm.scheduler.embedded.EmbeddedScheduler;
import io.sw4rm.scheduler.embedded.Rpc;
import io.sw4rm.scheduler.embedded.ScheduledTask;
import io.sw4rm.scheduler.interop.ForeignClient.Outcome;
import io.sw4rm.scheduler.proto.ActivityEntry;
import io.sw4rm.scheduler.proto.PollActivityBufferRequest;
import io.sw4rm.scheduler.proto.PollActivityBufferResponse;
import io.sw4rm.scheduler.proto.PreemptRequest;
import io.sw4rm.scheduler.proto.PreemptResponse;
import io.sw4rm.scheduler.proto.PurgeActivityRequest;
import io.sw4rm.scheduler.proto.PurgeActivityResponse;
import io.sw4rm.scheduler.proto.SchedulerServiceGrpc;
import io.sw4rm.scheduler.proto.ShutdownAgentRequest;
import io.sw4rm.scheduler.proto.ShutdownAgentResponse;
import io.sw4rm.scheduler.proto.SubmitTaskRequest;
import io.sw4rm.scheduler.proto.SubmitTaskResponse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for the embedded scheduler with clients in other languages.
 */
class ForeignClientTests extends InteropTests {

	private static final SubmitTaskRequest SUBMISSION = SubmitTaskRequest.newBuilder()
		.setAgentId("worker-1")
		.setTaskId("task-123")
		.build();

	private static final Executor NEW_THREAD = (task) -> new Thread(task).start();

	private ForeignClient client;

	private EmbeddedScheduler scheduler;

	private ReceivedCall received;

	@Override
	List<String> roles() {
		return List.of("client");
	}

	@BeforeEach
	void start() {
		if (this.client == null) {
			this.client = new ForeignClient(this.language);
		}
		this.received = new ReceivedCall();
		// An idle client in Python does not notice that the scheduler stops
		this.scheduler = EmbeddedScheduler.builder()
			.intercept(this.received)
			.shutdownGracePeriod(Duration.ZERO)
			.start();
	}

	@AfterEach
	void stopScheduler() {
		if (this.scheduler != null) {
			this.scheduler.close();
		}
	}

	@AfterParameterizedClassInvocation
	void stopClient() {
		if (this.client != null) {
			this.client.close();
			this.client = null;
		}
	}

	@Test
	void callsAllOperations() {
		SubmitTaskRequest submission = SUBMISSION.toBuilder()
			.setPriority(5)
			.setScope("global.resource")
			.setParams(ByteString.copyFromUtf8("{\"action\": \"process\"}"))
			.setContentType("application/json")
			.build();
		EmbeddedAgent agent = this.scheduler.agent("worker-1");
		assertThat(submit(submission)).isEqualTo(SubmitTaskResponse.newBuilder().setAccepted(true).build());
		assertThat(agent.takeNext()).hasValueSatisfying((task) -> assertThat(task)
			.isEqualTo(new ScheduledTask("worker-1", "task-123", 5, "global.resource", submission.getParams(),
					"application/json", task.submittedAt(), ScheduledTask.State.RUNNING, null, null)));
		assertThat(submit(submission).getReason())
			.isEqualTo("task \"task-123\" is already running; choose another task_id or wait until it has finished");
		assertThat(succeed(SchedulerServiceGrpc.getRequestPreemptionMethod(),
				PreemptRequest.newBuilder()
					.setAgentId("worker-1")
					.setTaskId("task-123")
					.setReason("Higher priority task arrived")
					.build()))
			.isEqualTo(PreemptResponse.newBuilder().setEnqueued(true).build());
		assertThat(agent.running()).singleElement()
			.extracting(ScheduledTask::preemptionReason)
			.isEqualTo("Higher priority task arrived");
		assertThat(poll("worker-1").getEntriesList()).extracting(ActivityEntry::getTaskId).containsExactly("task-123");
		assertThat(succeed(SchedulerServiceGrpc.getPurgeActivityMethod(),
				PurgeActivityRequest.newBuilder().setAgentId("worker-1").addTaskIds("task-123").build()))
			.isEqualTo(PurgeActivityResponse.newBuilder().setPurged(1).build());
		assertThat(agent.activity()).isEmpty();
		assertThat(succeed(SchedulerServiceGrpc.getShutdownAgentMethod(),
				ShutdownAgentRequest.newBuilder().setAgentId("worker-1").build()))
			.isEqualTo(ShutdownAgentResponse.newBuilder().setOk(true).build());
		assertThat(agent.isShutDown()).isTrue();
	}

	@Test
	void transfersEmptyTexts() {
		assertThat(submit(SubmitTaskRequest.newBuilder().setAgentId("worker-1").build()).getAccepted()).isTrue();
		ScheduledTask task = this.scheduler.queued().get(0);
		assertThat(task.taskId()).isNotEmpty();
		assertThat(task.scope()).isEmpty();
		assertThat(task.params()).isEqualTo(ByteString.EMPTY);
		assertThat(task.contentType()).isEqualTo("application/json");
		this.scheduler.agent("worker-2").recordActivity((entry) -> entry.taskId("task-123"));
		assertThat(poll("worker-2").getEntriesList()).singleElement()
			.satisfies((entry) -> assertThat(entry.getDescription()).isEmpty());
	}

	@ParameterizedTest
	@ValueSource(strings = { "日本語", "👩‍🚀 🇪🇺", "\uFEFFa\u0000\uDBFF\uDFFF" })
	void transfersUnicode(String text) {
		submit(SUBMISSION.toBuilder().setAgentId(text).setTaskId(text).setScope(text).build());
		assertThat(this.scheduler.queued()).singleElement().satisfies((task) -> {
			assertThat(task.agentId()).isEqualTo(text);
			assertThat(task.taskId()).isEqualTo(text);
			assertThat(task.scope()).isEqualTo(text);
		});
		this.scheduler.agent("worker-2").recordActivity((entry) -> entry.taskId("task-1").description(text));
		assertThat(poll("worker-2").getEntries(0).getDescription()).isEqualTo(text);
	}

	@Test
	void transfersOneMegabyte() {
		submit(SUBMISSION.toBuilder().setParams(ONE_MEGABYTE).build());
		assertThat(this.scheduler.queued()).singleElement().extracting(ScheduledTask::params).isEqualTo(ONE_MEGABYTE);
	}

	@ParameterizedTest
	@ValueSource(ints = { -19, 0, 20 })
	void transfersPriority(int priority) {
		submit(SUBMISSION.toBuilder().setPriority(priority).build());
		assertThat(this.scheduler.queued()).singleElement().extracting(ScheduledTask::priority).isEqualTo(priority);
	}

	@Test
	void transfersGracePeriodOfZeroAndNone() {
		submit(SUBMISSION.toBuilder().setTaskId("task-1").setAgentId("worker-1").build());
		submit(SUBMISSION.toBuilder().setTaskId("task-2").setAgentId("worker-2").build());
		EmbeddedAgent zero = this.scheduler.agent("worker-1");
		EmbeddedAgent none = this.scheduler.agent("worker-2");
		zero.takeNext();
		none.takeNext();
		succeed(SchedulerServiceGrpc.getShutdownAgentMethod(),
				ShutdownAgentRequest.newBuilder()
					.setAgentId("worker-1")
					.setGracePeriod(com.google.protobuf.Duration.getDefaultInstance())
					.build());
		succeed(SchedulerServiceGrpc.getShutdownAgentMethod(),
				ShutdownAgentRequest.newBuilder().setAgentId("worker-2").build());
		assertThat(zero.running()).isEmpty();
		assertThat(none.running()).hasSize(1);
	}

	@Test
	void rejectsInvalidPriority() {
		Outcome<SubmitTaskResponse> outcome = call(SUBMISSION.toBuilder().setPriority(21).build());
		assertThat(outcome.code()).isEqualTo(Status.Code.INVALID_ARGUMENT);
		assertThat(outcome.details()).isEqualTo("priority must be in range [-19, 20], got 21");
	}

	@Test
	void transfersMetadata() {
		Map<String, String> metadata = Map.of("x-correlation-id", "a2f8b6a0-6f5e-4c0e-9a55-0d2f9a1f6c11",
				"authorization", "Bearer token-1", "x-tenant", "acme, inc.");
		this.client.call(this.scheduler.address(), SchedulerServiceGrpc.getSubmitTaskMethod(), SUBMISSION, metadata,
				10);
		metadata.forEach((name, value) -> assertThat(this.received.header(name)).isEqualTo(value));
		assertThat(this.received.header("user-agent")).startsWith(this.language.userAgent());
	}

	@Test
	void transfersDeadline() {
		this.client.call(this.scheduler.address(), SchedulerServiceGrpc.getSubmitTaskMethod(), SUBMISSION, Map.of(),
				60);
		assertThat(this.received.remaining).isBetween(Duration.ofSeconds(30), Duration.ofSeconds(60));
	}

	@Test
	void failsIfDeadlineExpires() {
		this.scheduler.faults().on(Rpc.SUBMIT_TASK).hang();
		assertThat(this.client
			.call(this.scheduler.address(), SchedulerServiceGrpc.getSubmitTaskMethod(), SUBMISSION, Map.of(), 0.3)
			.code()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
	}

	@ParameterizedTest
	@EnumSource(mode = Mode.EXCLUDE, names = "OK")
	void reportsStatusCodes(Status.Code code) {
		this.scheduler.faults().on(Rpc.SUBMIT_TASK).fail(code.toStatus().withDescription("not today"));
		Outcome<SubmitTaskResponse> outcome = call(SUBMISSION);
		assertThat(outcome.code()).isEqualTo(code);
		assertThat(outcome.details()).isEqualTo("not today");
	}

	@Test
	void transfersSpecialStatusMessage() {
		String message = "\t\n100 % of buffer used ☺\r\n\uD83D\uDE08\t\n";
		this.scheduler.faults().on(Rpc.SUBMIT_TASK).fail(Status.RESOURCE_EXHAUSTED.withDescription(message));
		assertThat(call(SUBMISSION).details()).isEqualTo(message);
	}

	@Test
	void failsIfConnectionIsLost() {
		this.scheduler.faults().on(Rpc.SUBMIT_TASK).dropConnection();
		assertThat(call(SUBMISSION).code()).isEqualTo(Status.Code.UNAVAILABLE);
		assertThat(this.scheduler.queued()).hasSize(1);
	}

	@Test
	void completesCallsInFlightWhenSchedulerStops() {
		PollActivityBufferRequest request = PollActivityBufferRequest.newBuilder().setAgentId("worker-1").build();
		Outcome<PollActivityBufferResponse> outcome = callWhileStopping(
				SchedulerServiceGrpc.getPollActivityBufferMethod(), request);
		assertThat(outcome.code()).isEqualTo(Status.Code.OK);
	}

	@Test
	void refusesTasksWhileDraining() {
		Outcome<SubmitTaskResponse> outcome = callWhileStopping(SchedulerServiceGrpc.getSubmitTaskMethod(), SUBMISSION);
		assertThat(outcome.response()).isEqualTo(SubmitTaskResponse.newBuilder()
			.setReason("the scheduler is shutting down and accepts no new tasks")
			.build());
	}

	@Test
	void checksHealth() {
		HealthCheckRequest request = HealthCheckRequest.newBuilder()
			.setService(SchedulerServiceGrpc.SERVICE_NAME)
			.build();
		assertThat(succeed(HealthGrpc.getCheckMethod(), request)).extracting(HealthCheckResponse::getStatus)
			.isEqualTo(ServingStatus.SERVING);
		this.scheduler.setServing(false);
		assertThat(succeed(HealthGrpc.getCheckMethod(), request)).extracting(HealthCheckResponse::getStatus)
			.isEqualTo(ServingStatus.NOT_SERVING);
	}

	private SubmitTaskResponse submit(SubmitTaskRequest request) {
		return succeed(SchedulerServiceGrpc.getSubmitTaskMethod(), request);
	}

	private PollActivityBufferResponse poll(String agentId) {
		return succeed(SchedulerServiceGrpc.getPollActivityBufferMethod(),
				PollActivityBufferRequest.newBuilder().setAgentId(agentId).build());
	}

	private <Q extends Message, S extends Message> S succeed(MethodDescriptor<Q, S> method, Q request) {
		Outcome<S> outcome = this.client.call(this.scheduler.address(), method, request);
		assertThat(outcome.code()).as(outcome.details()).isEqualTo(Status.Code.OK);
		return outcome.response();
	}

	private Outcome<SubmitTaskResponse> call(SubmitTaskRequest request) {
		return this.client.call(this.scheduler.address(), SchedulerServiceGrpc.getSubmitTaskMethod(), request);
	}

	/**
	 * Call a scheduler that handles the call only after it has begun to stop.
	 */
	private <Q extends Message, S extends Message> Outcome<S> callWhileStopping(MethodDescriptor<Q, S> method,
			Q request) {
		this.received.handled = new CountDownLatch(1);
		try (EmbeddedScheduler stopping = EmbeddedScheduler.builder()
			.shutdownGracePeriod(Duration.ofSeconds(10))
			.intercept(this.received)
			.start()) {
			CompletableFuture<Outcome<S>> inFlight = CompletableFuture
				.supplyAsync(() -> this.client.call(stopping.address(), method, request), NEW_THREAD);
			await().until(() -> this.received.headers != null);
			CompletableFuture<Void> stopped = CompletableFuture.runAsync(stopping::close, NEW_THREAD);
			await().until(() -> !isListening(stopping.port()));
			this.received.handled.countDown();
			Outcome<S> outcome = inFlight.join();
			stopped.join();
			assertThat(this.client.call(stopping.address(), method, request).code()).isEqualTo(Status.Code.UNAVAILABLE);
			return outcome;
		}
	}

	private static boolean isListening(int port) {
		try {
			new Socket("localhost", port).close();
			return true;
		}
		catch (IOException ex) {
			return false;
		}
	}

	/**
	 * The last call, as the scheduler sees it.
	 */
	private static final class ReceivedCall implements ServerInterceptor {

		private volatile Metadata headers;

		private volatile Duration remaining;

		/**
		 * Calls are handled when it is zero.
		 */
		private volatile CountDownLatch handled = new CountDownLatch(0);

		@Override
		public <Q, S> ServerCall.Listener<Q> interceptCall(ServerCall<Q, S> call, Metadata headers,
				ServerCallHandler<Q, S> next) {
			Deadline deadline = Context.current().getDeadline();
			this.remaining = (deadline != null) ? Duration.ofNanos(deadline.timeRemaining(TimeUnit.NANOSECONDS)) : null;
			this.headers = headers;
			try {
				this.handled.await();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
			return next.startCall(call, headers);
		}

		String header(String name) {
			return this.headers.get(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER));
		}

	}

}
