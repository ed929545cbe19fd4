package com.example;

import java.time.Duration;

import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;

import io.sw4rm.scheduler.embedded.EmbeddedScheduler;
import io.sw4rm.scheduler.smoke.WebApplicationTests;

import static org.awaitility.Awaitility.await;

class ServletApplicationTests extends WebApplicationTests {

	@Test
	void receivesActivity(@Autowired EmbeddedScheduler scheduler, @Autowired WatchedActivity activity) {
		scheduler.agent("watched").recordActivity((entry) -> entry.taskId("task-1"));
		await().atMost(Duration.ofSeconds(30)).until(() -> activity.taskIds().contains("task-1"));
	}

}
