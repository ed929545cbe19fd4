package io.sw4rm.scheduler.autoconfigure;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

import io.grpc.StatusRuntimeException;

import io.sw4rm.scheduler.autoconfigure.SchedulerProperties.Startup;

/**
 * Thrown when the scheduler gave no sign of life when the application started.
 */
class SchedulerStartupException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final String address;

	private final Startup startup;

	private final StatusRuntimeException failure;

	SchedulerStartupException(String address, Startup startup, Duration timeout, StatusRuntimeException failure) {
		super("No answer from the scheduler at '%s' within %d ms: %s".formatted(address,
				TimeUnit.MILLISECONDS.convert(timeout), failure.getStatus().getCode()), failure);
		this.address = address;
		this.startup = startup;
		this.failure = failure;
	}

	String getAddress() {
		return this.address;
	}

	Startup getStartup() {
		return this.startup;
	}

	StatusRuntimeException getFailure() {
		return this.failure;
	}

}
