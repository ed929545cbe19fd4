package com.example;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.channelz.v1.ChannelzGrpc;
import io.grpc.channelz.v1.GetServersRequest;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.reflection.v1.ServiceResponse;
import io.grpc.stub.StreamObserver;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.grpc.server.lifecycle.GrpcServerLifecycle;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

import io.sw4rm.scheduler.client.SchedulerClient;
import io.sw4rm.scheduler.embedded.EmbeddedScheduler;
import io.sw4rm.scheduler.embedded.ScheduledTask;
import io.sw4rm.scheduler.proto.SchedulerServiceGrpc;
import io.sw4rm.scheduler.proto.SchedulerServiceGrpc.SchedulerServiceBlockingStub;
import io.sw4rm.scheduler.proto.SubmitTaskRequest;
import io.sw4rm.scheduler.smoke.ClientChecks;

import static org.assertj.core.api.Assertions.assertThat;

@SpringBootTest(properties = "spring.grpc.server.port=0")
class GrpcServerApplicationTests {

	private static final EmbeddedScheduler other = EmbeddedScheduler.start();

	@Autowired
	private EmbeddedScheduler scheduler;

	private ManagedChannel channel;

	@DynamicPropertySource
	static void otherChannel(DynamicPropertyRegistry registry) {
		registry.add("spring.grpc.client.channel.other.target", other::address);
	}

	@BeforeEach
	void openChannel(@Autowired GrpcServerLifecycle server) {
		this.channel = Grpc.newChannelBuilder("localhost:" + server.getPort(), InsecureChannelCredentials.create())
			.build();
	}

	@AfterEach
	void closeChannel() {
		this.channel.shutdownNow();
	}

	@AfterAll
	static void stopOther() {
		other.close();
	}

	@Test
	void callsScheduler(@Autowired SchedulerClient client) {
		ClientChecks.assertCalls(client, this.scheduler);
	}

	@Test
	void stubOfOtherChannelCallsOtherServer(@Autowired SchedulerServiceBlockingStub stub) {
		assertThat(stub.submitTask(task("other-1")).getAccepted()).isTrue();
		assertThat(other.agent("worker-1").queued()).extracting(ScheduledTask::taskId).containsExactly("other-1");
		assertThat(this.scheduler.agent("worker-1").queued()).extracting(ScheduledTask::taskId)
			.doesNotContain("other-1");
	}

	@Test
	void serverRelaysTasksToScheduler() {
		assertThat(SchedulerServiceGrpc.newBlockingStub(this.channel).submitTask(task("relayed-1")).getAccepted())
			.isTrue();
		assertThat(this.scheduler.agent("worker-1").queued()).extracting(ScheduledTask::taskId).contains("relayed-1");
	}

	@Test
	void serverReportsItsHealth() {
		assertThat(HealthGrpc.newBlockingStub(this.channel).check(HealthCheckRequest.getDefaultInstance()).getStatus())
			.isEqualTo(ServingStatus.SERVING);
	}

	@Test
	void serverDescribesItsServices() throws Exception {
		assertThat(reflect(ServerReflectionRequest.newBuilder().setListServices("").build()).getListServicesResponse()
			.getServiceList()).extracting(ServiceResponse::getName)
			.contains("sw4rm.scheduler.SchedulerService", "grpc.health.v1.Health");
		assertThat(reflect(ServerReflectionRequest.newBuilder()
			.setFileContainingSymbol("sw4rm.scheduler.SchedulerService")
			.build()).getFileDescriptorResponse().getFileDescriptorProtoCount()).isPositive();
	}

	@Test
	void serverDescribesItsConnections() {
		assertThat(ChannelzGrpc.newBlockingStub(this.channel)
			.getServers(GetServersRequest.getDefaultInstance())
			.getServerCount()).isPositive();
	}

	private ServerReflectionResponse reflect(ServerReflectionRequest request) throws Exception {
		CompletableFuture<ServerReflectionResponse> response = new CompletableFuture<>();
		StreamObserver<ServerReflectionRequest> requests = ServerReflectionGrpc.newStub(this.channel)
			.serverReflectionInfo(new StreamObserver<>() {

				@Override
				public void onNext(ServerReflectionResponse value) {
					response.complete(value);
				}

				@Override
				public void onError(Throwable ex) {
					response.completeExceptionally(ex);
				}

				@Override
				public void onCompleted() {
				}

			});
		requests.onNext(request);
		requests.onCompleted();
		return response.get(10, TimeUnit.SECONDS);
	}

	private static SubmitTaskRequest task(String taskId) {
		return SubmitTaskRequest.newBuilder().setAgentId("worker-1").setTaskId(taskId).build();
	}

}
