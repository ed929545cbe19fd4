package io.sw4rm.scheduler.client;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Records what a watch tells its listener.
 */
class RecordingActivityListener implements ActivityListener {

	/** The events in their order, each as a text. */
	final List<String> events = new CopyOnWriteArrayList<>();

	final List<Throwable> failures = new CopyOnWriteArrayList<>();

	@Override
	public void onActivity(ActivityEntry entry) {
		this.events.add(entry.taskId());
	}

	@Override
	public void onActivityFailure(ActivityEntry entry, Throwable failure) {
		this.events.add("failure of " + entry.taskId());
		this.failures.add(failure);
	}

	@Override
	public void onOutage(Throwable failure) {
		this.events.add("outage");
		this.failures.add(failure);
	}

	@Override
	public void onRecovery() {
		this.events.add("recovery");
	}

	@Override
	public void onEntriesLost(long entries) {
		this.events.add("lost " + entries);
	}

	@Override
	public void onError(Throwable failure) {
		this.events.add("error");
		this.failures.add(failure);
	}

}
