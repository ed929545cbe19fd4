package io.sw4rm.scheduler.autoconfigure.channel;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;

import io.grpc.Status;
import org.jspecify.annotations.Nullable;

import org.springframework.util.unit.DataSize;

import io.sw4rm.scheduler.client.SchedulerOperation;

/**
 * Properties of the channel to a scheduler.
 *
 * @since 0.1.0
 */
public abstract class SchedulerChannelProperties {

	/**
	 * Load balancing policy. When not set, round_robin for an address with several hosts
	 * and pick_first for any other.
	 */
	private @Nullable String loadBalancingPolicy;

	/**
	 * User agent of calls. When not set, the name and version of this client is used.
	 */
	private @Nullable String userAgent;

	/**
	 * Time without calls after which the connection is closed. When not set, Spring
	 * Boot's spring.grpc.client.channel.default.idle.timeout applies.
	 */
	private @Nullable Duration idleTimeout;

	/**
	 * Maximum size of responses. When not set, Spring Boot's
	 * spring.grpc.client.channel.default.inbound.message.max-size applies.
	 */
	private @Nullable DataSize maxInboundMessageSize;

	/**
	 * Time in which a new connection must be ready for calls, including the TLS
	 * handshake. After that it is closed, and the next address is tried.
	 */
	private Duration connectTimeout = Duration.ofSeconds(10);

	/**
	 * Maximum delay between two attempts to connect to a scheduler that is unavailable,
	 * at least 10ms.
	 */
	private Duration maxReconnectBackoff = Duration.ofSeconds(5);

	/**
	 * Time that calls in flight have to complete when the application stops.
	 */
	private Duration shutdownGracePeriod = Duration.ofSeconds(30);

	private final Retry retry = new Retry();

	private final Keepalive keepalive = new Keepalive();

	private final HealthChecking healthChecking = new HealthChecking();

	public @Nullable String getLoadBalancingPolicy() {
		return this.loadBalancingPolicy;
	}

	public void setLoadBalancingPolicy(@Nullable String loadBalancingPolicy) {
		this.loadBalancingPolicy = loadBalancingPolicy;
	}

	public @Nullable String getUserAgent() {
		return this.userAgent;
	}

	public void setUserAgent(@Nullable String userAgent) {
		this.userAgent = userAgent;
	}

	public @Nullable Duration getIdleTimeout() {
		return this.idleTimeout;
	}

	public void setIdleTimeout(@Nullable Duration idleTimeout) {
		this.idleTimeout = idleTimeout;
	}

	public @Nullable DataSize getMaxInboundMessageSize() {
		return this.maxInboundMessageSize;
	}

	public void setMaxInboundMessageSize(@Nullable DataSize maxInboundMessageSize) {
		this.maxInboundMessageSize = maxInboundMessageSize;
	}

	public Duration getConnectTimeout() {
		return this.connectTimeout;
	}

	public void setConnectTimeout(Duration connectTimeout) {
		this.connectTimeout = connectTimeout;
	}

	public Duration getMaxReconnectBackoff() {
		return this.maxReconnectBackoff;
	}

	public void setMaxReconnectBackoff(Duration maxReconnectBackoff) {
		this.maxReconnectBackoff = maxReconnectBackoff;
	}

	public Duration getShutdownGracePeriod() {
		return this.shutdownGracePeriod;
	}

	public void setShutdownGracePeriod(Duration shutdownGracePeriod) {
		this.shutdownGracePeriod = shutdownGracePeriod;
	}

	public Retry getRetry() {
		return this.retry;
	}

	public Keepalive getKeepalive() {
		return this.keepalive;
	}

	public HealthChecking getHealthChecking() {
		return this.healthChecking;
	}

	/**
	 * Retries by gRPC.
	 */
	public static class Retry {

		/**
		 * Maximum number of attempts, including the first. 1 disables retries.
		 */
		private int maxAttempts = 3;

		/**
		 * Maximum delay before the second attempt.
		 */
		private Duration initialBackoff = Duration.ofMillis(200);

		/**
		 * Maximum delay before any attempt.
		 */
		private Duration maxBackoff = Duration.ofSeconds(2);

		/**
		 * Factor by which the delay grows with each attempt.
		 */
		private double backoffMultiplier = 2;

		/**
		 * gRPC statuses after which a call is retried.
		 */
		private Set<Status.Code> statuses = EnumSet.of(Status.Code.UNAVAILABLE);

