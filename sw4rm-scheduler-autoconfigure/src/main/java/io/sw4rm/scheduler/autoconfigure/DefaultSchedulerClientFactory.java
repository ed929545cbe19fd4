package io.sw4rm.scheduler.autoconfigure;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.grpc.CompressorRegistry;

import org.springframework.boot.context.properties.PropertyMapper;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.util.unit.DataSize;

import io.sw4rm.scheduler.autoconfigure.channel.SchedulerConnection;
import io.sw4rm.scheduler.autoconfigure.diagnostics.PropertyRemedies;
import io.sw4rm.scheduler.autoconfigure.diagnostics.SchedulerFailureException;
import io.sw4rm.scheduler.client.PayloadConverter;
import io.sw4rm.scheduler.client.SchedulerCallListener;
import io.sw4rm.scheduler.client.SchedulerClient;
import io.sw4rm.scheduler.client.SchedulerClientBuilder;
import io.sw4rm.scheduler.client.SchedulerExceptionTranslator;

/**
 * Default {@link SchedulerClientFactory}: makes clients from connections. Applies the
 * properties first, then the application's beans and finally its customizers.
 */
class DefaultSchedulerClientFactory implements SchedulerClientFactory {

	private final SchedulerConnections connections;

	private final CompressorRegistry compressorRegistry;

	/**
	 * Copies of one builder share the limit of calls in flight.
	 */
	private final Map<String, SchedulerClientBuilder> builders = new ConcurrentHashMap<>();

	DefaultSchedulerClientFactory(SchedulerConnections connections, CompressorRegistry compressorRegistry) {
		this.connections = connections;
		this.compressorRegistry = compressorRegistry;
	}

	@Override
	public SchedulerClientBuilder builder(String name) {
		SchedulerClientBuilder builder = this.builders.get(name);
		if (builder == null) {
			// Without a lock, because this creates beans
			SchedulerClientBuilder configured = configure(name);
			builder = this.builders.putIfAbsent(name, configured);
			builder = (builder != null) ? builder : configured;
		}
		return builder.copy();
	}

	private SchedulerClientBuilder configure(String name) {
		SchedulerConnection connection = this.connections.get(name);
		SchedulerClientBuilder builder = SchedulerClient.builder(connection.channel())
			.target(connection.target())
			.remedies(new PropertyRemedies(this.connections.prefix(name)));
		applyProperties(name, builder);
		PropertyMapper map = PropertyMapper.get();
		map.from(() -> this.connections.beans().one(name, PayloadConverter.class)).to(builder::payloadConverter);
		map.from(() -> this.connections.beans().one(name, SchedulerExceptionTranslator.class))
			.to(builder::exceptionTranslator);
		this.connections.beans().all(name, SchedulerCallListener.class).forEach(builder::listener);
		this.connections.beans()
			.all(name, SchedulerClientBuilderCustomizer.class)
			.forEach((customizer) -> customizer.customize(name, builder));
		return builder;
	}

	private void applyProperties(String name, SchedulerClientBuilder builder) {
		SchedulerClientProperties properties = this.connections.properties(name);
		String prefix = this.connections.prefix(name);
		PropertyMapper map = PropertyMapper.get();
		map.from(properties::getDeadline).to((deadline) -> builder.deadline(deadline, prefix + "deadline"));
		properties.getDeadlines()
			.forEach((operation, deadline) -> builder.deadline(operation, deadline,
					prefix + "deadlines." + SchedulerPropertiesValidator.name(operation)));
		map.from(properties::isWaitForReady).whenTrue().to(builder::waitForReady);
		map.from(properties::getCompression)
			.to((compression) -> builder.compression(checkCompression(prefix, compression)));
		map.from(properties::getMaxOutboundMessageSize).asInt(DataSize::toBytes).to(builder::maxOutboundMessageSize);
		map.from(properties::getMaxInFlight).to(builder::maxInFlight);
		builder.watchOptions(properties.getActivity().toWatchOptions());
		properties.getMetadata().forEach((key, value) -> addMetadata(builder, prefix, key, value));
	}

	private String checkCompression(String prefix, String compression) {
		if (this.compressorRegistry.lookupCompressor(compression) == null) {
			throw new InvalidConfigurationPropertyValueException(prefix + "compression", compression,
					"There is no compressor with this name. Use gzip, or add a Compressor bean.");
		}
		return compression;
	}

	private void addMetadata(SchedulerClientBuilder builder, String prefix, String name, String value) {
		try {
			builder.metadata(name, value);
		}
		catch (IllegalArgumentException ex) {
			throw SchedulerFailureException.forSecretProperty(prefix + "metadata." + name,
					"Correct it: " + ex.getMessage() + ".");
		}
	}

}
