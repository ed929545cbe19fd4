package io.sw4rm.scheduler.benchmarks.startup;

import io.grpc.health.v1.HealthGrpc.HealthBlockingStub;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.grpc.client.ImportGrpcClients;

/**
 * A web application with a gRPC channel and a stub of its own.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@ImportGrpcClients(target = "other", types = HealthBlockingStub.class)
class WebApplication {

	public static void main(String[] args) {
		StartedApplication.run(WebApplication.class, args, (context) -> {
		});
	}

	@Bean
	Service service(HealthBlockingStub stub) {
		return new Service(stub);
	}

	record Service(HealthBlockingStub stub) {

	}

}
