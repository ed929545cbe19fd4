package io.sw4rm.scheduler.benchmarks.startup;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import io.sw4rm.scheduler.client.SchedulerClient;

/**
 * A command-line application that makes a call with the client.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
class ClientApplication {

	public static void main(String[] args) {
		StartedApplication.run(ClientApplication.class, args);
	}

	@Bean
	Runnable firstCall(SchedulerClient client) {
		return () -> client.requestPreemption("worker-1", "task-1");
	}

}
