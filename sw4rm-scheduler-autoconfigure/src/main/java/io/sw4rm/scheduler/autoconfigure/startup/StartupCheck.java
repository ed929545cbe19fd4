package io.sw4rm.scheduler.autoconfigure.startup;

import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

import io.grpc.Deadline;
import io.grpc.Status;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.SmartLifecycle;

import io.sw4rm.scheduler.autoconfigure.SchedulerClientProperties;
import io.sw4rm.scheduler.autoconfigure.SchedulerClientProperties.Startup;
import io.sw4rm.scheduler.autoconfigure.SchedulerConnections;
import io.sw4rm.scheduler.autoconfigure.channel.SchedulerConnection;
import io.sw4rm.scheduler.autoconfigure.channel.SchedulerHealth;
import io.sw4rm.scheduler.autoconfigure.channel.SchedulerHealth.State;
import io.sw4rm.scheduler.autoconfigure.diagnostics.PropertyRemedies;
import io.sw4rm.scheduler.autoconfigure.diagnostics.SchedulerFailureException;
import io.sw4rm.scheduler.client.SchedulerProblem;

/**
 * Checks that schedulers respond when the application starts, if configured. Starts
 * before components that accept work, such as web servers and message listeners.
 */
class StartupCheck implements SmartLifecycle {

	private static final Log logger = LogFactory.getLog(StartupCheck.class);

	private static final Duration PAUSE = Duration.ofMillis(200);

	/**
	 * Not injected, because lifecycle beans are created even if others are lazy.
	 */
	private final ObjectProvider<SchedulerConnections> connections;

	private volatile boolean running;

	StartupCheck(ObjectProvider<SchedulerConnections> connections) {
		this.connections = connections;
	}

	@Override
	public int getPhase() {
		return 0;
	}

	/**
	 * A paused context does not check again when it restarts.
	 */
	@Override
	public boolean isPauseable() {
		return false;
	}

	@Override
	public void start() {
		SchedulerConnections connections = this.connections.getObject();
		for (String name : connections.names()) {
			SchedulerClientProperties properties = connections.properties(name);
			if (properties.getStartup() != Startup.LAZY) {
				check(connections.get(name), connections.prefix(name), properties);
			}
		}
		this.running = true;
	}

	private void check(SchedulerConnection connection, String prefix, SchedulerClientProperties properties) {
		Startup startup = properties.getStartup();
		Duration timeout = properties.getStartupTimeout();
		Deadline deadline = Deadline.after(TimeUnit.NANOSECONDS.convert(timeout), TimeUnit.NANOSECONDS);
		logger.info("Checking the SW4RM scheduler at '%s' for up to %d ms".formatted(connection.target(),
				TimeUnit.MILLISECONDS.convert(timeout)));
		SchedulerHealth health = connection.checkHealth(deadline, false);
		SchedulerHealth failure = health;
		while (startup == Startup.WAIT && mayPass(health) && !deadline.isExpired() && pause()) {
			health = connection.checkHealth(deadline, false);
			// The last failure may be just a timeout
			failure = (health.status().getCode() != Status.Code.DEADLINE_EXCEEDED) ? health : failure;
		}
		if (!health.isResponse()) {
			throw failure(connection.target(), prefix, startup, failure);
		}
	}

	/**
	 * Rejected credentials remain rejected.
	 */
	private static boolean mayPass(SchedulerHealth health) {
		return health.state() == State.ERROR || health.state() == State.UNREACHABLE;
	}

	private static boolean pause() {
		try {
			Thread.sleep(PAUSE.toMillis());
			return true;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
	}

	private static SchedulerFailureException failure(String target, String prefix, Startup startup,
			SchedulerHealth health) {
		SchedulerProblem problem = SchedulerProblem.of(health.status());
		return new SchedulerFailureException(
				"The SW4RM scheduler at '%s' %s (%s). '%sstartup' is '%s': the application does not start without it."
					.formatted(target,
							(health.state() == State.UNREACHABLE) ? "did not respond during start-up"
									: "rejected the health check during start-up",
							SchedulerProblem.describe(health.status()), prefix,
							startup.name().toLowerCase(Locale.ROOT).replace('_', '-')),
				"%sSet '%sstartup' to 'lazy' to start without the scheduler.".formatted(
						(problem != null)
								? problem.meaning() + ". " + new PropertyRemedies(prefix).apply(problem) + ". " : "",
						prefix),
				health.status().asRuntimeException());
	}

	@Override
	public void stop() {
		this.running = false;
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

}
