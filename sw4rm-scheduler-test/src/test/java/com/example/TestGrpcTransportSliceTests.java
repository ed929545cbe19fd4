package com.example;

import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.grpc.test.autoconfigure.AutoConfigureTestGrpcTransport;

import io.sw4rm.scheduler.client.SchedulerClient;
import io.sw4rm.scheduler.client.TaskSubmission;
import io.sw4rm.scheduler.embedded.EmbeddedScheduler;
import io.sw4rm.scheduler.test.SchedulerTest;

import static io.sw4rm.scheduler.test.SchedulerAssertions.assertThat;

/**
 * Tests for {@link SchedulerTest @SchedulerTest} together with Boot's in-process
 * transport.
 */
@SchedulerTest
@AutoConfigureTestGrpcTransport
class TestGrpcTransportSliceTests {

	@Test
	void clientUsesEmbeddedScheduler(@Autowired EmbeddedScheduler scheduler, @Autowired SchedulerClient client) {
		client.submitTask(TaskSubmission.forAgent("worker-1").taskId("task-1").build());
		assertThat(scheduler).hasAccepted("task-1");
	}

}
