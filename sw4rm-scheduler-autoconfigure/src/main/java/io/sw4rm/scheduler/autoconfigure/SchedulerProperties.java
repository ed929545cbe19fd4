package io.sw4rm.scheduler.autoconfigure;

import java.time.Duration;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

import io.grpc.Status;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.InitializingBean;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.util.unit.DataSize;

import io.sw4rm.scheduler.client.SchedulerOperation;

/**
 * Configuration properties of the SW4RM scheduler client. Values that can't work stop the
 * application.
 */
@ConfigurationProperties("sw4rm.scheduler")
public class SchedulerProperties implements InitializingBean {

	/**
	 * Whether to enable auto-configuration of the SW4RM scheduler client.
	 */
	private boolean enabled = true;

	/**
	 * Address of the scheduler: host:port, http://host:port, https://host:port for TLS, a
	 * comma-separated list of these, or any gRPC target such as dns:///host:port.
	 */
	private String address = "localhost:50053";

	/**
	 * Time that a call may take, whatever the operation. When not set, 10 seconds for
	 * reading the activity buffer and 30 seconds for everything else.
	 */
	private @Nullable Duration deadline;

	/**
	 * Whether calls wait for a connection until their deadline instead of failing at once
	 * when there is none.
	 */
	private boolean waitForReady;

	/**
	 * Load balancing policy. When not set, round_robin for an address with several hosts
	 * and pick_first for any other.
	 */
	private @Nullable String loadBalancingPolicy;

	/**
	 * User agent of calls. When not set, the name and version of this client.
	 */
	private @Nullable String userAgent;

	/**
	 * Metadata to send with every call.
	 */
	private final Map<String, String> metadata = new LinkedHashMap<>();

	/**
	 * Time without calls after which the connection is closed. When not set, Boot's
	 * spring.grpc.client.channel.default.idle.timeout applies.
	 */
	private @Nullable Duration idleTimeout;

	/**
	 * Largest answer to accept. When not set, Boot's
	 * spring.grpc.client.channel.default.inbound.message.max-size applies.
	 */
	private @Nullable DataSize maxInboundMessageSize;

	/**
	 * Largest request to send. Schedulers usually accept no larger ones.
	 */
	private DataSize maxOutboundMessageSize = DataSize.ofMegabytes(4);

	/**
	 * Largest number of calls in flight; one more is refused at once. When not set, there
	 * is no limit.
	 */
	private @Nullable Integer maxInFlight;

	/**
	 * Longest wait between two attempts to connect to a scheduler that is away, at least
	 * 10ms.
	 */
	private Duration maxReconnectBackoff = Duration.ofSeconds(5);

	/**
	 * What the application does about the scheduler when it starts: nothing (lazy), wait
	 * for it until the time-out and fail then (wait), or fail if it is not there
	 * (fail-fast).
	 */
	private Startup startup = Startup.LAZY;

	/**
	 * Time that the scheduler has to answer when the application starts, unless that is
	 * lazy.
	 */
	private Duration startupTimeout = Duration.ofSeconds(30);

	/**
	 * Name of the compressor for requests. When not set, requests are not compressed.
	 */
	private @Nullable String compression;

	/**
	 * Time that calls in flight get to end when the application stops.
	 */
	private Duration shutdownGracePeriod = Duration.ofSeconds(30);

	private final Deadlines deadlines = new Deadlines();

	private final Retry retry = new Retry();

	private final Ssl ssl = new Ssl();

	private final Keepalive keepalive = new Keepalive();

	private final HealthChecking healthChecking = new HealthChecking();

	public boolean isEnabled() {
		return this.enabled;
	}

	public void setEnabled(boolean enabled) {
		this.enabled = enabled;
	}

	public String getAddress() {
		return this.address;
	}

	public void setAddress(String address) {
		this.address = address;
	}

	public @Nullable Duration getDeadline() {
		return this.deadline;
	}

	public void setDeadline(@Nullable Duration deadline) {
		this.deadline = deadline;
	}

	public Deadlines getDeadlines() {
		return this.deadlines;
	}

