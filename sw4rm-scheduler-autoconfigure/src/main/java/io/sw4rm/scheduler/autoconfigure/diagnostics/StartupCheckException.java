package io.sw4rm.scheduler.autoconfigure.diagnostics;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

import io.grpc.StatusRuntimeException;

/**
 * Thrown when the check of a scheduler at the start of the application failed.
 */
public class StartupCheckException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final String target;

	private final String prefix;

	private final String startup;

	private final transient StatusRuntimeException failure;

	/**
	 * Create an exception.
	 * @param target the scheduler
	 * @param prefix what the names of its properties begin with
	 * @param startup the value of its property {@code startup}
	 * @param timeout the time that the scheduler had to respond
	 * @param failure the failure of the last call
	 */
	public StartupCheckException(String target, String prefix, String startup, Duration timeout,
			StatusRuntimeException failure) {
		super("The check of the scheduler at '%s' failed within %d ms: %s".formatted(target,
				TimeUnit.MILLISECONDS.convert(timeout), failure.getStatus().getCode()), failure);
		this.target = target;
		this.prefix = prefix;
		this.startup = startup;
		this.failure = failure;
	}

	String getTarget() {
		return this.target;
	}

	String getPrefix() {
		return this.prefix;
	}

	String getStartup() {
		return this.startup;
	}

	StatusRuntimeException getFailure() {
		return this.failure;
	}

}
