package com.example;

import org.junit.jupiter.api.RepeatedTest;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.annotation.DirtiesContext.MethodMode;

import io.sw4rm.scheduler.embedded.EmbeddedScheduler;
import io.sw4rm.scheduler.test.AutoConfigureEmbeddedScheduler;

import static io.sw4rm.scheduler.test.SchedulerAssertions.assertThat;

/**
 * Tests for {@link AutoConfigureEmbeddedScheduler @AutoConfigureEmbeddedScheduler} with
 * contexts that are closed before tests.
 */
@SpringBootTest(properties = "context=dirty")
@AutoConfigureEmbeddedScheduler
class DirtyContextTests {

	@RepeatedTest(2)
	@DirtiesContext(methodMode = MethodMode.BEFORE_METHOD)
	void schedulerOfTheNewContextIsReset(@Autowired EmbeddedScheduler scheduler) {
		assertThat(scheduler).hasReceivedNothing();
	}

}