	public boolean isWaitForReady() {
		return this.waitForReady;
	}

	public void setWaitForReady(boolean waitForReady) {
		this.waitForReady = waitForReady;
	}

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

	public Map<String, String> getMetadata() {
		return this.metadata;
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

	public DataSize getMaxOutboundMessageSize() {
		return this.maxOutboundMessageSize;
	}

	public void setMaxOutboundMessageSize(DataSize maxOutboundMessageSize) {
		this.maxOutboundMessageSize = maxOutboundMessageSize;
	}

	public @Nullable Integer getMaxInFlight() {
		return this.maxInFlight;
	}

	public void setMaxInFlight(@Nullable Integer maxInFlight) {
		this.maxInFlight = maxInFlight;
	}

	public Duration getMaxReconnectBackoff() {
		return this.maxReconnectBackoff;
	}

	public void setMaxReconnectBackoff(Duration maxReconnectBackoff) {
		this.maxReconnectBackoff = maxReconnectBackoff;
	}

	public Startup getStartup() {
		return this.startup;
	}

	public void setStartup(Startup startup) {
		this.startup = startup;
	}

	public Duration getStartupTimeout() {
		return this.startupTimeout;
	}

	public void setStartupTimeout(Duration startupTimeout) {
		this.startupTimeout = startupTimeout;
	}

	public @Nullable String getCompression() {
		return this.compression;
	}

	public void setCompression(@Nullable String compression) {
		this.compression = compression;
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

	public Ssl getSsl() {
		return this.ssl;
	}

	public Keepalive getKeepalive() {
		return this.keepalive;
	}

	public HealthChecking getHealthChecking() {
		return this.healthChecking;
	}

	@Override
	public void afterPropertiesSet() {
		SchedulerPropertiesValidator.validate(this);
	}

	/**
	 * What the application does about the scheduler when it starts.
	 */
	public enum Startup {

		/**
		 * Start whether or not there is a scheduler, and connect with the first call.
		 */
		LAZY,

		/**
		 * Wait until the scheduler answers. The application doesn't start if that takes
		 * longer than the time-out.
		 */
		WAIT,

		/**
		 * Ask the scheduler once. The application doesn't start if it doesn't answer.
		 */
		FAIL_FAST

	}

	/**
	 * Deadlines of operations.
	 */
	public static class Deadlines {

		/**
		 * Time that a submission may take. When not set, "deadline" applies.
		 */
		private @Nullable Duration submitTask;

		/**
		 * Time that a preemption request may take. When not set, "deadline" applies.
		 */
		private @Nullable Duration requestPreemption;

		/**
		 * Time that a shutdown request may take. When not set, "deadline" applies.
		 */
		private @Nullable Duration shutdownAgent;

		/**
		 * Time that reading an activity buffer may take. When not set, "deadline"
		 * applies.
		 */
		private @Nullable Duration pollActivityBuffer;

		/**
		 * Time that a purge may take. When not set, "deadline" applies.
		 */
		private @Nullable Duration purgeActivity;

		public @Nullable Duration getSubmitTask() {
			return this.submitTask;
		}

		public void setSubmitTask(@Nullable Duration submitTask) {
			this.submitTask = submitTask;
		}

		public @Nullable Duration getRequestPreemption() {
			return this.requestPreemption;
		}

		public void setRequestPreemption(@Nullable Duration requestPreemption) {
			this.requestPreemption = requestPreemption;
		}

		public @Nullable Duration getShutdownAgent() {
			return this.shutdownAgent;
		}

		public void setShutdownAgent(@Nullable Duration shutdownAgent) {
			this.shutdownAgent = shutdownAgent;
		}

		public @Nullable Duration getPollActivityBuffer() {
			return this.pollActivityBuffer;
		}

		public void setPollActivityBuffer(@Nullable Duration pollActivityBuffer) {
			this.pollActivityBuffer = pollActivityBuffer;
		}

		public @Nullable Duration getPurgeActivity() {
			return this.purgeActivity;
		}

		public void setPurgeActivity(@Nullable Duration purgeActivity) {
			this.purgeActivity = purgeActivity;
		}

		/**
		 * Return the deadline of an operation.
		 * @param operation the operation
		 * @return the deadline, or {@code null} if it has none of its own
		 */
		public @Nullable Duration of(SchedulerOperation operation) {
			return switch (operation) {
				case SUBMIT_TASK -> this.submitTask;
				case REQUEST_PREEMPTION -> this.requestPreemption;
				case SHUTDOWN_AGENT -> this.shutdownAgent;
				case POLL_ACTIVITY_BUFFER -> this.pollActivityBuffer;
				case PURGE_ACTIVITY -> this.purgeActivity;
			};
		}

	}

	/**
	 * Retries by gRPC.
	 */
	public static class Retry {

		/**
		 * Largest number of attempts, including the first; 1 switches retries off.
		 */
		private int maxAttempts = 3;

		/**
		 * Longest wait before the second attempt.
		 */
		private Duration initialBackoff = Duration.ofMillis(200);

		/**
		 * Longest wait before any attempt.
		 */
		private Duration maxBackoff = Duration.ofSeconds(2);

		/**
		 * Factor by which the wait grows with each attempt.
		 */
		private double backoffMultiplier = 2;

		/**
		 * Statuses after which a call is tried again.
		 */
		private Set<Status.Code> statuses = EnumSet.of(Status.Code.UNAVAILABLE);

		/**
		 * Operations to try again. Only reading is safe to repeat: any other call may
		 * have been carried out before its answer was lost.
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
		 * Keeps retries from burdening a scheduler that is in trouble already.
		 */
		public static class Throttling {

			/**
			 * Size of the bucket of tokens, 1 to 1000. A failed attempt takes a token
			 * out; once half of them are gone, nothing is retried.
			 */
			private int maxTokens = 100;

			/**
			 * Share of a token that each success puts back, 0.001 to 1000.
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
	 * Encryption.
	 */
	public static class Ssl {

		/**
		 * Whether to use TLS. When not set, TLS is used if a bundle is set or the address
		 * starts with https.
		 */
		private @Nullable Boolean enabled;

		/**
		 * Name of the SSL bundle with trusted certificates and, for mutual TLS, the
		 * client's own. When not set, TLS trusts the certificates that the JVM trusts.
		 */
		private @Nullable String bundle;

		/**
		 * Name to expect in the scheduler's certificate, for tests only. When not set,
		 * the name in the address.
		 */
		private @Nullable String serverNameOverride;

		public @Nullable Boolean getEnabled() {
			return this.enabled;
		}

		public void setEnabled(@Nullable Boolean enabled) {
			this.enabled = enabled;
		}

		boolean isRequested() {
			return (this.enabled != null) ? this.enabled : this.bundle != null;
		}

		public @Nullable String getBundle() {
			return this.bundle;
		}

		public void setBundle(@Nullable String bundle) {
			this.bundle = bundle;
		}

		public @Nullable String getServerNameOverride() {
			return this.serverNameOverride;
		}

		public void setServerNameOverride(@Nullable String serverNameOverride) {
			this.serverNameOverride = serverNameOverride;
		}

	}

	/**
	 * Probes that find dead connections.
	 */
	public static class Keepalive {

		/**
		 * Time without traffic after which the connection is probed; gRPC makes 10
		 * seconds of less. When not set, Boot's
		 * spring.grpc.client.channel.default.keepalive.time applies.
		 */
		private @Nullable Duration time;

		/**
		 * Time after which a probe without answer ends the connection. When not set,
		 * Boot's spring.grpc.client.channel.default.keepalive.timeout applies.
		 */
		private @Nullable Duration timeout;

		/**
		 * Whether to probe while there are no calls too. When not set, Boot's
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
	 * Health checking by the client: only replicas that say they serve get calls.
	 */
	public static class HealthChecking {

		/**
		 * Whether only replicas that say they serve get calls. Each must offer
		 * grpc.health.v1 and know the service name: one that doesn't know it gets no
		 * calls.
		 */
		private boolean enabled;

		/**
		 * Name of the service whose health counts. When not set, it is the health of the
		 * server as a whole.
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
