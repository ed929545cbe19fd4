package com.example;

import org.junit.jupiter.api.Test;

import io.sw4rm.scheduler.client.SchedulerClient;
import io.sw4rm.scheduler.embedded.EmbeddedScheduler;

import static org.assertj.core.api.Assertions.assertThat;

class ModularApplicationTests {

	@Test
	void submitsTask() {
		assertThat(ModularApplication.submitTask().accepted()).isTrue();
	}

	@Test
	void modulesHaveStableNames() {
		assertThat(ModularApplication.class.getModule().isNamed()).isTrue();
		assertThat(SchedulerClient.class.getModule().getName()).isEqualTo("io.sw4rm.scheduler.client");
		assertThat(EmbeddedScheduler.class.getModule().getName()).isEqualTo("io.sw4rm.scheduler.embedded");
		assertThat(ModularApplication.class.getModule().getLayer().findModule("io.sw4rm.scheduler.proto")).isPresent();
	}

}
