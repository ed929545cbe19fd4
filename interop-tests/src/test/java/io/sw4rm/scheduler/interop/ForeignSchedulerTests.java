package io.sw4rm.scheduler.interop;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.grpc.ConnectivityState;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

import io.sw4rm.scheduler.client.ActivityEntry;
import io.sw4rm.scheduler.client.AsyncSchedulerClient;
import io.sw4rm.scheduler.client.PreemptionResult;
import io.sw4rm.scheduler.client.ReactiveSchedulerClient;
import io.sw4rm.scheduler.client.SchedulerClient;
import io.sw4rm.scheduler.client.SchedulerDeadlineExceededException;
import io.sw4rm.scheduler.client.SchedulerException;
import io.sw4rm.scheduler.client.SchedulerUnavailableException;
import io.sw4rm.scheduler.client.ShutdownResult;
import io.sw4rm.scheduler.client.SubmitTaskResult;
import io.sw4rm.scheduler.client.TaskSubmission;
import io.sw4rm.scheduler.interop.ForeignScheduler.ReceivedCall;
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

import static io.sw4rm.scheduler.interop.ForeignScheduler.HEALTH_SERVICE;
import static io.sw4rm.scheduler.interop.ForeignScheduler.SCHEDULER_SERVICE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests for the clients with schedulers in other languages.
 */
class ForeignSchedulerTests extends InteropTests {

	private static final TaskSubmission TASK = TaskSubmission.forAgent("worker-1").taskId("task-123").build();

	private static final SubmitTaskResponse ACCEPTED = SubmitTaskResponse.newBuilder().setAccepted(true).build();

	private ForeignScheduler scheduler;

	private SchedulerClient client;

	@Override
	List<String> roles() {
		return List.of("scheduler");
	}

	@BeforeEach
	void start() {
		if (this.scheduler == null) {
			this.scheduler = new ForeignScheduler(this.language, SCHEDULER_SERVICE);
			this.client = SchedulerClient.create(this.scheduler.address());
		}
		this.scheduler.respond(SchedulerServiceGrpc.getSubmitTaskMethod(), ACCEPTED);
	}

	@AfterEach
	void release() {
		if (this.scheduler != null) {
			this.scheduler.release();
		}
	}

	@AfterParameterizedClassInvocation
	void stop() {
		if (this.scheduler != null) {
			this.client.close();
			this.scheduler.close();
			this.scheduler = null;
		}
	}

	@Test
	void callsAllOperations() {
		respondToAllOperations();
		TaskSubmission task = TaskSubmission.forAgent("worker-1")
			.taskId("task-123")
			.priority(5)
			.scope("global.resource")
			.params("{\"action\": \"process\"}")
			.build();
		assertThat(this.client.submitTask(task)).isEqualTo(new SubmitTaskResult("task-123", true, ""));
		assertThat(lastRequest(SubmitTaskRequest.getDefaultInstance())).isEqualTo(SubmitTaskRequest.newBuilder()
			.setAgentId("worker-1")
			.setTaskId("task-123")
			.setPriority(5)
			.setScope("global.resource")
			.setParams(ByteString.copyFromUtf8("{\"action\": \"process\"}"))
			.setContentType("application/json")
			.build());
		assertThat(this.client.requestPreemption("worker-1", "task-123", "urgent"))
			.isEqualTo(new PreemptionResult(true));
		assertThat(lastRequest(PreemptRequest.getDefaultInstance())).isEqualTo(
				PreemptRequest.newBuilder().setAgentId("worker-1").setTaskId("task-123").setReason("urgent").build());
		assertThat(this.client.shutdownAgent("worker-1", Duration.ofMillis(30_500)))
			.isEqualTo(new ShutdownResult(true));
		assertThat(lastRequest(ShutdownAgentRequest.getDefaultInstance())).isEqualTo(ShutdownAgentRequest.newBuilder()
			.setAgentId("worker-1")
			.setGracePeriod(com.google.protobuf.Duration.newBuilder().setSeconds(30).setNanos(500_000_000))
			.build());
		assertThat(this.client.pollActivityBuffer("worker-1"))
			.containsExactly(new ActivityEntry("task-123", "sw4rm", "wt-1", "main", "done", "2026-01-10T12:00:00Z"));
		assertThat(lastRequest(PollActivityBufferRequest.getDefaultInstance()))
			.isEqualTo(PollActivityBufferRequest.newBuilder().setAgentId("worker-1").build());
		assertThat(this.client.purgeActivity("worker-1", List.of("task-123", "task-124"))).isEqualTo(2);
		assertThat(lastRequest(PurgeActivityRequest.getDefaultInstance())).isEqualTo(PurgeActivityRequest.newBuilder()
			.setAgentId("worker-1")
			.addTaskIds("task-123")
			.addTaskIds("task-124")
			.build());
	}

