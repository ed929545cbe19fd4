package io.sw4rm.scheduler.embedded;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

import com.google.protobuf.ByteString;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

import io.sw4rm.scheduler.proto.SubmitTaskResponse;

import static io.sw4rm.scheduler.embedded.TestClient.task;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class ReceivedCallTests {

	private static final Metadata.Key<String> TENANT = Metadata.Key.of("x-tenant", Metadata.ASCII_STRING_MARSHALLER);

	@AutoClose
	private final EmbeddedScheduler scheduler = EmbeddedScheduler.start();

	@AutoClose
	private final TestClient client = new TestClient(this.scheduler);

	@Test
	void callsAreRecordedInTheOrderOfTheirArrivalWithRequestAndResponse() {
		this.client.submit(task("worker-1", "t").setPriority(5).setParams(ByteString.copyFromUtf8("secret")));
		this.client.submit(task("worker-1", "t"));
		this.client.preempt("worker-1", "t", "busy");
		this.client.shutDown("worker-1", 3);
		this.client.poll("worker-1");
		this.client.purge("worker-1", "t", "u");
		assertThat(this.scheduler.calls()).extracting(Object::toString)
			.containsExactly("SubmitTask[agentId=\"worker-1\", taskId=\"t\", priority=5, params=6 bytes] -> accepted",
					"SubmitTask[agentId=\"worker-1\", taskId=\"t\"] -> refused: task \"t\" is already queued; choose another task_id or wait until it has finished",
					"RequestPreemption[agentId=\"worker-1\", taskId=\"t\", reason=\"busy\"] -> OK",
					"ShutdownAgent[agentId=\"worker-1\", gracePeriod=PT3S] -> OK",
					"PollActivityBuffer[agentId=\"worker-1\"] -> OK",
					"PurgeActivity[agentId=\"worker-1\", taskIds=[t, u]] -> OK");
	}

	@Test
	void recordsMetadataAndDeadlineButDoesNotPrintMetadata() {
		Metadata metadata = new Metadata();
		metadata.put(TENANT, "acme");
		this.client.stub()
			.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(metadata))
			.withDeadlineAfter(20, TimeUnit.SECONDS)
			.submitTask(task("worker-1", "t").build());
		ReceivedCall call = onlyCall();
		assertThat(call.metadata().get(TENANT)).isEqualTo("acme");
		call.metadata().discardAll(TENANT);
		assertThat(call.metadata().get(TENANT)).isEqualTo("acme");
		assertThat(call.timeRemaining()).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(20));
		assertThat(call).asString().contains("within ").doesNotContain("acme");
	}

	@Test
	void callWithoutDeadlineHasNone() {
		this.client.submit(task("worker-1", "t"));
		assertThat(onlyCall().timeRemaining()).isNull();
	}

	@Test
	void recordsTheRequestOfACallThatAFaultFails() {
		this.scheduler.faults().on(Rpc.SUBMIT_TASK).fail(Status.UNAVAILABLE.withDescription("try later"));
		assertThatExceptionOfType(StatusRuntimeException.class)
			.isThrownBy(() -> this.client.submit(task("worker-1", "t")));
		assertThat(onlyCall()).hasToString(
				"SubmitTask[agentId=\"worker-1\", taskId=\"t\"] -> UNAVAILABLE (fault: fail with UNAVAILABLE)");
	}

	@Test
	void recordsTheResponseThatAFaultDrops() {
		this.scheduler.faults().on(Rpc.SUBMIT_TASK).dropConnection();
		assertThatExceptionOfType(StatusRuntimeException.class)
			.isThrownBy(() -> this.client.submit(task("worker-1", "t")));
		assertThat(onlyCall().response()).isInstanceOfSatisfying(SubmitTaskResponse.class,
				(response) -> assertThat(response.getAccepted()).isTrue());
		assertThat(onlyCall().fault()).isEqualTo("drop connection");
	}

	@Test
	void callThatHangsEndsAsCancelled() {
		this.client.poll("worker-1");
		this.scheduler.reset();
		this.scheduler.faults().on(Rpc.SUBMIT_TASK).hang();
		assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(() -> this.client.stub()
			.withDeadlineAfter(2, TimeUnit.SECONDS)
			.submitTask(task("worker-1", "t").build()));
		Awaitility.await().untilAsserted(() -> assertThat(onlyCall().status()).isEqualTo(Code.CANCELLED));
		assertThat(onlyCall().request()).isNotNull();
		assertThat(onlyCall().fault()).isEqualTo("hang");
	}

	@Test
	void callInProgressHasNoStatus() throws Exception {
		this.scheduler.faults().on(Rpc.POLL_ACTIVITY_BUFFER).hang();
		this.client.pollWithoutReading("worker-1");
		Awaitility.await().until(() -> !this.scheduler.calls().isEmpty() && onlyCall().request() != null);
		assertThat(onlyCall()).hasToString("PollActivityBuffer[agentId=\"worker-1\"] -> not ended (fault: hang)");
	}

	@Test
	void keepsTheLastThousandCalls() {
		for (int i = 0; i < 1003; i++) {
			this.client.poll("worker-" + i);
		}
		assertThat(this.scheduler.calls()).hasSize(1000).first().asString().contains("worker-3");
	}

	@Test
	void keepsFewerCallsIfTheirMessagesAreLarge() {
		try (EmbeddedScheduler small = EmbeddedScheduler.builder().maxHeldBytes(80_000).start();
				TestClient client = new TestClient(small)) {
			for (int i = 0; i < 20; i++) {
				client.submit(task("worker-1", "t" + i).setParams(ByteString.copyFrom(new byte[3000])));
			}
			assertThat(small.calls()).hasSize(3).last().asString().contains("t19");
			client.submit(task("worker-2", "large").setParams(ByteString.copyFrom(new byte[11_000])));
			assertThat(small.calls()).isEmpty();
			client.submit(task("worker-2", "next"));
			assertThat(small.calls()).hasSize(1);
		}
	}

	@Test
	void resetForgetsCallsAndMakesRoomForOthers() {
		try (EmbeddedScheduler small = EmbeddedScheduler.builder().maxHeldBytes(80_000).start();
				TestClient client = new TestClient(small)) {
			client.submit(task("worker-1", "t").setParams(ByteString.copyFrom(new byte[9000])));
			small.reset();
			assertThat(small.calls()).isEmpty();
			client.submit(task("worker-1", "t1").setParams(ByteString.copyFrom(new byte[4000])));
			client.submit(task("worker-1", "t2").setParams(ByteString.copyFrom(new byte[4000])));
			assertThat(small.calls()).hasSize(2);
		}
	}

	@Test
	void countsTheCallsThatFaultsWillApplyTo() {
		Faults faults = this.scheduler.faults();
		assertThat(faults.unused(Rpc.SUBMIT_TASK)).isZero();
		faults.on(Rpc.SUBMIT_TASK).times(3).delay(Duration.ZERO);
		faults.on(Rpc.SUBMIT_TASK).delay(Duration.ZERO);
		this.client.submit(task("worker-1", "t"));
		assertThat(faults.unused(Rpc.SUBMIT_TASK)).isEqualTo(3);
		assertThat(faults.unused(Rpc.PURGE_ACTIVITY)).isZero();
	}

	private ReceivedCall onlyCall() {
		assertThat(this.scheduler.calls()).hasSize(1);
		return this.scheduler.calls().get(0);
	}

}
