package io.sw4rm.scheduler.autoconfigure.channel;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

import io.grpc.ManagedChannelBuilder;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.boot.context.properties.PropertyMapper;
import org.springframework.util.unit.DataSize;

import io.sw4rm.scheduler.autoconfigure.tls.SchedulerTls;
import io.sw4rm.scheduler.client.address.SchedulerAddress;

/**
 * Configures the channel to the scheduler. Applies the properties first and the
 * application's customizers last.
 */
final class SchedulerChannelConfigurer {

	private static final Log logger = LogFactory.getLog(SchedulerChannelConfigurer.class);

	/**
	 * gRPC's default limit, which silently reduces the attempts of a service config.
	 */
	private static final int GRPC_MAX_ATTEMPTS = 5;

	private final ConnectionSettings settings;

	private final SchedulerChannelProperties properties;

	private boolean used;

	SchedulerChannelConfigurer(ConnectionSettings settings) {
		this.settings = settings;
		this.properties = settings.properties();
	}

	void configure(ManagedChannelBuilder<?> builder) {
		this.used = true;
		PropertyMapper map = PropertyMapper.get();
		map.from(this.properties::getUserAgent).orFrom(() -> SchedulerAddress.USER_AGENT).to(builder::userAgent);
		map.from(this.properties::getIdleTimeout).to(durationProperty(builder::idleTimeout));
		map.from(this.properties.getKeepalive()::getTime).to(durationProperty(builder::keepAliveTime));
		map.from(this.properties.getKeepalive()::getTimeout).to(durationProperty(builder::keepAliveTimeout));
		map.from(this.properties.getKeepalive()::getWithoutCalls).to(builder::keepAliveWithoutCalls);
		map.from(this.properties::getMaxInboundMessageSize).asInt(DataSize::toBytes).to(builder::maxInboundMessageSize);
		configureServiceConfig(builder);
		configureTransport(builder);
		this.settings.customizer().accept(builder);
	}

	/**
	 * Return whether a channel builder was configured: factories may ignore their
	 * options.
	 */
	boolean isUsed() {
		return this.used;
	}

	private void configureServiceConfig(ManagedChannelBuilder<?> builder) {
		if (!this.settings.address().target().startsWith("xds:")) {
			// xDS resolves the service config
			builder.disableServiceConfigLookUp();
		}
		builder.defaultServiceConfig(SchedulerServiceConfig.from(this.properties, this.settings.address()));
		builder.enableRetry();
		// Requests beyond these limits would not be retried. Each call refers to its
		// request until it ends, so that limits would not save memory.
		builder.perRpcBufferLimit(Long.MAX_VALUE);
		builder.retryBufferSize(Long.MAX_VALUE);
		builder.maxRetryAttempts(Math.max(this.properties.getRetry().getMaxAttempts(), GRPC_MAX_ATTEMPTS));
	}

	private void configureTransport(ManagedChannelBuilder<?> builder) {
		if (this.settings.address().target().startsWith("unix:")) {
			// The channel factory creates builders for sockets without credentials
			builder.usePlaintext();
		}
		SchedulerTls tls = this.settings.tls();
		if (tls != null && !isInProcess(builder)) {
			builder.addTransportFilter(tls.transportFilter());
			configureServerName(builder);
		}
	}

	private void configureServerName(ManagedChannelBuilder<?> builder) {
		String name = this.settings.serverName();
		if (name != null) {
			logger.warn(("The scheduler's certificate is verified for the name '%s' instead of that of its address: "
					+ "'%sssl.server-name-override' is for tests only")
				.formatted(name, this.settings.prefix()));
			builder.overrideAuthority(name);
		}
	}

	/**
	 * Tests may replace the network with an in-process transport, which does not use TLS.
	 */
	private boolean isInProcess(ManagedChannelBuilder<?> builder) {
		return builder.getClass().getName().equals("io.grpc.inprocess.InProcessChannelBuilder");
	}

	private Consumer<Duration> durationProperty(BiConsumer<Long, TimeUnit> setter) {
		return (duration) -> setter.accept(TimeUnit.NANOSECONDS.convert(duration), TimeUnit.NANOSECONDS);
	}

}