	@Test
	void callsAllOperationsAsynchronously() {
		respondToAllOperations();
		try (AsyncSchedulerClient async = AsyncSchedulerClient.create(this.scheduler.address())) {
			assertThat(async.submitTask(TASK).join().accepted()).isTrue();
			assertThat(async.requestPreemption("worker-1", "task-123").join().enqueued()).isTrue();
			assertThat(async.shutdownAgent("worker-1").join().ok()).isTrue();
			assertThat(async.pollActivityBuffer("worker-1").join()).hasSize(1);
			assertThat(async.purgeAllActivity("worker-1").join()).isEqualTo(2);
		}
	}

	@Test
	void callsAllOperationsReactively() {
		respondToAllOperations();
		try (ReactiveSchedulerClient reactive = ReactiveSchedulerClient.create(this.scheduler.address())) {
			assertThat(reactive.submitTask(TASK).block().accepted()).isTrue();
			assertThat(reactive.requestPreemption("worker-1", "task-123").block().enqueued()).isTrue();
			assertThat(reactive.shutdownAgent("worker-1").block().ok()).isTrue();
			assertThat(reactive.pollActivityBuffer("worker-1").collectList().block()).hasSize(1);
			assertThat(reactive.purgeAllActivity("worker-1").block()).isEqualTo(2);
		}
	}

	@Test
	void transfersEmptyTexts() {
		this.client.submitTask(TASK);
		assertThat(lastRequest(SubmitTaskRequest.getDefaultInstance())).satisfies((request) -> {
			assertThat(request.getScope()).isEmpty();
			assertThat(request.getParams()).isEqualTo(ByteString.EMPTY);
		});
		this.scheduler.respond(SchedulerServiceGrpc.getSubmitTaskMethod(), SubmitTaskResponse.getDefaultInstance());
		assertThat(this.client.submitTask(TASK)).isEqualTo(new SubmitTaskResult("task-123", false, ""));
		this.scheduler.respond(SchedulerServiceGrpc.getPollActivityBufferMethod(),
				PollActivityBufferResponse.newBuilder()
					.addEntries(io.sw4rm.scheduler.proto.ActivityEntry.getDefaultInstance())
					.build());
		assertThat(this.client.pollActivityBuffer("worker-1"))
			.containsExactly(new ActivityEntry("", "", "", "", "", ""));
	}

	@ParameterizedTest
	@ValueSource(strings = { "日本語", "👩‍🚀 🇪🇺", "\uFEFFa\u0000\uDBFF\uDFFF" })
	void transfersUnicode(String text) {
		this.scheduler.respond(SchedulerServiceGrpc.getSubmitTaskMethod(),
				SubmitTaskResponse.newBuilder().setReason(text).build());
		TaskSubmission task = TaskSubmission.forAgent(text).taskId(text).scope(text).params(text).build();
		assertThat(this.client.submitTask(task).reason()).isEqualTo(text);
		assertThat(lastRequest(SubmitTaskRequest.getDefaultInstance())).satisfies((request) -> {
			assertThat(request.getAgentId()).isEqualTo(text);
			assertThat(request.getTaskId()).isEqualTo(text);
			assertThat(request.getScope()).isEqualTo(text);
			assertThat(request.getParams().toStringUtf8()).isEqualTo(text);
		});
	}

