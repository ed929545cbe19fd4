package io.sw4rm.scheduler.autoconfigure.auth;

import java.time.Duration;
import java.util.function.Supplier;

import io.grpc.ClientInterceptor;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.util.Assert;

import io.sw4rm.scheduler.autoconfigure.SchedulerClientBuilderCustomizer;
import io.sw4rm.scheduler.autoconfigure.SchedulerConnections;
import io.sw4rm.scheduler.autoconfigure.SchedulerConnections.InterceptorFactory;
import io.sw4rm.scheduler.client.SchedulerClientBuilder;
import io.sw4rm.scheduler.client.address.SchedulerAddress;

/**
 * Configures the clients of a scheduler to send tokens, if there is a token source for
 * it: a bean or its properties, which are read when the application runs.
 */
class SchedulerTokens implements InterceptorFactory, SchedulerClientBuilderCustomizer {

	private static final Log logger = LogFactory.getLog(SchedulerTokens.class);

	private static final Duration SUPPLIER_PATIENCE = Duration.ofSeconds(30);

	private final SchedulerConnections connections;

	private final ObjectProvider<OAuth2TokenSupplierFactory> oauth2;

	private final HeaderLogs headerLogs;

	SchedulerTokens(SchedulerConnections connections, ObjectProvider<OAuth2TokenSupplierFactory> oauth2,
			Supplier<LoggingSystem> loggingSystem) {
		this.connections = connections;
		this.oauth2 = oauth2;
		this.headerLogs = new HeaderLogs(loggingSystem);
	}

	@Override
	public @Nullable ClientInterceptor create(String name, @Nullable SchedulerAddress address) {
		SchedulerAuthProperties properties = new SchedulerAuthProperties();
		this.connections.bind(name, "auth", properties, false);
		String prefix = this.connections.prefix(name);
		properties.validate(prefix);
		SchedulerTokenSupplier supplier = supplier(name, prefix, properties);
		if (supplier == null) {
			return null;
		}
		Assert.state(address != null,
				"The application's own bean 'sw4rmSchedulerChannel' replaces the channel that would send tokens to the "
						+ "scheduler. Configure credentials on that channel, and remove 'sw4rm.scheduler.auth.*' and the "
						+ "SchedulerTokenSupplier");
		warn(name, prefix, properties);
		PlaintextGuard plaintextGuard = new PlaintextGuard(prefix, properties.isDangerouslyAllowPlaintext());
		plaintextGuard.check(address);
		return new BearerTokenClientInterceptor(new TokenSource(supplier, SUPPLIER_PATIENCE, System::nanoTime),
				plaintextGuard, this.headerLogs);
	}

	private @Nullable SchedulerTokenSupplier supplier(String name, String prefix, SchedulerAuthProperties properties) {
		// What is set for a named scheduler comes before a bean for all
		boolean named = !name.equals(SchedulerConnections.DEFAULT_NAME);
		SchedulerTokenSupplier supplier = (named && properties.isSet())
				? this.connections.beans().qualified(name, SchedulerTokenSupplier.class)
				: this.connections.beans().one(name, SchedulerTokenSupplier.class);
		if (supplier != null) {
			return supplier;
		}
		String token = properties.getToken();
		if (token != null) {
			return new FixedTokenSupplier(prefix + "auth.token", token);
		}
		if (properties.getTokenFile() != null) {
			return new FileTokenSupplier(prefix + "auth.token-file", properties.getTokenFile());
		}
		String registrationId = properties.getOauth2().getRegistrationId();
		return (registrationId != null) ? oauth2(prefix, registrationId) : null;
	}

	/**
	 * Without the configured token source, no calls must be made.
	 */
	private SchedulerTokenSupplier oauth2(String prefix, String registrationId) {
		OAuth2TokenSupplierFactory factory = this.oauth2.getIfAvailable();
		if (factory == null) {
			throw invalidRegistrationId(prefix, registrationId, "Spring Security's OAuth2 client is not on the class "
					+ "path. Add org.springframework.boot:spring-boot-starter-security-oauth2-client.");
		}
		return factory.create(prefix, registrationId);
	}

	static InvalidConfigurationPropertyValueException invalidRegistrationId(String prefix, String value,
			String reason) {
		return new InvalidConfigurationPropertyValueException(prefix + "auth.oauth2.registration-id", value, reason);
	}

	private void warn(String name, String prefix, SchedulerAuthProperties properties) {
		if (this.connections.properties(name).getHealthChecking().isEnabled()) {
			logger.warn(("'%shealth-checking.enabled' is true. gRPC makes these health checks without a token. "
					+ "If the scheduler requires one for them, all calls fail")
				.formatted(prefix));
		}
		if (properties.isDangerouslyAllowPlaintext()) {
			logger.warn(("'%sauth.dangerously-allow-plaintext' is true. Tokens are sent over connections without TLS, "
					+ "where others can read and use them")
				.formatted(prefix));
		}
	}

	/**
	 * A rejected call is repeated if another token may be available.
	 */
	@Override
	public void customize(String name, SchedulerClientBuilder builder) {
		builder.repeatUnauthenticated(BearerTokenCredentials::isRepeatable);
	}

	/**
	 * Creates suppliers of OAuth2 tokens, if Spring Security's OAuth2 client is present.
	 */
	@FunctionalInterface
	interface OAuth2TokenSupplierFactory {

		SchedulerTokenSupplier create(String prefix, String registrationId);

	}

}
