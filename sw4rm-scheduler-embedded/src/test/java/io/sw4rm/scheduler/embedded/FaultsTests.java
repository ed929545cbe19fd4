package io.sw4rm.scheduler.embedded;

import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

import com.google.common.util.concurrent.ListenableFuture;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import io.sw4rm.scheduler.proto.PollActivityBufferRequest;
import io.sw4rm.scheduler.proto.PollActivityBufferResponse;
import io.sw4rm.scheduler.proto.SchedulerServiceGrpc;

import static io.sw4rm.scheduler.embedded.TestClient.task;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class FaultsTests {

	@AutoClose
	private final EmbeddedScheduler scheduler = EmbeddedScheduler.start();

	@AutoClose
	private final TestClient client = new TestClient(this.scheduler);

	private final Faults faults = this.scheduler.faults();

	@Test
	void failsTheNextCallsOfAnRpcAndNoOther() {
		this.faults.on(Rpc.SUBMIT_TASK).times(2).fail(Status.UNAVAILABLE.withDescription("try later"));
		assertThat(this.client.poll("worker-1")).isEmpty();
		for (int i = 0; i < 2; i++) {
			assertThat(failure(() -> this.client.submit(task("worker-1", "t")))).satisfies((ex) -> {
				assertThat(ex.getStatus().getCode()).isEqualTo(Code.UNAVAILABLE);
				assertThat(ex.getStatus().getDescription()).isEqualTo("try later");
			});
		}
		assertThat(this.scheduler.agentIds()).isEmpty();
		assertThat(this.client.submit(task("worker-1", "t")).getAccepted()).isTrue();
	}

	@Test
	void faultsOfAnRpcTakeEffectInTheOrderInWhichTheyWereScripted() {
		this.faults.on(Rpc.SUBMIT_TASK).times(2).fail(Status.UNAVAILABLE);
		this.faults.on(Rpc.SUBMIT_TASK).fail(Status.ABORTED);
		for (Code code : new Code[] { Code.UNAVAILABLE, Code.UNAVAILABLE, Code.ABORTED }) {
			assertThat(failure(() -> this.client.submit(task("worker-1", "t"))).getStatus().getCode()).isEqualTo(code);
		}
	}

	@Test
	void failureCarriesMetadataEachTime() {
		Metadata.Key<String> key = Metadata.Key.of("grpc-retry-pushback-ms", Metadata.ASCII_STRING_MARSHALLER);
		Metadata trailers = new Metadata();
		trailers.put(key, "1500");
		this.faults.on(Rpc.POLL_ACTIVITY_BUFFER).times(2).fail(Status.RESOURCE_EXHAUSTED, trailers);
		for (int i = 0; i < 2; i++) {
			StatusRuntimeException failure = failure(() -> this.client.poll("worker-1"));
			assertThat(failure.getStatus().getCode()).isEqualTo(Code.RESOURCE_EXHAUSTED);
			assertThat(failure.getTrailers()).isNotNull().satisfies((it) -> assertThat(it.get(key)).isEqualTo("1500"));
		}
	}

	@Test
	void delaysACall() {
		this.faults.on(Rpc.SUBMIT_TASK).delay(Duration.ofMillis(300));
		long start = System.nanoTime();
		assertThat(this.client.submit(task("worker-1", "t")).getAccepted()).isTrue();
		assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(300));
	}

	@Test
	void noThreadWaitsForDelayedCalls() {
		int calls = 200;
		this.faults.on(Rpc.POLL_ACTIVITY_BUFFER).times(calls).delay(Duration.ofMinutes(10));
		for (int i = 0; i < calls; i++) {
			pollInBackground(this.client);
		}
		Awaitility.await().until(() -> this.faults.calls(Rpc.POLL_ACTIVITY_BUFFER) == calls);
		Awaitility.await()
			.until(() -> Thread.getAllStackTraces()
				.values()
				.stream()
				.flatMap(Arrays::stream)
				.noneMatch((frame) -> frame.getClassName().startsWith(FaultInterceptor.class.getName())));
	}

	@Test
	void delayedCallThatIsCancelledTakesNoEffect() {
		this.client.poll("worker-1");
		this.faults.on(Rpc.SUBMIT_TASK).delay(Duration.ofSeconds(2));
		assertThat(failure(() -> this.client.stub()
			.withDeadlineAfter(200, TimeUnit.MILLISECONDS)
			.submitTask(task("worker-1", "cancelled").build())).getStatus().getCode())
			.isEqualTo(Code.DEADLINE_EXCEEDED);
		this.faults.on(Rpc.SUBMIT_TASK).delay(Duration.ofMillis(2500));
		this.client.submit(task("worker-1", "later"));
		assertThat(this.scheduler.queued()).extracting(ScheduledTask::taskId).containsExactly("later");
	}

	@Test
	void hungCallTakesNoEffectAndEndsWithTheDeadlineOfTheClient() {
		this.client.poll("worker-1");
		this.faults.on(Rpc.SUBMIT_TASK).hang();
		assertThat(failure(() -> this.client.stub()
			.withDeadlineAfter(2, TimeUnit.SECONDS)
			.submitTask(task("worker-1", "t").build())).getStatus().getCode()).isEqualTo(Code.DEADLINE_EXCEEDED);
		assertThat(this.scheduler.agentIds()).isEmpty();
		assertThat(this.client.submit(task("worker-1", "t")).getAccepted()).isTrue();
	}

	@Test
	void callWhoseConnectionIsDroppedTakesEffectAndIsUnavailableToTheClient() {
		this.client.poll("worker-1");
		this.faults.on(Rpc.SUBMIT_TASK).dropConnection();
		assertThat(failure(() -> this.client.submit(task("worker-1", "t"))).getStatus().getCode())
			.isEqualTo(Code.UNAVAILABLE);
		assertThat(this.scheduler.queued()).extracting(ScheduledTask::taskId).containsExactly("t");
		assertThat(this.faults.calls(Rpc.SUBMIT_TASK)).isOne();
		assertThat(this.client.submit(task("worker-1", "t")).getReason()).contains("already queued");
	}

	@Test
	void droppedConnectionTakesOtherCallsOnItDownButNoOtherConnection() {
		try (TestClient other = new TestClient(this.scheduler)) {
			this.faults.on(Rpc.POLL_ACTIVITY_BUFFER).times(2).hang();
			ListenableFuture<PollActivityBufferResponse> sameConnection = pollInBackground(this.client);
			ListenableFuture<PollActivityBufferResponse> otherConnection = pollInBackground(other);
			Awaitility.await().until(() -> this.faults.calls(Rpc.POLL_ACTIVITY_BUFFER) == 2);
			this.faults.on(Rpc.PURGE_ACTIVITY).dropConnection();
			failure(() -> this.client.purge("worker-1"));
			assertThat(sameConnection).failsWithin(Duration.ofSeconds(5))
				.withThrowableOfType(ExecutionException.class)
				.satisfies((ex) -> assertThat(Status.fromThrowable(ex).getCode()).isEqualTo(Code.UNAVAILABLE));
			assertThat(otherConnection).isNotDone();
		}
	}

	@ParameterizedTest
	@EnumSource
	void countsCallsAndFailsEveryRpc(Rpc rpc) {
		for (int i = 0; i < 2; i++) {
			call(rpc);
		}
		this.faults.on(rpc).fail(Status.DATA_LOSS);
		assertThat(failure(() -> call(rpc)).getStatus().getCode()).isEqualTo(Code.DATA_LOSS);
		for (Rpc each : Rpc.values()) {
			assertThat(this.faults.calls(each)).isEqualTo((each == rpc) ? 3 : 0);
		}
	}

	@Test
	void clearForgetsFaultsAndCounts() {
		this.client.submit(task("worker-1", "a"));
		this.faults.on(Rpc.SUBMIT_TASK).times(Integer.MAX_VALUE).fail(Status.UNAVAILABLE);
		this.faults.clear();
		assertThat(this.faults.calls(Rpc.SUBMIT_TASK)).isZero();
		assertThat(this.client.submit(task("worker-1", "b")).getAccepted()).isTrue();
	}

	@Test
	void refusesScriptsThatMakeNoSense() {
		Faults.Script script = this.faults.on(Rpc.SUBMIT_TASK);
		assertThatIllegalArgumentException().isThrownBy(() -> script.times(0)).withMessageContaining("got 0");
		assertThatIllegalArgumentException().isThrownBy(() -> script.fail(Status.OK)).withMessageContaining("OK");
		assertThatIllegalArgumentException().isThrownBy(() -> script.delay(Duration.ofSeconds(-1)))
			.withMessageContaining("PT-1S");
		assertThat(this.client.submit(task("worker-1", "t")).getAccepted()).isTrue();
	}

	private void call(Rpc rpc) {
		switch (rpc) {
			case SUBMIT_TASK -> this.client.submit(task("worker-1", ""));
			case REQUEST_PREEMPTION -> this.client.preempt("worker-1", "t", "");
			case SHUTDOWN_AGENT -> this.client.shutDown("worker-1");
			case POLL_ACTIVITY_BUFFER -> this.client.poll("worker-1");
			case PURGE_ACTIVITY -> this.client.purge("worker-1");
		}
	}

	private static ListenableFuture<PollActivityBufferResponse> pollInBackground(TestClient client) {
		return SchedulerServiceGrpc.newFutureStub(client.channel())
			.pollActivityBuffer(PollActivityBufferRequest.newBuilder().setAgentId("worker-1").build());
	}

	private static StatusRuntimeException failure(ThrowingCallable call) {
		return assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(call).actual();
	}

}