	@Test
	void transfersOneMegabyte() {
		this.client.submitTask(TASK.toBuilder().params(ONE_MEGABYTE).build());
		assertThat(lastRequest(SubmitTaskRequest.getDefaultInstance()).getParams()).isEqualTo(ONE_MEGABYTE);
	}

	@ParameterizedTest
	@ValueSource(ints = { -19, 0, 20 })
	void transfersPriority(int priority) {
		this.client.submitTask(TASK.toBuilder().priority(priority).build());
		assertThat(lastRequest(SubmitTaskRequest.getDefaultInstance()).getPriority()).isEqualTo(priority);
	}

	@Test
	void transfersGracePeriodOfZeroAndNone() {
		this.scheduler.respond(SchedulerServiceGrpc.getShutdownAgentMethod(),
				ShutdownAgentResponse.getDefaultInstance());
		this.client.shutdownAgent("worker-1", Duration.ZERO);
		assertThat(lastRequest(ShutdownAgentRequest.getDefaultInstance())).satisfies((request) -> {
			assertThat(request.hasGracePeriod()).isTrue();
			assertThat(request.getGracePeriod()).isEqualTo(com.google.protobuf.Duration.getDefaultInstance());
		});
		this.client.shutdownAgent("worker-1");
		assertThat(lastRequest(ShutdownAgentRequest.getDefaultInstance()).hasGracePeriod()).isFalse();
	}

	@Test
	void transfersLargestPurgedCount() {
		this.scheduler.respond(SchedulerServiceGrpc.getPurgeActivityMethod(),
				PurgeActivityResponse.newBuilder().setPurged(-1).build());
		assertThat(this.client.purgeAllActivity("worker-1")).isEqualTo(4_294_967_295L);
		assertThat(lastRequest(PurgeActivityRequest.getDefaultInstance()).getTaskIdsList()).isEmpty();
	}

	@Test
	void transfersMetadata() {
		Map<String, String> metadata = Map.of("x-correlation-id", "a2f8b6a0-6f5e-4c0e-9a55-0d2f9a1f6c11",
				"authorization", "Bearer token-1", "x-tenant", "acme, inc.");
		SchedulerClient derived = this.client;
		for (Map.Entry<String, String> entry : metadata.entrySet()) {
			derived = derived.withMetadata(entry.getKey(), entry.getValue());
		}
		derived.submitTask(TASK);
		assertThat(this.scheduler.lastCall().metadata()).containsAllEntriesOf(metadata)
			.hasEntrySatisfying("user-agent", (userAgent) -> assertThat(userAgent).contains("grpc-java-netty/"));
		this.client.submitTask(TASK);
		assertThat(this.scheduler.lastCall().metadata()).hasEntrySatisfying("x-correlation-id",
				(id) -> assertThat(id).matches("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"));
	}

	@Test
	void transfersDeadline() {
		this.client.withDeadline(Duration.ofSeconds(60)).submitTask(TASK);
		assertThat(this.scheduler.lastCall().remainingSeconds()).isBetween(30.0, 60.0);
	}

	@Test
	void failsIfDeadlineExpires() {
		this.scheduler.hold(SchedulerServiceGrpc.getSubmitTaskMethod(), ACCEPTED);
		assertThatExceptionOfType(SchedulerDeadlineExceededException.class)
			.isThrownBy(() -> this.client.withDeadline(Duration.ofMillis(300)).submitTask(TASK))
			.satisfies((ex) -> assertThat(ex.getErrorCode().protocolName()).isEqualTo("ack_timeout"));
	}

