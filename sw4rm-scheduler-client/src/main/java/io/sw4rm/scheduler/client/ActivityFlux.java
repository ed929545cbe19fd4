package io.sw4rm.scheduler.client;

import java.util.ArrayList;
import java.util.List;

import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;

/**
 * Passes new entries to a subscriber. The watch is paused while the subscriber has not
 * requested all entries of an answer.
 */
final class ActivityFlux implements ActivityListener, PollingActivityWatch.Delivery {

	private final FluxSink<List<ActivityEntry>> sink;

	private final CallListeners listeners;

	private final PollingActivityWatch watch;

	private List<ActivityEntry> entries = new ArrayList<>();

	/** The number of answers that are requested. Guarded by this. */
	private long demand;

	private ActivityFlux(FluxSink<List<ActivityEntry>> sink, UnaryCalls calls, String agentId, WatchOptions options) {
		this.sink = sink;
		this.listeners = calls.listeners();
		this.watch = new PollingActivityWatch(calls, agentId, options, this, this);
		sink.onDispose(this.watch::closeAsync);
		sink.onRequest(this::request);
	}

	static Flux<ActivityEntry> create(UnaryCalls calls, String agentId, WatchOptions options) {
		// Requests the next answer when all entries of this one were emitted
		return Flux.<List<ActivityEntry>>create((sink) -> new ActivityFlux(sink, calls, agentId, options))
			.flatMapIterable((entries) -> entries, 1);
	}

	private synchronized void request(long answers) {
		this.demand += answers;
		this.watch.resume();
	}

	@Override
	public void onActivity(ActivityEntry entry) {
		this.entries.add(entry);
	}

	@Override
	public void onEntry(SchedulerCall poll, ActivityEntry entry) {
		this.listeners.onActivity(poll, entry);
	}

	@Override
	public void onEnd() {
		List<ActivityEntry> answer = this.entries;
		this.entries = new ArrayList<>();
		synchronized (this) {
			this.demand--;
			if (this.demand == 0) {
				this.watch.pause();
			}
		}
		this.sink.next(answer);
	}

	@Override
	public void onError(Throwable failure) {
		this.sink.error(failure);
	}

}
