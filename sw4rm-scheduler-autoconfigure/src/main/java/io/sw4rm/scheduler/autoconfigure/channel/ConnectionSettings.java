package io.sw4rm.scheduler.autoconfigure.channel;

import java.util.List;
import java.util.function.Consumer;

import io.grpc.ClientInterceptor;
import io.grpc.ManagedChannelBuilder;
import org.jspecify.annotations.Nullable;

import io.sw4rm.scheduler.autoconfigure.tls.SchedulerTls;
import io.sw4rm.scheduler.client.address.SchedulerAddress;

/**
 * Settings of a connection.
 *
 * @param prefix the prefix of the properties
 * @param address the address of the scheduler
 * @param tls the TLS of an encrypted connection, {@code null} for plaintext
 * @param serverName the name to expect in the scheduler's certificate, {@code null} for
 * that of the address
 * @param embedded whether the scheduler is embedded in the application
 * @param properties the properties of the channel
 * @param interceptors the interceptors, the outermost first
 * @param customizer customizes the channel builder after the properties were applied
 * @since 0.1.0
 */
public record ConnectionSettings(String prefix, SchedulerAddress address, @Nullable SchedulerTls tls,
		@Nullable String serverName, boolean embedded, SchedulerChannelProperties properties,
		List<ClientInterceptor> interceptors, Consumer<ManagedChannelBuilder<?>> customizer) {

}
