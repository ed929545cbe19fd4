package io.sw4rm.scheduler.autoconfigure.activity;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

import io.sw4rm.scheduler.client.ActivityEntry;
import io.sw4rm.scheduler.client.ActivityListener;
import io.sw4rm.scheduler.client.ActivityWatch;
import io.sw4rm.scheduler.client.ActivityWatch.State;
import io.sw4rm.scheduler.client.AsyncSchedulerClient;

/**
 * The watches of one {@link SchedulerActivityListener}, one for each agent. Not
 * thread-safe.
 */
class ActivityListenerContainer {

	private final String id;

	private final String clientName;

	private final Set<String> agents;

	private final ActivityListenerMethod method;

	private final Supplier<AsyncSchedulerClient> client;

	private final SchedulerActivityErrorHandler errorHandler;

	private final Map<String, ActivityWatch> watches = new LinkedHashMap<>();

	private boolean started;

	private boolean paused;

	ActivityListenerContainer(String id, String clientName, Set<String> agents, boolean autoStartup,
			ActivityListenerMethod method, Supplier<AsyncSchedulerClient> client,
			SchedulerActivityErrorHandler errorHandler) {
		this.id = id;
		this.clientName = clientName;
		this.agents = agents;
		this.started = autoStartup;
		this.method = method;
		this.client = client;
		this.errorHandler = errorHandler;
	}

	/**
	 * Return whether the listener runs while the application runs.
	 */
	boolean isStarted() {
		return this.started;
	}

	void setStarted(boolean started) {
		this.started = started;
	}

	boolean isPaused() {
		return this.paused;
	}

	/**
	 * Return whether activity of any agent is received, unless the listener is paused.
	 */
	boolean isRunning() {
		return this.watches.values().stream().anyMatch((watch) -> watch.state() != State.CLOSED);
	}

	/**
	 * Watch all agents that are not watched yet, or no longer because of a failure.
	 */
	void open() {
		AsyncSchedulerClient client = this.client.get();
		for (String agent : this.agents) {
			ActivityWatch watch = this.watches.get(agent);
			if (watch == null || watch.state() == State.CLOSED) {
				this.watches.put(agent,
						client.watchActivity(agent, new Delegate(new WatchedAgent(this.id, this.clientName, agent))));
			}
		}
		if (this.paused) {
			pause();
		}
	}

	/**
	 * End all watches.
	 * @return completes when no method call is in progress
	 */
	CompletableFuture<Void> close() {
		CompletableFuture<?>[] completions = this.watches.values()
			.stream()
			.map(ActivityWatch::closeAsync)
			.toArray(CompletableFuture[]::new);
		this.watches.clear();
		return CompletableFuture.allOf(completions);
	}

	void pause() {
		this.paused = true;
		this.watches.values().forEach(ActivityWatch::pause);
	}

	void resume() {
		this.paused = false;
		this.watches.values().forEach(ActivityWatch::resume);
	}

	/**
	 * Calls the method.
	 */
	private final class Delegate implements ActivityListener {

		private final WatchedAgent agent;

		Delegate(WatchedAgent agent) {
			this.agent = agent;
		}

		@Override
		public void onActivity(ActivityEntry entry) throws Exception {
			ActivityListenerContainer.this.method.invoke(this.agent.agentId(), entry);
		}

		@Override
		public void onActivityFailure(ActivityEntry entry, Throwable failure) {
			ActivityListenerContainer.this.errorHandler.onActivityFailure(this.agent, entry, failure);
		}

		@Override
		public void onOutage(Throwable failure) {
			ActivityListenerContainer.this.errorHandler.onOutage(this.agent, failure);
		}

		@Override
		public void onRecovery() {
			ActivityListenerContainer.this.errorHandler.onRecovery(this.agent);
		}

		@Override
		public void onEntriesLost(long entries) {
			ActivityListenerContainer.this.errorHandler.onEntriesLost(this.agent, entries);
		}

		@Override
		public void onError(Throwable failure) {
			ActivityListenerContainer.this.errorHandler.onError(this.agent, failure);
		}

	}

}
