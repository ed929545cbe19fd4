package io.sw4rm.scheduler.embedded;

import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.protobuf.ByteString;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.reflection.v1.ServiceResponse;
import io.grpc.stub.BlockingClientCall;
import io.grpc.stub.MetadataUtils;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.sw4rm.scheduler.proto.SchedulerServiceGrpc;
import io.sw4rm.scheduler.proto.SubmitTaskResponse;

import static io.sw4rm.scheduler.embedded.TestClient.task;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class EmbeddedSchedulerTests {

	@Test
	void listensOnTheLoopbackInterfaceByDefault() throws Exception {
		try (EmbeddedScheduler scheduler = EmbeddedScheduler.start(); TestClient client = new TestClient(scheduler)) {
			assertThat(scheduler.address()).isEqualTo("localhost:" + scheduler.port());
			assertThat(client.poll("worker-1")).isEmpty();
			for (InetAddress address : otherAddressesOfThisMachine()) {
				assertThatExceptionOfType(ConnectException.class)
					.isThrownBy(() -> new Socket(address, scheduler.port()).close());
			}
		}
	}

	@ParameterizedTest
	@CsvSource({ "127.0.0.1, 127.0.0.1", "0.0.0.0, localhost" })
	void addressIsATargetForClients(String address, String targetHost) {
		try (EmbeddedScheduler scheduler = EmbeddedScheduler.builder().address(address).start();
				TestClient client = new TestClient(scheduler)) {
			assertThat(scheduler.address()).isEqualTo(targetHost + ":" + scheduler.port());
			assertThat(client.submit(task("worker-1", "t")).getAccepted()).isTrue();
		}
	}

	@ParameterizedTest
	@CsvSource({ "localhost, localhost:1", "::1, [::1]:1", "[::1], [::1]:1" })
	void addressHasIpv6AddressesInBrackets(String host, String address) {
		assertThat(EmbeddedScheduler.hostAndPort(host, 1)).isEqualTo(address);
	}

	@Test
	void twoSchedulersKnowNothingOfEachOther() {
		try (EmbeddedScheduler one = EmbeddedScheduler.start();
				EmbeddedScheduler other = EmbeddedScheduler.start();
				TestClient client = new TestClient(one)) {
			client.submit(task("worker-1", "t"));
			assertThat(one.agentIds()).containsExactly("worker-1");
			assertThat(other.agentIds()).isEmpty();
		}
	}

	@Test
	void portThatIsTakenStopsTheStart() {
		try (EmbeddedScheduler first = EmbeddedScheduler.start()) {
			EmbeddedScheduler.Builder second = EmbeddedScheduler.builder().port(first.port());
			assertThatExceptionOfType(EmbeddedSchedulerStartException.class).isThrownBy(second::start)
				.withCauseInstanceOf(BindException.class)
				.withMessageContaining("localhost:" + first.port())
				.withMessageContaining("port 0 selects any free one")
				.satisfies((ex) -> {
					assertThat(ex.getHost()).isEqualTo("localhost");
					assertThat(ex.getPort()).isEqualTo(first.port());
				});
		}
	}

	@Test
	void addressOfAnotherMachineStopsTheStart() {
		EmbeddedScheduler.Builder builder = EmbeddedScheduler.builder().address("198.51.100.1").port(50053);
		assertThatExceptionOfType(EmbeddedSchedulerStartException.class).isThrownBy(builder::start)
			.withCauseInstanceOf(BindException.class)
			.withMessageContaining("198.51.100.1:50053");
	}

	@Test
	void unknownHostStopsTheStart() {
		EmbeddedScheduler.Builder builder = EmbeddedScheduler.builder().address("no-such-host.invalid");
		assertThatExceptionOfType(EmbeddedSchedulerStartException.class).isThrownBy(builder::start)
			.withCauseInstanceOf(UnknownHostException.class)
			.withMessageContaining("no-such-host.invalid:0");
	}

	@RepeatedTest(20)
	void portIsFreeAfterClose() {
		EmbeddedScheduler first = EmbeddedScheduler.start();
		first.close();
		EmbeddedScheduler.builder().port(first.port()).start().close();
	}

	@Test
	void closeCanBeRepeated() {
		EmbeddedScheduler scheduler = EmbeddedScheduler.start();
		scheduler.close();
		scheduler.close();
		assertThat(scheduler.address()).isEqualTo("localhost:" + scheduler.port());
	}

	@Test
	void closeLetsCallsInFlightFinishAndRefusesNewTasks() throws Exception {
		EmbeddedScheduler scheduler = EmbeddedScheduler.builder().shutdownGracePeriod(Duration.ofSeconds(30)).start();
		try (TestClient client = new TestClient(scheduler)) {
			scheduler.faults().on(Rpc.SUBMIT_TASK).delay(Duration.ofSeconds(3));
			ListenableFuture<SubmitTaskResponse> inFlight = SchedulerServiceGrpc.newFutureStub(client.channel())
				.submitTask(task("worker-1", "t").build());
			Awaitility.await().until(() -> scheduler.faults().calls(Rpc.SUBMIT_TASK) == 1);
			scheduler.close();
			SubmitTaskResponse response = inFlight.get(30, TimeUnit.SECONDS);
			assertThat(response.getAccepted()).isFalse();
			assertThat(response.getReason()).contains("scheduler is shutting down");
		}
	}

	@Test
	void closeCancelsCallsThatOutliveTheGracePeriod() {
		EmbeddedScheduler scheduler = EmbeddedScheduler.builder().shutdownGracePeriod(Duration.ofMillis(100)).start();
		try (TestClient client = new TestClient(scheduler)) {
			scheduler.faults().on(Rpc.SUBMIT_TASK).hang();
			ListenableFuture<SubmitTaskResponse> hung = SchedulerServiceGrpc.newFutureStub(client.channel())
				.submitTask(task("worker-1", "t").build());
			Awaitility.await().until(() -> scheduler.faults().calls(Rpc.SUBMIT_TASK) == 1);
			scheduler.close();
			assertThat(hung).failsWithin(Duration.ofSeconds(5));
		}
	}

	@Test
	void closeTurnsHealthToNotServingWhileCallsFinish() {
		EmbeddedScheduler scheduler = EmbeddedScheduler.start();
		CompletableFuture<Void> closed;
		try (TestClient client = new TestClient(scheduler)) {
			Iterator<HealthCheckResponse> health = HealthGrpc.newBlockingStub(client.channel())
				.watch(HealthCheckRequest.newBuilder().setService(SchedulerServiceGrpc.SERVICE_NAME).build());
			assertThat(health.next().getStatus()).isEqualTo(ServingStatus.SERVING);
			closed = CompletableFuture.runAsync(scheduler::close);
			assertThat(health.next().getStatus()).isEqualTo(ServingStatus.NOT_SERVING);
			assertThat(closed).isNotDone();
		}
		assertThat(closed).succeedsWithin(Duration.ofSeconds(5));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "sw4rm.scheduler.SchedulerService" })
	void healthFollowsSetServing(String service) {
		try (EmbeddedScheduler scheduler = EmbeddedScheduler.start(); TestClient client = new TestClient(scheduler)) {
			assertThat(health(client, service)).isEqualTo(ServingStatus.SERVING);
			scheduler.setServing(false);
			assertThat(health(client, service)).isEqualTo(ServingStatus.NOT_SERVING);
			assertThat(client.submit(task("worker-1", "t")).getAccepted()).isTrue();
			scheduler.setServing(true);
			assertThat(health(client, service)).isEqualTo(ServingStatus.SERVING);
		}
	}

	@Test
	void healthOfAnotherServiceIsNotFound() {
		try (EmbeddedScheduler scheduler = EmbeddedScheduler.start(); TestClient client = new TestClient(scheduler)) {
			assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(() -> health(client, "other"))
				.satisfies((ex) -> assertThat(ex.getStatus().getCode()).isEqualTo(Code.NOT_FOUND));
		}
	}

	@Test
	void reflectionListsTheServices() throws Exception {
		try (EmbeddedScheduler scheduler = EmbeddedScheduler.start(); TestClient client = new TestClient(scheduler)) {
			BlockingClientCall<ServerReflectionRequest, ServerReflectionResponse> call = ServerReflectionGrpc
				.newBlockingV2Stub(client.channel())
				.serverReflectionInfo();
			call.write(ServerReflectionRequest.newBuilder().setListServices("").build());
			ServerReflectionResponse response = call.read();
			call.halfClose();
			assertThat(response).isNotNull();
			assertThat(response.getListServicesResponse().getServiceList()).extracting(ServiceResponse::getName)
				.contains("sw4rm.scheduler.SchedulerService", "grpc.health.v1.Health");
		}
	}

	@Test
	void interceptorSeesMetadataOfCallsThatMeetAFaultToo() {
		Metadata.Key<String> key = Metadata.Key.of("x-correlation-id", Metadata.ASCII_STRING_MARSHALLER);
		List<String> seen = new CopyOnWriteArrayList<>();
		try (EmbeddedScheduler scheduler = EmbeddedScheduler.builder().intercept(new HeaderRecorder(key, seen)).start();
				TestClient client = new TestClient(scheduler)) {
			scheduler.faults().on(Rpc.SUBMIT_TASK).fail(Status.UNAVAILABLE);
			Metadata headers = new Metadata();
			headers.put(key, "abc");
			assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(() -> client.stub()
				.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
				.submitTask(task("worker-1", "t").build()));
			assertThat(seen).containsExactly("abc");
		}
	}

	@Test
	void queuedTasksOfAllAgentsAreListedInTheOrderInWhichTheyWouldRun() {
		try (EmbeddedScheduler scheduler = EmbeddedScheduler.start(); TestClient client = new TestClient(scheduler)) {
			client.submit(task("worker-2", "first").setPriority(1));
			client.submit(task("worker-1", "second").setPriority(1));
			client.submit(task("worker-1", "urgent").setPriority(2));
			client.submit(task("worker-2", "running").setPriority(3));
			scheduler.agent("worker-2").takeNext();
			assertThat(scheduler.queued()).extracting(ScheduledTask::taskId)
				.containsExactly("urgent", "first", "second");
			assertThat(scheduler.running()).extracting(ScheduledTask::taskId).containsExactly("running");
			assertThat(scheduler.agentIds()).containsExactly("worker-1", "worker-2");
		}
	}

	@Test
	void resetReturnsToTheStateAfterTheStart() {
		try (EmbeddedScheduler scheduler = EmbeddedScheduler.builder().maxTasks(3).maxActivityEntries(2).start();
				TestClient client = new TestClient(scheduler)) {
			for (String taskId : List.of("done", "running", "queued")) {
				client.submit(task("worker-1", taskId));
			}
			EmbeddedAgent worker = scheduler.agent("worker-1");
			worker.takeNext();
			worker.takeNext();
			worker.complete("done");
			client.shutDown("worker-1");
			scheduler.faults().on(Rpc.SUBMIT_TASK).fail(Status.UNAVAILABLE);
			scheduler.setServing(false);
			assertThat(scheduler.refusedActivityEntries()).isOne();
			scheduler.reset();
			assertThat(scheduler.refusedActivityEntries()).isZero();
			assertThat(scheduler.agentIds()).isEmpty();
			assertThat(scheduler.queued()).isEmpty();
			assertThat(scheduler.running()).isEmpty();
			assertThat(scheduler.finished()).isEmpty();
			assertThat(client.poll("worker-1")).isEmpty();
			assertThat(health(client, "")).isEqualTo(ServingStatus.SERVING);
			assertThat(scheduler.faults().calls(Rpc.SUBMIT_TASK)).isZero();
			for (String taskId : List.of("done", "running", "queued")) {
				assertThat(client.submit(task("worker-1", taskId)).getAccepted()).isTrue();
			}
			assertThat(client.poll("worker-1")).hasSize(2);
		}
	}

	@Test
	void handlesThousandCallsOfAConnectionAtOnceAndMoreOnOthers() {
		try (EmbeddedScheduler scheduler = EmbeddedScheduler.start();
				TestClient client = new TestClient(scheduler);
				TestClient other = new TestClient(scheduler)) {
			client.poll("worker-1");
			scheduler.faults().on(Rpc.SUBMIT_TASK).times(1000).hang();
			for (int i = 0; i < 1000; i++) {
				SchedulerServiceGrpc.newFutureStub(client.channel()).submitTask(task("worker-1", "t").build());
			}
			Awaitility.await().until(() -> scheduler.faults().calls(Rpc.SUBMIT_TASK) == 1000);
			ListenableFuture<SubmitTaskResponse> oneMore = SchedulerServiceGrpc.newFutureStub(client.channel())
				.submitTask(task("worker-1", "t").build());
			assertThat(other.submit(task("worker-1", "t")).getAccepted()).isTrue();
			assertThat(oneMore).isNotDone();
			assertThat(scheduler.faults().calls(Rpc.SUBMIT_TASK)).isEqualTo(1001);
		}
	}

	@Test
	void refusesRequestsOfMoreThanFourMebibytes() {
		try (EmbeddedScheduler scheduler = EmbeddedScheduler.start(); TestClient client = new TestClient(scheduler)) {
			ByteString tooLarge = ByteString.copyFrom(new byte[4 << 20]);
			assertThatExceptionOfType(StatusRuntimeException.class)
				.isThrownBy(() -> client.submit(task("worker-1", "t").setParams(tooLarge)))
				.satisfies((ex) -> assertThat(ex.getStatus().getCode()).isEqualTo(Code.RESOURCE_EXHAUSTED));
			ByteString large = tooLarge.substring(1000);
			assertThat(client.submit(task("worker-1", "t").setParams(large)).getAccepted()).isTrue();
		}
	}

	@Test
	void builderRefusesValuesOutOfRange() {
		EmbeddedScheduler.Builder builder = EmbeddedScheduler.builder();
		List<Runnable> settings = new ArrayList<>();
		settings.add(() -> builder.port(-1));
		settings.add(() -> builder.port(65536));
		settings.add(() -> builder.address(" "));
		settings.add(() -> builder.maxHeldBytes(0));
		settings.add(() -> builder.maxTasks(0));
		settings.add(() -> builder.maxActivityEntries(0));
		settings.add(() -> builder.maxActivityEntriesPerAgent(0));
		settings.add(() -> builder.defaultGracePeriod(Duration.ofNanos(-1)));
		settings.add(() -> builder.shutdownGracePeriod(Duration.ofNanos(-1)));
		settings.add(() -> builder.defaultGracePeriod(ChronoUnit.FOREVER.getDuration()));
		for (Runnable setting : settings) {
			assertThatIllegalArgumentException().isThrownBy(setting::run).withMessageMatching("'\\w+' must .*, got .*");
		}
	}

	private static List<InetAddress> otherAddressesOfThisMachine() throws SocketException {
		return NetworkInterface.networkInterfaces()
			.flatMap(NetworkInterface::inetAddresses)
			.filter((address) -> !address.isLoopbackAddress())
			.toList();
	}

	private static ServingStatus health(TestClient client, String service) {
		return HealthGrpc.newBlockingStub(client.channel())
			.check(HealthCheckRequest.newBuilder().setService(service).build())
			.getStatus();
	}

	private record HeaderRecorder(Metadata.Key<String> key, List<String> seen) implements ServerInterceptor {

		@Override
		public <Q, S> ServerCall.Listener<Q> interceptCall(ServerCall<Q, S> call, Metadata headers,
				ServerCallHandler<Q, S> next) {
			String value = headers.get(this.key);
			if (value != null) {
				this.seen.add(value);
			}
			return next.startCall(call, headers);
		}

	}

}
