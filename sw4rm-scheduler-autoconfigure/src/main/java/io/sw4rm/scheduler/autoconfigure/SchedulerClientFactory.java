package io.sw4rm.scheduler.autoconfigure;

import io.sw4rm.scheduler.client.AsyncSchedulerClient;
import io.sw4rm.scheduler.client.ReactiveSchedulerClient;
import io.sw4rm.scheduler.client.SchedulerClient;
import io.sw4rm.scheduler.client.SchedulerClientBuilder;

/**
 * Factory for clients of the configured schedulers. Clients of the same scheduler share
 * its connection, its limit of calls in flight, and all settings of the properties and
 * the application's beans. Thread-safe.
 *
 * @since 0.1.0
 */
public interface SchedulerClientFactory {

	/**
	 * Create a client of the scheduler that {@code sw4rm.scheduler.*} configures.
	 * @return a new client
	 * @throws IllegalArgumentException if all configured schedulers have names
	 */
	default SchedulerClient create() {
		return create(SchedulerConnections.DEFAULT_NAME);
	}

	/**
	 * Create a client of the scheduler that {@code sw4rm.scheduler.client.<name>.*}
	 * configures.
	 * @param name the name of the scheduler
	 * @return a new client
	 * @throws IllegalArgumentException if there is no such scheduler
	 */
	default SchedulerClient create(String name) {
		return builder(name).build();
	}

	/**
	 * Create an asynchronous client, as {@link #create(String)} does.
	 * @param name the name of the scheduler
	 * @return a new client
	 * @throws IllegalArgumentException if there is no such scheduler
	 */
	default AsyncSchedulerClient createAsync(String name) {
		return builder(name).buildAsync();
	}

	/**
	 * Create a reactive client, as {@link #create(String)} does. Requires
	 * {@code reactor-core}.
	 * @param name the name of the scheduler
	 * @return a new client
	 * @throws IllegalArgumentException if there is no such scheduler
	 */
	default ReactiveSchedulerClient createReactive(String name) {
		return builder(name).buildReactive();
	}

	/**
	 * Return a builder for a client of the scheduler that
	 * {@code sw4rm.scheduler.client.<name>.*} configures.
	 * @param name the name of the scheduler, or {@code default} for the one without a
	 * name
	 * @return a new builder, to which properties and beans are already applied
	 * @throws IllegalArgumentException if there is no such scheduler
	 */
	SchedulerClientBuilder builder(String name);

}
