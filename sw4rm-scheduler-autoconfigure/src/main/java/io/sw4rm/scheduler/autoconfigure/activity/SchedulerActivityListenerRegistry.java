package io.sw4rm.scheduler.autoconfigure.activity;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.util.Assert;

/**
 * Starts, pauses and stops the methods with {@link SchedulerActivityListener} of an
 * application context. Listeners start last and stop first. When they stop, methods that
 * run may complete within {@code spring.lifecycle.timeout-per-shutdown-phase}.
 * <p>
 * A listener that starts again, for example after its application context was paused,
 * receives the entries that are in the buffer again.
 * <p>
 * Thread-safe. Its methods do not wait for methods of listeners, and can be called by
 * them.
 *
 * @since 0.1.0
 */
public final class SchedulerActivityListenerRegistry implements SmartLifecycle, DisposableBean {

	private final ConfigurableListableBeanFactory beanFactory;

	/** Null before the first start. */
	private @Nullable Map<String, ActivityListenerContainer> containers;

	private boolean running;

	SchedulerActivityListenerRegistry(ConfigurableListableBeanFactory beanFactory) {
		this.beanFactory = beanFactory;
	}

	/**
	 * Return the ids of all listeners.
	 * @return the ids; empty before the application context has started
	 */
	public synchronized Set<String> getListenerIds() {
		return Set.copyOf(containers().keySet());
	}

	/**
	 * Start a listener, and those of its watches that failures ended. Without effect on
	 * watches that are running.
	 * @param id the id of the listener
	 * @throws IllegalArgumentException if there is no such listener
	 */
	public synchronized void start(String id) {
		ActivityListenerContainer container = container(id);
		container.setStarted(true);
		if (this.running) {
			container.open();
		}
	}

	/**
	 * Stop a listener. A method that runs completes.
	 * @param id the id of the listener
	 * @throws IllegalArgumentException if there is no such listener
	 */
	public synchronized void stop(String id) {
		ActivityListenerContainer container = container(id);
		container.setStarted(false);
		container.close();
	}

	/**
	 * Pause a listener until it is resumed. A method that runs completes. Entries that
	 * were received before are not received again after that.
	 * @param id the id of the listener
	 * @throws IllegalArgumentException if there is no such listener
	 */
	public synchronized void pause(String id) {
		container(id).pause();
	}

	/**
	 * Resume a listener that is paused.
	 * @param id the id of the listener
	 * @throws IllegalArgumentException if there is no such listener
	 */
	public synchronized void resume(String id) {
		container(id).resume();
	}

	/**
	 * Return whether a listener is started and at least one of its agents is watched.
	 * @param id the id of the listener
	 * @return whether the listener runs; {@code true} for one that is paused
	 * @throws IllegalArgumentException if there is no such listener
	 */
	public synchronized boolean isRunning(String id) {
		return container(id).isRunning();
	}

	/**
	 * Return whether a listener is paused.
	 * @param id the id of the listener
	 * @return whether the listener is paused
	 * @throws IllegalArgumentException if there is no such listener
	 */
	public synchronized boolean isPaused(String id) {
		return container(id).isPaused();
	}

	private ActivityListenerContainer container(String id) {
		ActivityListenerContainer container = containers().get(id);
		Assert.isTrue(container != null,
				() -> "There is no listener '%s' (available: %s)".formatted(id, containers().keySet()));
		return container;
	}

	private Map<String, ActivityListenerContainer> containers() {
		return (this.containers != null) ? this.containers : Map.of();
	}

	@Override
	public synchronized void start() {
		if (this.containers == null) {
			this.containers = ActivityListenerDetector.detect(this.beanFactory);
		}
		this.running = true;
		this.containers.values()
			.stream()
			.filter(ActivityListenerContainer::isStarted)
			.forEach(ActivityListenerContainer::open);
	}

	@Override
	public void stop() {
		close();
	}

	@Override
	public void stop(Runnable callback) {
		close().whenComplete((nothing, failure) -> callback.run());
	}

	private synchronized CompletableFuture<Void> close() {
		this.running = false;
		return CompletableFuture.allOf(
				containers().values().stream().map(ActivityListenerContainer::close).toArray(CompletableFuture[]::new));
	}

	@Override
	public synchronized boolean isRunning() {
		return this.running;
	}

	@Override
	public void destroy() {
		close();
	}

}