	@ParameterizedTest
	@CsvSource(textBlock = """
			CANCELLED,           SchedulerException,                 internal_error,           99
			UNKNOWN,             SchedulerException,                 internal_error,           99
			INVALID_ARGUMENT,    SchedulerInvalidRequestException,   validation_error,         6
			DEADLINE_EXCEEDED,   SchedulerDeadlineExceededException, ack_timeout,              3
			NOT_FOUND,           SchedulerException,                 no_route,                 2
			ALREADY_EXISTS,      SchedulerException,                 internal_error,           99
			PERMISSION_DENIED,   SchedulerPermissionDeniedException, permission_denied,        7
			RESOURCE_EXHAUSTED,  SchedulerException,                 buffer_full,              1
			FAILED_PRECONDITION, SchedulerInvalidRequestException,   validation_error,         6
			ABORTED,             SchedulerException,                 internal_error,           99
			OUT_OF_RANGE,        SchedulerInvalidRequestException,   validation_error,         6
			UNIMPLEMENTED,       SchedulerException,                 unsupported_message_type, 8
			INTERNAL,            SchedulerException,                 internal_error,           99
			UNAVAILABLE,         SchedulerUnavailableException,      agent_unavailable,        4
			DATA_LOSS,           SchedulerException,                 internal_error,           99
			UNAUTHENTICATED,     SchedulerPermissionDeniedException, permission_denied,        7
			""")
	void reportsStatusCodes(Status.Code code, String type, String errorCode, int errorNumber) {
		this.scheduler.fail(SchedulerServiceGrpc.getSubmitTaskMethod(), code.toStatus().withDescription("not today"));
		SchedulerException exception = submitAndFail();
		assertThat(exception.getClass().getSimpleName()).isEqualTo(type);
		assertThat(exception.getStatusCode()).isEqualTo(code);
		assertThat(exception.getErrorCode().protocolName()).isEqualTo(errorCode);
		assertThat(exception.getErrorCode().number()).isEqualTo(errorNumber);
		assertThat(exception).hasMessageContaining("not today");
	}

	@Test
	void transfersSpecialStatusMessage() {
		String message = "\t\n100 % of buffer used ☺\r\n\uD83D\uDE08\t\n";
		this.scheduler.fail(SchedulerServiceGrpc.getSubmitTaskMethod(),
				Status.RESOURCE_EXHAUSTED.withDescription(message));
		assertThat(submitAndFail()).hasMessageContaining("100 % of buffer used ☺")
			.extracting(Throwable::getCause)
			.isInstanceOfSatisfying(StatusRuntimeException.class,
					(cause) -> assertThat(cause.getStatus().getDescription()).isEqualTo(message));
	}

	@Test
	void refusesTasksWhileDraining() {
		this.scheduler.respond(SchedulerServiceGrpc.getSubmitTaskMethod(),
				SubmitTaskResponse.newBuilder().setReason("draining").build());
		assertThat(this.client.submitTask(TASK)).isEqualTo(new SubmitTaskResult("task-123", false, "draining"));
	}

	@Test
	void completesCallsInFlightWhenSchedulerStops() {
		try (ForeignScheduler stopping = new ForeignScheduler(this.language, SCHEDULER_SERVICE)) {
			stopping.hold(SchedulerServiceGrpc.getSubmitTaskMethod(), ACCEPTED);
			ManagedChannel channel = Grpc.newChannelBuilder(stopping.address(), InsecureChannelCredentials.create())
				.build();
			try {
				AsyncSchedulerClient async = AsyncSchedulerClient.create(channel);
				List<CompletableFuture<SubmitTaskResult>> inFlight = Stream.generate(() -> async.submitTask(TASK))
					.limit(3)
					.toList();
				await().until(() -> stopping.calls().size() == 3);
				stopping.stop();
				// GOAWAY has arrived
				await().until(() -> channel.getState(false) != ConnectivityState.READY);
				assertThat(inFlight).noneMatch(CompletableFuture::isDone);
				stopping.release();
				assertThat(inFlight).allSatisfy((result) -> assertThat(result.join().accepted()).isTrue());
				assertThatExceptionOfType(SchedulerUnavailableException.class)
					.isThrownBy(() -> SchedulerClient.create(channel).submitTask(TASK));
			}
			finally {
				channel.shutdownNow();
			}
		}
	}

