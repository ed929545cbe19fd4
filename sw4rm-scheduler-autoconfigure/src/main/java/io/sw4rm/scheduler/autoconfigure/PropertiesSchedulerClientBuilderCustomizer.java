package io.sw4rm.scheduler.autoconfigure;

import java.util.concurrent.Semaphore;

import io.grpc.CompressorRegistry;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.PropertyMapper;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.core.Ordered;
import org.springframework.util.unit.DataSize;

import io.sw4rm.scheduler.client.SchedulerClientBuilder;
import io.sw4rm.scheduler.client.SchedulerOperation;

/**
 * {@link SchedulerClientBuilderCustomizer} that applies {@link SchedulerProperties}.
 */
class PropertiesSchedulerClientBuilderCustomizer implements SchedulerClientBuilderCustomizer, Ordered {

	private final SchedulerProperties properties;

	/**
	 * Shared by all clients, so that the limit is one for the application.
	 */
	private final @Nullable Semaphore permits;

	PropertiesSchedulerClientBuilderCustomizer(SchedulerProperties properties, CompressorRegistry compressorRegistry) {
		String compression = properties.getCompression();
		if (compression != null && compressorRegistry.lookupCompressor(compression) == null) {
			throw new InvalidConfigurationPropertyValueException("sw4rm.scheduler.compression", compression,
					"There is no compressor of that name. Use gzip, or add a Compressor bean.");
		}
		this.properties = properties;
		Integer maxInFlight = properties.getMaxInFlight();
		this.permits = (maxInFlight != null) ? new Semaphore(maxInFlight) : null;
	}

	@Override
	public int getOrder() {
		return Ordered.HIGHEST_PRECEDENCE;
	}

	@Override
	public void customize(SchedulerClientBuilder builder) {
		PropertyMapper map = PropertyMapper.get();
		map.from(this.properties::getDeadline).to(builder::deadline);
		for (SchedulerOperation operation : SchedulerOperation.values()) {
			map.from(() -> this.properties.getDeadlines().of(operation))
				.to((deadline) -> builder.deadline(operation, deadline));
		}
		map.from(this.properties::isWaitForReady).whenTrue().to(builder::waitForReady);
		map.from(this.properties::getCompression).to(builder::compression);
		map.from(this.properties::getMaxOutboundMessageSize)
			.asInt(DataSize::toBytes)
			.to(builder::maxOutboundMessageSize);
		map.from(this.permits).to(builder::maxInFlight);
		this.properties.getMetadata().forEach((name, value) -> addMetadata(builder, name, value));
	}

	private void addMetadata(SchedulerClientBuilder builder, String name, String value) {
		try {
			builder.metadata(name, value);
		}
		catch (IllegalArgumentException ex) {
			throw new SecretPropertyException("sw4rm.scheduler.metadata." + name,
					"Correct it: " + ex.getMessage() + ".");
		}
	}

}