		/**
		 * Operations to retry. Only polls are safe to repeat: the scheduler may have
		 * carried out any other operation before its response was lost.
		 */
		private Set<SchedulerOperation> operations = EnumSet.of(SchedulerOperation.POLL_ACTIVITY_BUFFER);

		private final Throttling throttling = new Throttling();

		public int getMaxAttempts() {
			return this.maxAttempts;
		}

		public void setMaxAttempts(int maxAttempts) {
			this.maxAttempts = maxAttempts;
		}

		public Duration getInitialBackoff() {
			return this.initialBackoff;
		}

		public void setInitialBackoff(Duration initialBackoff) {
			this.initialBackoff = initialBackoff;
		}

		public Duration getMaxBackoff() {
			return this.maxBackoff;
		}

		public void setMaxBackoff(Duration maxBackoff) {
			this.maxBackoff = maxBackoff;
		}

		public double getBackoffMultiplier() {
			return this.backoffMultiplier;
		}

		public void setBackoffMultiplier(double backoffMultiplier) {
			this.backoffMultiplier = backoffMultiplier;
		}

		public Set<Status.Code> getStatuses() {
			return this.statuses;
		}

		public void setStatuses(Set<Status.Code> statuses) {
			this.statuses = statuses;
		}

		public Set<SchedulerOperation> getOperations() {
			return this.operations;
		}

		public void setOperations(Set<SchedulerOperation> operations) {
			this.operations = operations;
		}

		public Throttling getThrottling() {
			return this.throttling;
		}

		/**
		 * Limits retries when many attempts fail.
		 */
		public static class Throttling {

			/**
			 * Size of the token bucket, 1 to 1000. Each failed attempt removes a token.
			 * Calls are retried while more than half of the tokens are left.
			 */
			private int maxTokens = 100;

			/**
			 * Number of tokens that each success adds, 0.001 to 1000.
			 */
			private double tokenRatio = 0.1;

			public int getMaxTokens() {
				return this.maxTokens;
			}

			public void setMaxTokens(int maxTokens) {
				this.maxTokens = maxTokens;
			}

			public double getTokenRatio() {
				return this.tokenRatio;
			}

			public void setTokenRatio(double tokenRatio) {
				this.tokenRatio = tokenRatio;
			}

		}

	}

	/**
	 * Probes that detect dead connections.
	 */
	public static class Keepalive {

		/**
		 * Time without traffic after which the connection is probed. gRPC enforces a
		 * minimum of 10 seconds. When not set, Spring Boot's
		 * spring.grpc.client.channel.default.keepalive.time applies.
		 */
		private @Nullable Duration time;

		/**
		 * Time within which a probe must be answered, or the connection is closed. When
		 * not set, Spring Boot's spring.grpc.client.channel.default.keepalive.timeout
		 * applies.
		 */
		private @Nullable Duration timeout;

		/**
		 * Whether to probe when no calls are in flight. When not set, Spring Boot's
		 * spring.grpc.client.channel.default.keepalive.without-calls applies.
		 */
		private @Nullable Boolean withoutCalls;

		public @Nullable Duration getTime() {
			return this.time;
		}

		public void setTime(@Nullable Duration time) {
			this.time = time;
		}

		public @Nullable Duration getTimeout() {
			return this.timeout;
		}

		public void setTimeout(@Nullable Duration timeout) {
			this.timeout = timeout;
		}

		public @Nullable Boolean getWithoutCalls() {
			return this.withoutCalls;
		}

		public void setWithoutCalls(@Nullable Boolean withoutCalls) {
			this.withoutCalls = withoutCalls;
		}

	}

	/**
	 * Client-side health checking.
	 */
	public static class HealthChecking {

		/**
		 * Whether to send calls only to replicas that report that they are serving.
		 * Replicas without grpc.health.v1 receive calls. Replicas that do not know the
		 * service name, or that end the stream of Watch, do not.
		 */
		private boolean enabled;

		/**
		 * Name of the service whose health is checked. When not set, the health of the
		 * whole server is checked.
		 */
		private @Nullable String serviceName;

		public boolean isEnabled() {
			return this.enabled;
		}

		public void setEnabled(boolean enabled) {
			this.enabled = enabled;
		}

		public @Nullable String getServiceName() {
			return this.serviceName;
		}

		public void setServiceName(@Nullable String serviceName) {
			this.serviceName = serviceName;
		}

	}

}
