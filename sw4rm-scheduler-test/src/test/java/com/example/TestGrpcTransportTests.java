package com.example;

import io.grpc.stub.StreamObserver;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.grpc.test.autoconfigure.AutoConfigureTestGrpcTransport;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Bean;
import org.springframework.grpc.client.GrpcChannelFactory;

import io.sw4rm.scheduler.client.SchedulerClient;
import io.sw4rm.scheduler.client.TaskSubmission;
import io.sw4rm.scheduler.embedded.EmbeddedScheduler;
import io.sw4rm.scheduler.proto.SchedulerServiceGrpc;
import io.sw4rm.scheduler.proto.SchedulerServiceGrpc.SchedulerServiceImplBase;
import io.sw4rm.scheduler.proto.SubmitTaskRequest;
import io.sw4rm.scheduler.proto.SubmitTaskResponse;
import io.sw4rm.scheduler.test.AutoConfigureEmbeddedScheduler;

import static io.sw4rm.scheduler.test.SchedulerAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that clients use the embedded scheduler, and other channels Boot's in-process
 * transport, if a test asks for both.
 */
@SpringBootTest(classes = TestGrpcTransportTests.Application.class,
		properties = "sw4rm.scheduler.client.billing.address=https://billing.invalid")
@AutoConfigureEmbeddedScheduler
@AutoConfigureTestGrpcTransport
class TestGrpcTransportTests {

	@Test
	void clientUsesEmbeddedScheduler(@Autowired EmbeddedScheduler scheduler,
			@Autowired @Qualifier("billing") SchedulerClient client) {
		client.submitTask(TaskSubmission.forAgent("worker-1").taskId("task-1").build());
		assertThat(scheduler).hasAccepted("task-1");
	}

	@Test
	void otherChannelsUseInProcessTransport(@Autowired GrpcChannelFactory channelFactory) {
		SubmitTaskResponse response = SchedulerServiceGrpc.newBlockingStub(channelFactory.createChannel("other"))
			.submitTask(SubmitTaskRequest.getDefaultInstance());
		assertThat(response.getReason()).isEqualTo("in process");
	}

	@EnableAutoConfiguration
	static class Application {

		@Bean
		SchedulerServiceImplBase schedulerService() {
			return new SchedulerServiceImplBase() {

				@Override
				public void submitTask(SubmitTaskRequest request, StreamObserver<SubmitTaskResponse> observer) {
					observer.onNext(SubmitTaskResponse.newBuilder().setReason("in process").build());
					observer.onCompleted();
				}

			};
		}

	}

}
