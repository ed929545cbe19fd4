package io.sw4rm.scheduler.autoconfigure.auth;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import org.springframework.security.oauth2.client.AuthorizedClientServiceOAuth2AuthorizedClientManager;
import org.springframework.security.oauth2.client.ClientCredentialsOAuth2AuthorizedClientProvider;
import org.springframework.security.oauth2.client.OAuth2AuthorizeRequest;
import org.springframework.security.oauth2.client.OAuth2AuthorizedClient;
import org.springframework.security.oauth2.client.OAuth2AuthorizedClientManager;
import org.springframework.security.oauth2.client.OAuth2AuthorizedClientService;
import org.springframework.security.oauth2.client.endpoint.OAuth2AccessTokenResponseClient;
import org.springframework.security.oauth2.client.endpoint.OAuth2ClientCredentialsGrantRequest;
import org.springframework.security.oauth2.client.registration.ClientRegistrationRepository;
import org.springframework.security.oauth2.core.OAuth2AccessToken;
import org.springframework.security.oauth2.core.OAuth2AuthorizationException;

/**
 * Supplies tokens that Spring Security obtains from an authorization server for client
 * credentials. A token is used until shortly before it expires.
 */
class OAuth2TokenSupplier implements ReadyTokenSupplier {

	/**
	 * The principal for Spring Security. The tokens belong to the application itself.
	 */
	private static final String PRINCIPAL_NAME = "sw4rm-scheduler-client";

	private static final Duration CLOCK_SKEW = Duration.ofSeconds(10);

	private final String registrationId;

	private final OAuth2AuthorizedClientService clients;

	private final OAuth2AuthorizedClientManager manager;

	private final Clock clock = Clock.systemUTC();

	private volatile @Nullable OAuth2AccessToken token;

	OAuth2TokenSupplier(String registrationId, ClientRegistrationRepository registrations,
			OAuth2AuthorizedClientService clients,
			OAuth2AccessTokenResponseClient<OAuth2ClientCredentialsGrantRequest> responseClient) {
		this.registrationId = registrationId;
		this.clients = clients;
		ClientCredentialsOAuth2AuthorizedClientProvider provider = new ClientCredentialsOAuth2AuthorizedClientProvider();
		provider.setAccessTokenResponseClient(responseClient);
		provider.setClockSkew(CLOCK_SKEW);
		AuthorizedClientServiceOAuth2AuthorizedClientManager manager = new AuthorizedClientServiceOAuth2AuthorizedClientManager(
				registrations, clients);
		manager.setAuthorizedClientProvider(provider);
		this.manager = manager;
	}

	@Override
	public @Nullable String getTokenIfReady() {
		OAuth2AccessToken token = this.token;
		return (token != null && !isExpired(token)) ? token.getTokenValue() : null;
	}

	private boolean isExpired(OAuth2AccessToken token) {
		Instant expiresAt = token.getExpiresAt();
		return expiresAt != null && this.clock.instant().isAfter(expiresAt.minus(CLOCK_SKEW));
	}

	@Override
	public String getToken() {
		OAuth2AccessToken token = authorize();
		this.token = token;
		return token.getTokenValue();
	}

	private OAuth2AccessToken authorize() {
		try {
			OAuth2AuthorizedClient client = this.manager
				.authorize(OAuth2AuthorizeRequest.withClientRegistrationId(this.registrationId)
					.principal(PRINCIPAL_NAME)
					.build());
			return Objects.requireNonNull(client, "There is no authorized client").getAccessToken();
		}
		catch (OAuth2AuthorizationException ex) {
			throw TokenNotSentException
				.unavailable("OAuth2 client registration '%s' got error '%s' (%s)".formatted(this.registrationId,
						ex.getError().getErrorCode(), types(ex)))
				.withStackTraceOf(ex);
		}
	}

	private static String types(Throwable failure) {
		return Stream.iterate(failure, Objects::nonNull, Throwable::getCause)
			.map((cause) -> cause.getClass().getSimpleName())
			.collect(Collectors.joining(", "));
	}

	@Override
	public void invalidate(String token) {
		OAuth2AccessToken known = this.token;
		if (known != null && known.getTokenValue().equals(token)) {
			this.token = null;
		}
		OAuth2AuthorizedClient client = this.clients.loadAuthorizedClient(this.registrationId, PRINCIPAL_NAME);
		if (client != null && client.getAccessToken().getTokenValue().equals(token)) {
			this.clients.removeAuthorizedClient(this.registrationId, PRINCIPAL_NAME);
		}
	}

}
