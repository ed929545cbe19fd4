package com.example;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import org.springframework.stereotype.Component;

import io.sw4rm.scheduler.autoconfigure.activity.SchedulerActivityListener;
import io.sw4rm.scheduler.client.ActivityEntry;

@Component
class WatchedActivity {

	private final Queue<String> taskIds = new ConcurrentLinkedQueue<>();

	Queue<String> taskIds() {
		return this.taskIds;
	}

	@SchedulerActivityListener("watched")
	void onActivity(ActivityEntry entry) {
		this.taskIds.add(entry.taskId());
	}

}
