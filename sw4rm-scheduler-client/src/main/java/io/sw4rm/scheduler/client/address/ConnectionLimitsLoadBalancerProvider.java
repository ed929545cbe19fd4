package io.sw4rm.scheduler.client.address;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import io.grpc.LoadBalancer;
import io.grpc.LoadBalancerProvider;
import io.grpc.NameResolver.ConfigOrError;
import io.grpc.Status;
import io.grpc.util.GracefulSwitchLoadBalancer;

/**
 * Load balancing policy {@value #POLICY_NAME}, which adds limits to the connections of
 * another policy: a connection that is not ready in time is closed, and a server that
 * closes its connections immediately is not connected to in a tight loop. gRPC has no
 * settings for these limits. gRPC loads this class as a Java service.
 *
 * @since 0.1.0
 */
public final class ConnectionLimitsLoadBalancerProvider extends LoadBalancerProvider {

	/**
	 * The time in which a connection must be ready, by default.
	 */
	public static final Duration DEFAULT_CONNECT_TIMEOUT = Duration.ofSeconds(10);

	/**
	 * The time between two connections to a server that closes each connection, by
	 * default.
	 */
	public static final Duration DEFAULT_RECONNECT_INTERVAL = Duration.ofSeconds(1);

	static final String POLICY_NAME = "sw4rm_connection_limits";

	private static final String CONNECT_TIMEOUT = "connectTimeout";

	private static final String RECONNECT_INTERVAL = "reconnectInterval";

	private static final String CHILD_POLICY = "childPolicy";

	/**
	 * Create the provider.
	 */
	public ConnectionLimitsLoadBalancerProvider() {
	}

	/**
	 * Return the value of {@code loadBalancingConfig} in a service config.
	 * @param childPolicy the name of the policy that selects the connection of each call
	 * @param connectTimeout the time in which a connection must be ready, positive
	 * @param reconnectInterval the time between two connections to a server that closes
	 * each connection, positive
	 * @return the value
	 */
	public static List<Map<String, ?>> loadBalancingConfig(String childPolicy, Duration connectTimeout,
			Duration reconnectInterval) {
		return List.of(Map.of(POLICY_NAME, Map.of(CONNECT_TIMEOUT, connectTimeout.toString(), RECONNECT_INTERVAL,
				reconnectInterval.toString(), CHILD_POLICY, List.of(Map.of(childPolicy, Map.of())))));
	}

	@Override
	public boolean isAvailable() {
		return true;
	}

	@Override
	public int getPriority() {
		return 5;
	}

	@Override
	public String getPolicyName() {
		return POLICY_NAME;
	}

	@Override
	public LoadBalancer newLoadBalancer(LoadBalancer.Helper helper) {
		return new ConnectionLimitsLoadBalancer(helper);
	}

	@Override
	@SuppressWarnings("unchecked")
	public ConfigOrError parseLoadBalancingPolicyConfig(Map<String, ?> config) {
		try {
			Duration connectTimeout = Duration.parse((String) config.get(CONNECT_TIMEOUT));
			Duration reconnectInterval = Duration.parse((String) config.get(RECONNECT_INTERVAL));
			ConfigOrError child = GracefulSwitchLoadBalancer
				.parseLoadBalancingPolicyConfig((List<Map<String, ?>>) config.get(CHILD_POLICY));
			return (child.getError() != null) ? child
					: ConfigOrError.fromConfig(new Config(connectTimeout, reconnectInterval, child.getConfig()));
		}
		catch (RuntimeException ex) {
			return ConfigOrError.fromError(Status.UNAVAILABLE.withCause(ex)
				.withDescription("The configuration of %s is invalid".formatted(POLICY_NAME)));
		}
	}

	/**
	 * The parsed configuration.
	 *
	 * @param connectTimeout the time in which a connection must be ready
	 * @param reconnectInterval the time between two connections to a server that closes
	 * each connection
	 * @param child the configuration of the child policy
	 */
	record Config(Duration connectTimeout, Duration reconnectInterval, Object child) {

	}

}
