package io.sw4rm.scheduler.autoconfigure.auth;

import java.net.http.HttpClient;
import java.time.Duration;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.endpoint.SanitizingFunction;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.http.converter.FormHttpMessageConverter;
import org.springframework.security.oauth2.client.InMemoryOAuth2AuthorizedClientService;
import org.springframework.security.oauth2.client.OAuth2AuthorizedClientService;
import org.springframework.security.oauth2.client.endpoint.OAuth2AccessTokenResponseClient;
import org.springframework.security.oauth2.client.endpoint.OAuth2ClientCredentialsGrantRequest;
import org.springframework.security.oauth2.client.endpoint.RestClientClientCredentialsTokenResponseClient;
import org.springframework.security.oauth2.client.http.OAuth2ErrorResponseErrorHandler;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.client.registration.ClientRegistrationRepository;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.core.http.converter.OAuth2AccessTokenResponseHttpMessageConverter;
import org.springframework.web.client.RestClient;

import io.sw4rm.scheduler.autoconfigure.SchedulerAutoConfiguration;
import io.sw4rm.scheduler.autoconfigure.SchedulerConnections;
import io.sw4rm.scheduler.autoconfigure.auth.SchedulerTokens.OAuth2TokenSupplierFactory;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for the credentials that clients
 * send to SW4RM schedulers.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = SchedulerAutoConfiguration.class)
@ConditionalOnBean(SchedulerConnections.class)
@EnableConfigurationProperties(SchedulerAuthProperties.class)
public final class SchedulerAuthAutoConfiguration {

	@Bean
	@Order(Ordered.HIGHEST_PRECEDENCE)
	SchedulerTokens sw4rmSchedulerTokens(SchedulerConnections connections,
			ObjectProvider<OAuth2TokenSupplierFactory> oauth2, ObjectProvider<LoggingSystem> loggingSystem) {
		return new SchedulerTokens(connections, oauth2,
				() -> loggingSystem.getIfAvailable(() -> LoggingSystem.get(getClass().getClassLoader())));
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ ClientRegistrationRepository.class, RestClient.class })
	static class OAuth2Configuration {

		/**
		 * A token request without a response would block a thread forever.
		 */
		private static final Duration TIMEOUT = Duration.ofSeconds(10);

		@Bean
		OAuth2TokenSupplierFactory sw4rmSchedulerOAuth2TokenSupplierFactory(
				ObjectProvider<ClientRegistrationRepository> registrations,
				ObjectProvider<OAuth2AuthorizedClientService> clients,
				ObjectProvider<OAuth2AccessTokenResponseClient<OAuth2ClientCredentialsGrantRequest>> responseClient) {
			return (prefix, registrationId) -> new OAuth2TokenSupplier(
					checkRegistration(prefix, registrationId, registrations.getIfAvailable()),
					registrations.getObject(),
					clients.getIfAvailable(() -> new InMemoryOAuth2AuthorizedClientService(registrations.getObject())),
					responseClient.getIfAvailable(OAuth2Configuration::responseClient));
		}

		private static String checkRegistration(String prefix, String id,
				@Nullable ClientRegistrationRepository registrations) {
			ClientRegistration registration = (!id.isEmpty() && registrations != null)
					? registrations.findByRegistrationId(id) : null;
			if (registration == null) {
				throw SchedulerTokens.invalidRegistrationId(prefix, id,
						"There is no OAuth2 client registration with this name. Define it with "
								+ "'spring.security.oauth2.client.registration.<name>.*' or, in a reactive web application, "
								+ "with a ClientRegistrationRepository bean.");
			}
			if (!AuthorizationGrantType.CLIENT_CREDENTIALS.equals(registration.getAuthorizationGrantType())) {
				throw SchedulerTokens.invalidRegistrationId(prefix, id,
						"This OAuth2 client registration uses another grant type. Set 'spring.security.oauth2.client."
								+ "registration.%s.authorization-grant-type' to client_credentials, or use another registration."
									.formatted(id));
			}
			return registration.getRegistrationId();
		}

		private static OAuth2AccessTokenResponseClient<OAuth2ClientCredentialsGrantRequest> responseClient() {
			JdkClientHttpRequestFactory requestFactory = new JdkClientHttpRequestFactory(
					HttpClient.newBuilder().connectTimeout(TIMEOUT).build());
			requestFactory.setReadTimeout(TIMEOUT);
			RestClientClientCredentialsTokenResponseClient client = new RestClientClientCredentialsTokenResponseClient();
			client.setRestClient(RestClient.builder()
				.requestFactory(requestFactory)
				.configureMessageConverters(
						(converters) -> converters.addCustomConverter(new FormHttpMessageConverter())
							.addCustomConverter(new OAuth2AccessTokenResponseHttpMessageConverter()))
				.defaultStatusHandler(new OAuth2ErrorResponseErrorHandler())
				.build());
			return client;
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(SanitizingFunction.class)
	static class ActuatorConfiguration {

		@Bean
		SecretsSanitizingFunction sw4rmSchedulerSecretsSanitizingFunction(Environment environment) {
			return new SecretsSanitizingFunction(environment);
		}

	}

}
