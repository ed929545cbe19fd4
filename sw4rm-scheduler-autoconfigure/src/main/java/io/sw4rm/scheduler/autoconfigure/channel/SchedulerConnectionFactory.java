package io.sw4rm.scheduler.autoconfigure.channel;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import io.grpc.ChannelCredentials;
import io.grpc.ConnectivityState;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.grpc.client.ChannelBuilderOptions;
import org.springframework.grpc.client.GrpcChannelFactory;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

import io.sw4rm.scheduler.client.address.SchedulerAddress.Security;

/**
 * Creates connections with the application's {@link GrpcChannelFactory}. When the
 * application stops, this factory initiates an orderly shutdown of their channels, and
 * the channel factory waits for calls in flight. Thread-safe.
 *
 * @since 0.1.0
 */
public class SchedulerConnectionFactory implements DisposableBean {

	private static final Log logger = LogFactory.getLog(SchedulerConnectionFactory.class);

	private final GrpcChannelFactory channelFactory;

	private final ChannelCredentialsPostProcessor credentialsPostProcessor;

	private final List<ManagedChannel> channels = new CopyOnWriteArrayList<>();

	private final ScheduledThreadPoolExecutor timer;

	/**
	 * Create a factory.
	 * @param channelFactory creates the channels
	 * @param credentialsPostProcessor passes credentials to the channel factory
	 */
	public SchedulerConnectionFactory(GrpcChannelFactory channelFactory,
			ChannelCredentialsPostProcessor credentialsPostProcessor) {
		this.channelFactory = channelFactory;
		this.credentialsPostProcessor = credentialsPostProcessor;
		CustomizableThreadFactory threadFactory = new CustomizableThreadFactory("sw4rm-scheduler-reconnect-");
		threadFactory.setDaemon(true);
		this.timer = new ScheduledThreadPoolExecutor(1, threadFactory);
	}

	/**
	 * Create a connection. Does not connect yet.
	 * @param settings the settings of the connection
	 * @return the connection
	 * @throws IllegalStateException if the connection must use TLS and the channel
	 * factory ignores that
	 */
	public SchedulerConnection connect(ConnectionSettings settings) {
		SchedulerChannelConfigurer configurer = new SchedulerChannelConfigurer(settings);
		ChannelBuilderOptions options = ChannelBuilderOptions.defaults()
			.withInterceptors(settings.interceptors())
			.withInterceptorsMerge(true)
			.withShutdownGracePeriod(shutdownGracePeriod(settings.properties()))
			.withCustomizer((name, builder) -> configurer.configure(builder));
		String target = settings.address().target();
		ManagedChannel channel = this.credentialsPostProcessor.using(target, credentials(settings),
				() -> this.channelFactory.createChannel(target, options));
		this.channels.add(channel);
		if (!configurer.isUsed()) {
			optionsIgnored(channel, settings);
		}
		if (settings.tls() != null) {
			settings.tls().use(channel);
		}
		limitReconnectBackoff(channel, settings);
		return new SchedulerConnection(channel, settings.address(), settings.tls() != null, settings.embedded());
	}

	private static void optionsIgnored(ManagedChannel channel, ConnectionSettings settings) {
		if (settings.tls() != null) {
			channel.shutdownNow();
			throw new IllegalStateException("The connection to the scheduler must use TLS, but the application's "
					+ "GrpcChannelFactory ignores the customizer of the ChannelBuilderOptions, which enforces it. "
					+ "Let its createChannel method apply the customizer");
		}
		logger.warn(("The application's GrpcChannelFactory ignores the customizer of the ChannelBuilderOptions: "
				+ "retries and all other settings of the channel in '%s*' have no effect. "
				+ "Let its createChannel method apply the interceptors and the customizer")
			.formatted(settings.prefix()));
	}

	/**
	 * Return the credentials of the channel, or {@code null} for the default ones.
	 */
	private static @Nullable ChannelCredentials credentials(ConnectionSettings settings) {
		if (settings.tls() != null) {
			return settings.tls().credentials();
		}
		return (settings.address().security() == Security.PLAINTEXT) ? InsecureChannelCredentials.create() : null;
	}

	/**
	 * Limit the delay between two attempts of a channel to connect. gRPC's delay grows up
	 * to two minutes, and gRPC has no setting to limit it.
	 */
	private void limitReconnectBackoff(ManagedChannel channel, ConnectionSettings settings) {
		boolean singleConnection = SchedulerServiceConfig.usesSingleConnection(settings);
		long nanos = TimeUnit.NANOSECONDS.convert(settings.properties().getMaxReconnectBackoff());
		this.timer.scheduleWithFixedDelay(() -> {
			// Also resolves the name again, which could fail and close a working
			// connection
			if (!singleConnection || channel.getState(false) != ConnectivityState.READY) {
				channel.resetConnectBackoff();
			}
		}, nanos, nanos, TimeUnit.NANOSECONDS);
	}

	/**
	 * The channel factory uses milliseconds, and no grace period if they do not fit into
	 * a {@code long}.
	 */
	private static Duration shutdownGracePeriod(SchedulerChannelProperties properties) {
		return Duration.ofMillis(TimeUnit.MILLISECONDS.convert(properties.getShutdownGracePeriod()));
	}

	@Override
	public void destroy() {
		this.timer.shutdownNow();
		this.channels.forEach(ManagedChannel::shutdown);
	}

}
