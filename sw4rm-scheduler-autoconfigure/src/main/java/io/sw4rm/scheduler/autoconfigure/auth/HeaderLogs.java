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
 * Prevents tokens from being logged. At debug level, gRPC's Netty transport logs request
 * headers, including tokens.
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
	 * Set the level of loggers that would log a token to INFO. Must be called for each
	 * token that is sent, because levels can change while the application runs.
	 * @return why no token may be sent, or {@code null} if it may be sent
	 */
	@Nullable String refusal() {
		for (Map.Entry<String, Log> log : this.logs.entrySet()) {
			if (log.getValue().isDebugEnabled() && !silence(log.getKey(), log.getValue())) {
				return "The token was not sent: logger '%s' logs request headers. Set the level of this logger to INFO"
					.formatted(log.getKey());
			}
		}
		return null;
	}

	private boolean silence(String name, Log log) {
		this.loggingSystem.get().setLogLevel(name, LogLevel.INFO);
		boolean silent = !log.isDebugEnabled();
		if (silent && this.warned.compareAndSet(false, true)) {
			logger.warn("The level of logger '%s' was set to INFO: at DEBUG it logs tokens".formatted(name));
		}
		return silent;
	}

}
