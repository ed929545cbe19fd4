package io.sw4rm.scheduler.benchmarks.startup;

import io.grpc.ManagedChannel;
import io.grpc.health.v1.HealthGrpc.HealthBlockingStub;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.grpc.client.GrpcChannelFactory;
import org.springframework.grpc.client.ImportGrpcClients;

import io.sw4rm.scheduler.client.AsyncSchedulerClient;
import io.sw4rm.scheduler.client.SchedulerClient;

/**
 * The web application, with a second channel and clients in bean methods instead of the
 * starter.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@ImportGrpcClients(target = "other", types = HealthBlockingStub.class)
class OwnBeansApplication {

	public static void main(String[] args) {
		StartedApplication.run(OwnBeansApplication.class, args);
	}

	@Bean
	Runnable firstCall(HealthBlockingStub stub) {
		return stub::getChannel;
	}

	@Bean
	ManagedChannel schedulerChannel(GrpcChannelFactory channelFactory) {
		return channelFactory.createChannel("scheduler");
	}

	@Bean
	SchedulerClient schedulerClient(ManagedChannel schedulerChannel) {
		return SchedulerClient.create(schedulerChannel);
	}

	@Bean
	AsyncSchedulerClient asyncSchedulerClient(ManagedChannel schedulerChannel) {
		return AsyncSchedulerClient.create(schedulerChannel);
	}

}
