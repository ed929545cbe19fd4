package io.sw4rm.scheduler.autoconfigure;

import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.autoconfigure.service.connection.ConnectionDetails;
import org.springframework.boot.ssl.SslBundle;

import io.sw4rm.scheduler.client.address.SchedulerAddress;

/**
 * Details required to establish a connection to a SW4RM scheduler.
 */
public interface SchedulerConnectionDetails extends ConnectionDetails {

	/**
	 * Address of the scheduler, in any spelling that
	 * {@link SchedulerAddress#parse(String)} understands.
	 * @return the address
	 */
	String getAddress();

	/**
	 * SSL bundle to use. Without one, an address that starts with {@code https://} uses
	 * the JVM's trusted certificates, one that starts with {@code http://} plaintext, and
	 * every other what Boot's default gRPC channel uses: plaintext, unless it is
	 * configured otherwise.
	 * @return the SSL bundle to use
	 */
	default @Nullable SslBundle getSslBundle() {
		return null;
	}

	/**
	 * Add a handler to call with the SSL bundle that takes the place of the present one,
	 * each time that its certificates are replaced. New calls then use connections with
	 * the new certificates. By default the bundle never changes.
	 * @param handler the handler to call, from any thread; doesn't throw exceptions
	 */
	default void addSslBundleUpdateHandler(Consumer<SslBundle> handler) {
	}

}
