package io.sw4rm.scheduler.benchmarks.startup;

import io.grpc.health.v1.HealthGrpc.HealthBlockingStub;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.grpc.client.ImportGrpcClients;

/**
 * A web application with a stub and a channel of its own.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@ImportGrpcClients(target = "other", types = HealthBlockingStub.class)
class WebApplication {

	public static void main(String[] args) {
		StartedApplication.run(WebApplication.class, args);
	}

	@Bean
	Runnable firstCall(HealthBlockingStub stub) {
		return stub::getChannel;
	}

}
