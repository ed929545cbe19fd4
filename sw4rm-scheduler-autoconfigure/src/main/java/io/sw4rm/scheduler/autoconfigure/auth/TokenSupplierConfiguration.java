package io.sw4rm.scheduler.autoconfigure.auth;

import java.net.http.HttpClient;
import java.time.Duration;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
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

/**
 * Configuration for the source of tokens that the properties name.
 */
@Configuration(proxyBeanMethods = false)
class TokenSupplierConfiguration {

	private static final String REGISTRATION_ID_PROPERTY = "sw4rm.scheduler.auth.oauth2.registration-id";

	private static InvalidConfigurationPropertyValueException invalidRegistrationId(@Nullable String value,
			String reason) {
		return new InvalidConfigurationPropertyValueException(REGISTRATION_ID_PROPERTY, value, reason);
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnProperty("sw4rm.scheduler.auth.token")
	static class FixedTokenConfiguration {

		@Bean
		@ConditionalOnMissingBean(SchedulerTokenSupplier.class)
		FixedTokenSupplier sw4rmSchedulerTokenSupplier(SchedulerAuthProperties properties) {
			return new FixedTokenSupplier(properties.getToken());
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnProperty("sw4rm.scheduler.auth.token-file")
	static class FileTokenConfiguration {

		@Bean
		@ConditionalOnMissingBean(SchedulerTokenSupplier.class)
		FileTokenSupplier sw4rmSchedulerTokenSupplier(SchedulerAuthProperties properties) {
			return new FileTokenSupplier(properties.getTokenFile());
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnProperty(REGISTRATION_ID_PROPERTY)
	@ConditionalOnClass({ ClientRegistrationRepository.class, RestClient.class })
	static class OAuth2Configuration {

		/**
		 * A token request that hangs would keep a thread for good.
		 */
		private static final Duration TIMEOUT = Duration.ofSeconds(10);

		@Bean
		@ConditionalOnMissingBean(SchedulerTokenSupplier.class)
		OAuth2TokenSupplier sw4rmSchedulerTokenSupplier(SchedulerAuthProperties properties,
				ObjectProvider<ClientRegistrationRepository> registrations,
				ObjectProvider<OAuth2AuthorizedClientService> clients,
				ObjectProvider<OAuth2AccessTokenResponseClient<OAuth2ClientCredentialsGrantRequest>> responseClient) {
			String registrationId = registrationId(properties, registrations.getIfAvailable());
			return new OAuth2TokenSupplier(registrationId, registrations.getObject(),
					clients.getIfAvailable(() -> new InMemoryOAuth2AuthorizedClientService(registrations.getObject())),
					responseClient.getIfAvailable(OAuth2Configuration::responseClient));
		}

		private static String registrationId(SchedulerAuthProperties properties,
				@Nullable ClientRegistrationRepository registrations) {
			String id = properties.getOauth2().getRegistrationId();
			ClientRegistration registration = (id != null && !id.isEmpty() && registrations != null)
					? registrations.findByRegistrationId(id) : null;
			if (registration == null) {
				throw invalidRegistrationId(id, "There is no OAuth2 client registration of that name. Define it with "
						+ "'spring.security.oauth2.client.registration.<name>.*' or, in a reactive web application, "
						+ "with a ClientRegistrationRepository bean.");
			}
			if (!AuthorizationGrantType.CLIENT_CREDENTIALS.equals(registration.getAuthorizationGrantType())) {
				throw invalidRegistrationId(id,
						"This OAuth2 client registration uses another grant. Set 'spring.security.oauth2.client."
								+ "registration.%s.authorization-grant-type' to client_credentials, or name another one."
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

	/**
	 * Without a source of the tokens that were asked for, calls must not go out without.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnProperty(REGISTRATION_ID_PROPERTY)
	@ConditionalOnMissingClass("org.springframework.security.oauth2.client.registration.ClientRegistrationRepository")
	static class MissingOAuth2Configuration {

		@Bean
		@ConditionalOnMissingBean(SchedulerTokenSupplier.class)
		SchedulerTokenSupplier sw4rmSchedulerTokenSupplier(SchedulerAuthProperties properties) {
			throw invalidRegistrationId(properties.getOauth2().getRegistrationId(),
					"Spring Security's OAuth2 client is not on the class path. "
							+ "Add org.springframework.boot:spring-boot-starter-security-oauth2-client.");
		}

	}

}
