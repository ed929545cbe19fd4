package io.sw4rm.scheduler.autoconfigure;

import java.time.Duration;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.util.unit.DataSize;

import io.sw4rm.scheduler.autoconfigure.channel.SchedulerChannelProperties;
import io.sw4rm.scheduler.client.SchedulerOperation;
import io.sw4rm.scheduler.client.WatchOptions;

/**
 * Properties of the clients of one scheduler.
 *
 * @since 0.1.0
 */
public class SchedulerClientProperties extends SchedulerChannelProperties {

	/**
	 * Address of the scheduler: host:port, http://host:port, https://host:port for TLS, a
	 * list of these, or any gRPC target such as dns:///host:port.
	 */
	private List<String> address = List.of("localhost:50053");

	/**
	 * Deadline of calls. When not set, 10 seconds for reading the activity buffer and 30
	 * seconds for all other operations.
	 */
	private @Nullable Duration deadline;

	/**
	 * Whether calls wait for a connection until their deadline instead of failing
	 * immediately when there is none.
	 */
	private boolean waitForReady;

	/**
	 * Metadata to send with every call.
	 */
	private final Map<String, String> metadata = new LinkedHashMap<>();

	/**
	 * Maximum size of requests. Schedulers usually reject larger ones.
	 */
	private DataSize maxOutboundMessageSize = DataSize.ofMegabytes(4);

	/**
	 * Maximum number of calls in flight. Calls that exceed the limit fail immediately,
	 * batches of tasks wait. When not set, there is no limit.
	 */
	private @Nullable Integer maxInFlight;

	/**
	 * Name of the compressor for requests. When not set, requests are not compressed.
	 */
	private @Nullable String compression;

	/**
	 * Whether the application checks the scheduler when it starts: not at all (lazy), by
	 * waiting for it up to the timeout (wait), or once (fail-fast). If the check fails,
	 * the application does not start.
	 */
	private Startup startup = Startup.LAZY;

	/**
	 * Time within which the scheduler must respond when the application starts, unless
	 * startup is lazy.
	 */
	private Duration startupTimeout = Duration.ofSeconds(30);

	/**
	 * Deadlines of individual operations. Operations without one use "deadline".
	 */
	private final Map<SchedulerOperation, Duration> deadlines = new EnumMap<>(SchedulerOperation.class);

	private final Ssl ssl = new Ssl();

	private final Activity activity = new Activity();

	public List<String> getAddress() {
		return this.address;
	}

	public void setAddress(List<String> address) {
		this.address = address;
	}

	/**
	 * Return the address as a single string.
	 */
	String address() {
		return String.join(",", this.address);
	}

	public @Nullable Duration getDeadline() {
		return this.deadline;
	}

	public void setDeadline(@Nullable Duration deadline) {
		this.deadline = deadline;
	}

	public boolean isWaitForReady() {
		return this.waitForReady;
	}

	public void setWaitForReady(boolean waitForReady) {
		this.waitForReady = waitForReady;
	}

	public Map<String, String> getMetadata() {
		return this.metadata;
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

	public @Nullable String getCompression() {
		return this.compression;
	}

	public void setCompression(@Nullable String compression) {
		this.compression = compression;
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

	public Map<SchedulerOperation, Duration> getDeadlines() {
		return this.deadlines;
	}

	public Ssl getSsl() {
		return this.ssl;
	}

	public Activity getActivity() {
		return this.activity;
	}

	/**
	 * Whether the application checks the scheduler when it starts.
	 */
	public enum Startup {

		/**
		 * Start without a check and connect when the first call is made.
		 */
		LAZY,

		/**
		 * Wait until the scheduler responds. The application does not start if that takes
		 * longer than the timeout.
		 */
		WAIT,

		/**
		 * Check the scheduler once. The application does not start if it does not
		 * respond.
		 */
		FAIL_FAST

	}

	/**
	 * Watches on the activity of agents.
	 */
	public static class Activity {

		/**
		 * Time from the delivery of new activity to the next poll.
		 */
		private Duration interval = Duration.ofSeconds(1);

		/**
		 * Fraction by which intervals vary at random, from 0 to 1, so that watches do not
		 * poll at the same time.
		 */
		private double jitter = 0.2;

		/**
		 * Maximum interval between attempts while the scheduler is not available.
		 */
		private Duration maxBackoff = Duration.ofSeconds(30);

		/**
		 * Whether to purge activity after it was delivered. Activity that is added for
		 * the same task between poll and purge is removed as well.
		 */
		private boolean purge;

		public Duration getInterval() {
			return this.interval;
		}

		public void setInterval(Duration interval) {
			this.interval = interval;
		}

		public double getJitter() {
			return this.jitter;
		}

		public void setJitter(double jitter) {
			this.jitter = jitter;
		}

		public Duration getMaxBackoff() {
			return this.maxBackoff;
		}

		public void setMaxBackoff(Duration maxBackoff) {
			this.maxBackoff = maxBackoff;
		}

		public boolean isPurge() {
			return this.purge;
		}

		public void setPurge(boolean purge) {
			this.purge = purge;
		}

		WatchOptions toWatchOptions() {
			return WatchOptions.defaults()
				.withInterval(this.interval)
				.withJitter(this.jitter)
				.withMaxBackoff(this.maxBackoff)
				.withPurge(this.purge);
		}

	}

	/**
	 * TLS.
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

}
