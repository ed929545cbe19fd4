package io.sw4rm.scheduler.autoconfigure.channel;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

import io.grpc.ChannelCredentials;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.grpc.client.ChannelBuilderOptions;
import org.springframework.grpc.client.GrpcChannelFactory;

import io.sw4rm.scheduler.client.address.SchedulerAddress.Security;

/**
 * Makes connections by means of the application's {@link GrpcChannelFactory}. When the
 * application stops, this factory initiates an orderly shutdown of their channels, and
 * the channel factory waits for calls in flight. Thread-safe.
 */
public class SchedulerConnectionFactory implements DisposableBean {

	private final GrpcChannelFactory channelFactory;

	private final ChannelCredentialsPostProcessor credentialsPostProcessor;

	private final List<ManagedChannel> channels = new CopyOnWriteArrayList<>();

	private final ReconnectBackoffLimiter reconnectBackoffLimiter = new ReconnectBackoffLimiter();

	/**
	 * Create a factory.
	 * @param channelFactory makes the channels
	 * @param credentialsPostProcessor passes credentials to the channel factory
	 */
	public SchedulerConnectionFactory(GrpcChannelFactory channelFactory,
			ChannelCredentialsPostProcessor credentialsPostProcessor) {
		this.channelFactory = channelFactory;
		this.credentialsPostProcessor = credentialsPostProcessor;
	}

	/**
	 * Make a connection. Does not connect yet.
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
		if (settings.tls() != null) {
			if (!configurer.isUsed()) {
				channel.shutdownNow();
				throw new IllegalStateException("The connection to the scheduler must use TLS, but the application's "
						+ "GrpcChannelFactory ignores the customizer of the ChannelBuilderOptions, which ensures it. "
						+ "Let its createChannel method apply the customizer");
			}
			settings.tls().use(channel);
		}
		this.reconnectBackoffLimiter.limit(channel, settings.properties().getMaxReconnectBackoff(),
				SchedulerServiceConfig.usesSingleConnection(settings));
		return new SchedulerConnection(settings.name(), channel, settings.address(), settings.tls() != null);
	}

	/**
	 * Return the credentials of the channel, or {@code null} for those that it would have
	 * anyway.
	 */
	private static @Nullable ChannelCredentials credentials(ConnectionSettings settings) {
		if (settings.tls() != null) {
			return settings.tls().credentials();
		}
		return (settings.address().security() == Security.PLAINTEXT) ? InsecureChannelCredentials.create() : null;
	}

	/**
	 * The channel factory counts in milliseconds, and gives calls no grace at all if a
	 * {@code long} can't hold them.
	 */
	private static Duration shutdownGracePeriod(SchedulerChannelProperties properties) {
		return Duration.ofMillis(TimeUnit.MILLISECONDS.convert(properties.getShutdownGracePeriod()));
	}

	@Override
	public void destroy() {
		this.reconnectBackoffLimiter.close();
		this.channels.forEach(ManagedChannel::shutdown);
	}

}
