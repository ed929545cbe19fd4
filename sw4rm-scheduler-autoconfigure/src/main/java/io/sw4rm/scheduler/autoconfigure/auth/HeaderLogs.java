package io.sw4rm.scheduler.autoconfigure.auth;

import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingSystem;

/**
 * Keeps tokens out of the log. At debug level gRPC's Netty transport prints the headers
 * of each call as they are.
 */
class HeaderLogs {

	private static final Log logger = LogFactory.getLog(HeaderLogs.class);

	private final Map<String, Log> logs = Stream
		.of("io.grpc.netty.NettyClientHandler", "io.grpc.netty.shaded.io.grpc.netty.NettyClientHandler")
		.collect(Collectors.toMap(Function.identity(), LogFactory::getLog));

	private final Supplier<LoggingSystem> loggingSystem;

	private final AtomicBoolean warned = new AtomicBoolean();

	HeaderLogs(Supplier<LoggingSystem> loggingSystem) {
		this.loggingSystem = loggingSystem;
	}

	/**
	 * Set the level of loggers that would print a token to INFO. To be called for each
	 * token that is sent, as levels can change while the application runs.
	 * @return why no token may be sent, or {@code null} if one may
	 */
	@Nullable String refusal() {
		for (Map.Entry<String, Log> log : this.logs.entrySet()) {
			if (log.getValue().isDebugEnabled() && !silence(log.getKey(), log.getValue())) {
				return "The token was not sent: logger '%s' would print it. Set the level of this logger to INFO"
					.formatted(log.getKey());
			}
		}
		return null;
	}

	private boolean silence(String name, Log log) {
		this.loggingSystem.get().setLogLevel(name, LogLevel.INFO);
		boolean silent = !log.isDebugEnabled();
		if (silent && this.warned.compareAndSet(false, true)) {
			logger.warn("The level of logger '%s' was set to INFO: at DEBUG it prints tokens".formatted(name));
		}
		return silent;
	}

}
