package com.example;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.context.ConfigurableApplicationContext;

import io.sw4rm.scheduler.client.SchedulerClient;
import io.sw4rm.scheduler.embedded.EmbeddedScheduler;
import io.sw4rm.scheduler.smoke.ClientChecks;

import static org.assertj.core.api.Assertions.assertThat;

class SharedRegistryApplicationTests {

	private final MeterRegistry registry = new SimpleMeterRegistry();

	@Test
	void contextsCallTheirOwnSchedulersAndCountTheirCallsTogether() {
		try (ConfigurableApplicationContext first = start(); ConfigurableApplicationContext second = start()) {
			callScheduler(first);
			callScheduler(second);
			assertThat(submissions()).isEqualTo(2);
			first.close();
			callScheduler(second);
			assertThat(submissions()).isEqualTo(3);
		}
	}

	private ConfigurableApplicationContext start() {
		return new SpringApplicationBuilder(SharedRegistryApplication.class)
			.initializers((context) -> context.getBeanFactory().registerSingleton("meterRegistry", this.registry))
			.run();
	}

	private double submissions() {
		return this.registry.get("sw4rm.rpc.requests").tags("method", "SubmitTask", "status", "OK").counter().count();
	}

	private static void callScheduler(ConfigurableApplicationContext context) {
		ClientChecks.assertCalls(context.getBean(SchedulerClient.class), context.getBean(EmbeddedScheduler.class));
		assertThat(context.getBean("sw4rmSchedulerHealthContributor", HealthIndicator.class).health().getStatus())
			.isEqualTo(Status.UP);
	}

}
