package io.sw4rm.scheduler.benchmarks.startup;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.grpc.client.ImportGrpcClients;

import io.sw4rm.scheduler.proto.PreemptRequest;
import io.sw4rm.scheduler.proto.SchedulerServiceGrpc.SchedulerServiceBlockingStub;

/**
 * A command-line application that makes the same call as {@link ClientApplication} with a
 * stub on a channel of Spring Boot.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@ImportGrpcClients(target = "scheduler", types = SchedulerServiceBlockingStub.class)
class StubApplication {

	public static void main(String[] args) {
		StartedApplication.run(StubApplication.class, args);
	}

	@Bean
	Runnable firstCall(SchedulerServiceBlockingStub stub) {
		return () -> stub
			.requestPreemption(PreemptRequest.newBuilder().setAgentId("worker-1").setTaskId("task-1").build());
	}

}
