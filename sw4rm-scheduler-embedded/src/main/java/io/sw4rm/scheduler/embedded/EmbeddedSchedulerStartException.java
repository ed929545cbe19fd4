package io.sw4rm.scheduler.embedded;

/**
 * Thrown when an {@link EmbeddedScheduler} can't listen on its address, usually because
 * another process uses the port.
 *
 * @since 0.1.0
 */
public class EmbeddedSchedulerStartException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final String host;

	private final int port;

	EmbeddedSchedulerStartException(String host, int port, Throwable cause) {
		super(("Embedded scheduler can't listen on %s: %s. Stop the process that uses the port, "
				+ "or choose another address or port (port 0 selects any free one).")
			.formatted(EmbeddedScheduler.hostAndPort(host, port), cause.getMessage()), cause);
		this.host = host;
		this.port = port;
	}

	/**
	 * Return the configured host.
	 * @return the host name or IP address
	 */
	public String getHost() {
		return this.host;
	}

	/**
	 * Return the configured port.
	 * @return the port, or 0 for any free one
	 */
	public int getPort() {
		return this.port;
	}

}
