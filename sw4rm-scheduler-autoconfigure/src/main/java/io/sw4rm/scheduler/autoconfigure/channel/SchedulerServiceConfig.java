package io.sw4rm.scheduler.autoconfigure.channel;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import io.sw4rm.scheduler.client.address.ConnectionLimitsLoadBalancerProvider;
import io.sw4rm.scheduler.client.address.SchedulerAddress;
import io.sw4rm.scheduler.client.SchedulerOperation;
import io.sw4rm.scheduler.proto.SchedulerServiceGrpc;

/**
 * The gRPC service config of a channel, from {@link SchedulerChannelProperties}.
 */
final class SchedulerServiceConfig {

	/**
	 * The maximum duration in a service config.
	 */
	private static final Duration MAX_BACKOFF = Duration.ofSeconds(315_576_000_000L);

	private SchedulerServiceConfig() {
	}

	static Map<String, Object> from(SchedulerChannelProperties properties, SchedulerAddress address) {
		Map<String, Object> config = new LinkedHashMap<>();
		config.put("loadBalancingConfig",
				ConnectionLimitsLoadBalancerProvider.loadBalancingConfig(loadBalancingPolicy(properties, address),
						properties.getConnectTimeout(), reconnectInterval(properties)));
		config.put("methodConfig", methodConfig(properties));
		if (properties.getRetry().getMaxAttempts() > 1) {
			config.put("retryThrottling", retryThrottling(properties.getRetry().getThrottling()));
		}
		if (properties.getHealthChecking().isEnabled()) {
			String serviceName = properties.getHealthChecking().getServiceName();
			config.put("healthCheckConfig", Map.of("serviceName", (serviceName != null) ? serviceName : ""));
		}
		return config;
	}

	private static Duration reconnectInterval(SchedulerChannelProperties properties) {
		return Stream
			.of(ConnectionLimitsLoadBalancerProvider.DEFAULT_RECONNECT_INTERVAL, properties.getMaxReconnectBackoff())
			.min(Duration::compareTo)
			.orElseThrow();
	}

	/**
	 * Return whether the channel uses at most one connection. The configuration of xDS is
	 * not known here.
	 */
	static boolean usesSingleConnection(ConnectionSettings settings) {
		return loadBalancingPolicy(settings.properties(), settings.address()).equals("pick_first")
				&& !settings.address().target().startsWith("xds:");
	}

	private static String loadBalancingPolicy(SchedulerChannelProperties properties, SchedulerAddress address) {
		String policy = properties.getLoadBalancingPolicy();
		if (policy != null) {
			return policy;
		}
		// pick_first itself does not check health
		boolean pickFirst = !address.isList() && !properties.getHealthChecking().isEnabled();
		return pickFirst ? "pick_first" : "round_robin";
	}

	/**
	 * Return the config of methods. Methods without settings are omitted, because each
	 * entry requires its calls to copy their options.
	 */
	private static List<Map<String, Object>> methodConfig(SchedulerChannelProperties properties) {
		SchedulerChannelProperties.Retry retry = properties.getRetry();
		if (retry.getMaxAttempts() == 1) {
			return List.of();
		}
		return retry.getOperations().stream().map((operation) -> methodConfig(operation, retry)).toList();
	}

	private static Map<String, Object> methodConfig(SchedulerOperation operation,
			SchedulerChannelProperties.Retry retry) {
		Map<String, Object> name = Map.of("service", SchedulerServiceGrpc.SERVICE_NAME, "method",
				operation.methodName());
		return Map.of("name", List.of(name), "retryPolicy", retryPolicy(retry));
	}

	private static Map<String, Object> retryPolicy(SchedulerChannelProperties.Retry retry) {
		return Map.of("maxAttempts", (double) retry.getMaxAttempts(), "initialBackoff",
				seconds(retry.getInitialBackoff()), "maxBackoff", seconds(retry.getMaxBackoff()), "backoffMultiplier",
				retry.getBackoffMultiplier(), "retryableStatusCodes",
				retry.getStatuses().stream().map(Enum::name).toList());
	}

	private static Map<String, Object> retryThrottling(SchedulerChannelProperties.Retry.Throttling throttling) {
		return Map.of("maxTokens", (double) throttling.getMaxTokens(), "tokenRatio", throttling.getTokenRatio());
	}

	private static String seconds(Duration backoff) {
		Duration duration = (backoff.compareTo(MAX_BACKOFF) < 0) ? backoff : MAX_BACKOFF;
		return BigDecimal.valueOf(duration.getSeconds())
			.add(BigDecimal.valueOf(duration.getNano(), 9))
			.stripTrailingZeros()
			.toPlainString() + "s";
	}

}