	@Test
	void failsIfConnectionIsLost() {
		try (ForeignScheduler failing = new ForeignScheduler(this.language, SCHEDULER_SERVICE);
				AsyncSchedulerClient async = AsyncSchedulerClient.create(failing.address())) {
			failing.hold(SchedulerServiceGrpc.getSubmitTaskMethod(), ACCEPTED);
			CompletableFuture<SubmitTaskResult> inFlight = async.submitTask(TASK);
			await().until(() -> !failing.calls().isEmpty());
			failing.kill();
			assertThat(inFlight).failsWithin(Duration.ofSeconds(20))
				.withThrowableThat()
				.withCauseInstanceOf(SchedulerUnavailableException.class);
		}
	}

	@Test
	void worksWithoutHealthService() {
		Health health = health(this.scheduler);
		assertThat(health.getStatus()).isEqualTo(org.springframework.boot.health.contributor.Status.UP);
		assertThat(health.getDetails()).containsEntry("scheduler", "NOT_OFFERED");
	}

	@Test
	void checksHealth() {
		try (ForeignScheduler healthy = new ForeignScheduler(this.language, SCHEDULER_SERVICE, HEALTH_SERVICE)) {
			for (ServingStatus status : List.of(ServingStatus.SERVING, ServingStatus.NOT_SERVING)) {
				healthy.respond(HealthGrpc.getCheckMethod(),
						HealthCheckResponse.newBuilder().setStatus(status).build());
				assertThat(health(healthy).getDetails()).containsEntry("scheduler", status.name());
			}
			assertThat(healthy.calls()).extracting(ReceivedCall::method).contains("Check");
		}
	}

	private void respondToAllOperations() {
		this.scheduler.respond(SchedulerServiceGrpc.getSubmitTaskMethod(), ACCEPTED);
		this.scheduler.respond(SchedulerServiceGrpc.getRequestPreemptionMethod(),
				PreemptResponse.newBuilder().setEnqueued(true).build());
		this.scheduler.respond(SchedulerServiceGrpc.getShutdownAgentMethod(),
				ShutdownAgentResponse.newBuilder().setOk(true).build());
		this.scheduler.respond(SchedulerServiceGrpc.getPollActivityBufferMethod(),
				PollActivityBufferResponse.newBuilder()
					.addEntries(io.sw4rm.scheduler.proto.ActivityEntry.newBuilder()
						.setTaskId("task-123")
						.setRepoId("sw4rm")
						.setWorktreeId("wt-1")
						.setBranch("main")
						.setDescription("done")
						.setTimestamp("2026-01-10T12:00:00Z"))
					.build());
		this.scheduler.respond(SchedulerServiceGrpc.getPurgeActivityMethod(),
				PurgeActivityResponse.newBuilder().setPurged(2).build());
	}

	private <Q extends Message> Q lastRequest(Q prototype) {
		return this.scheduler.lastCall().request(prototype);
	}

	private SchedulerException submitAndFail() {
		return catchThrowableOfType(SchedulerException.class, () -> this.client.submitTask(TASK));
	}

	private static Health health(ForeignScheduler scheduler) {
		try (ConfigurableApplicationContext context = new SpringApplicationBuilder(Application.class)
			.web(WebApplicationType.NONE)
			.run("--sw4rm.scheduler.address=" + scheduler.address())) {
			return context.getBean("sw4rmSchedulerHealthContributor", HealthIndicator.class).health();
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
