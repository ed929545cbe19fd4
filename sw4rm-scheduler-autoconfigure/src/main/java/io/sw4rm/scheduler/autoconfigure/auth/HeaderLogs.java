package io.sw4rm.scheduler.autoconfigure.auth;

import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingSystem;

/**
 * Keeps tokens out of the log. At debug level gRPC's Netty transport prints the headers
 * of each call as they are.
 */
class HeaderLogs {

	private static final Log logger = LogFactory.getLog(HeaderLogs.class);

	private final List<HeaderLog> logs = Stream
		.of("io.grpc.netty.NettyClientHandler", "io.grpc.netty.shaded.io.grpc.netty.NettyClientHandler")
		.map((name) -> new HeaderLog(name, LogFactory.getLog(name)))
		.toList();

	private final LoggingSystem loggingSystem;

	private final AtomicBoolean warned = new AtomicBoolean();

	HeaderLogs(LoggingSystem loggingSystem) {
		this.loggingSystem = loggingSystem;
	}

	/**
	 * Switch off what would print a token. To be called for each token that is sent:
	 * levels change while the application runs.
	 */
	void silence() {
		for (HeaderLog log : this.logs) {
			if (log.log().isDebugEnabled()) {
				silence(log.name());
			}
		}
	}

	private void silence(String name) {
		this.loggingSystem.setLogLevel(name, LogLevel.INFO);
		if (this.warned.compareAndSet(false, true)) {
			logger.warn(
					"The level of logger '%s' is set to INFO: below, it prints the token that is sent to the scheduler"
						.formatted(name));
		}
	}

	private record HeaderLog(String name, Log log) {

	}

}
