package io.sw4rm.scheduler.autoconfigure;

import io.grpc.stub.StreamObserver;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.grpc.test.autoconfigure.AutoConfigureTestGrpcTransport;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import io.sw4rm.scheduler.client.SchedulerClient;
import io.sw4rm.scheduler.client.TaskSubmission;
import io.sw4rm.scheduler.proto.SchedulerServiceGrpc.SchedulerServiceImplBase;
import io.sw4rm.scheduler.proto.SubmitTaskRequest;
import io.sw4rm.scheduler.proto.SubmitTaskResponse;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that the client works with Boot's in-process transport for tests, even when the
 * application uses TLS, tokens and load balancing over the network.
 */
@SpringBootTest(properties = { "sw4rm.scheduler.address=https://scheduler-1.invalid,https://scheduler-2.invalid",
		"sw4rm.scheduler.retry.operations=submit-task", "sw4rm.scheduler.keepalive.time=1m",
		"sw4rm.scheduler.auth.token=token" })
@AutoConfigureTestGrpcTransport
class SchedulerTestTransportTests {

	@Autowired
	private SchedulerClient client;

	@Test
	void reachesServiceOfTest() {
		assertThat(this.client.submitTask(TaskSubmission.forAgent("worker-1").build()).reason())
			.isEqualTo("in process");
	}

	@Configuration(proxyBeanMethods = false)
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
