package io.sw4rm.scheduler.autoconfigure;

import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.autoconfigure.service.connection.ConnectionDetails;
import org.springframework.boot.ssl.SslBundle;

import io.sw4rm.scheduler.client.address.SchedulerAddress;

/**
 * Details required to establish a connection to a SW4RM scheduler.
 *
 * @since 0.1.0
 */
public interface SchedulerConnectionDetails extends ConnectionDetails {

	/**
	 * Address of the scheduler, in any format that {@link SchedulerAddress#parse(String)}
	 * supports.
	 * @return the address
	 */
	String getAddress();

	/**
	 * SSL bundle to use. Without one, an address that starts with {@code https://} uses
	 * the JVM's trusted certificates, and one that starts with {@code http://} uses
	 * plaintext. Any other uses the same as Boot's default gRPC channel: plaintext,
	 * unless it is configured otherwise.
	 * @return the SSL bundle to use
	 */
	default @Nullable SslBundle getSslBundle() {
		return null;
	}

	/**
	 * Add a handler to call with the updated SSL bundle each time that its certificates
	 * are replaced. New calls then use connections with the new certificates. By default
	 * the bundle never changes.
	 * @param handler the handler to call, from any thread; does not throw exceptions
	 */
	default void addSslBundleUpdateHandler(Consumer<SslBundle> handler) {
	}

	/**
	 * Whether the scheduler is embedded in the application, for development and tests.
	 * Health information and endpoints show it.
	 * @return whether the scheduler is embedded
	 */
	default boolean isEmbedded() {
		return false;
	}

}
