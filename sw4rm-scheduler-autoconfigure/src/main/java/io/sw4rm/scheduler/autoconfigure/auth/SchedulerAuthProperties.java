package io.sw4rm.scheduler.autoconfigure.auth;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.source.MutuallyExclusiveConfigurationPropertiesException;

/**
 * Configuration properties of the credentials for the SW4RM scheduler. At most one token
 * source may be set.
 *
 * @since 0.1.0
 */
@ConfigurationProperties("sw4rm.scheduler.auth")
public class SchedulerAuthProperties {

	/**
	 * Bearer token to send with every call. When not set, no token is sent unless another
	 * token source is configured.
	 */
	private @Nullable String token;

	/**
	 * File that contains the bearer token to send with every call. The file is reloaded
	 * when it changes. When not set, no token is sent unless another token source is
	 * configured.
	 */
	private @Nullable String tokenFile;

	/**
	 * Whether to send tokens to other machines without TLS, where others can read and use
	 * them.
	 */
	private boolean dangerouslyAllowPlaintext;

	private final OAuth2 oauth2 = new OAuth2();

	public @Nullable String getToken() {
		return this.token;
	}

	public void setToken(@Nullable String token) {
		this.token = token;
	}

	public @Nullable String getTokenFile() {
		return this.tokenFile;
	}

	public void setTokenFile(@Nullable String tokenFile) {
		this.tokenFile = tokenFile;
	}

	public boolean isDangerouslyAllowPlaintext() {
		return this.dangerouslyAllowPlaintext;
	}

	public void setDangerouslyAllowPlaintext(boolean dangerouslyAllowPlaintext) {
		this.dangerouslyAllowPlaintext = dangerouslyAllowPlaintext;
	}

	public OAuth2 getOauth2() {
		return this.oauth2;
	}

	boolean isSet() {
		return this.token != null || this.tokenFile != null || this.oauth2.getRegistrationId() != null;
	}

	void validate(String prefix) {
		MutuallyExclusiveConfigurationPropertiesException.throwIfMultipleNonNullValuesIn((entries) -> {
			entries.put(prefix + "auth.token", this.token);
			entries.put(prefix + "auth.token-file", this.tokenFile);
			entries.put(prefix + "auth.oauth2.registration-id", this.oauth2.getRegistrationId());
		});
	}

	/**
	 * Tokens of an OAuth2 authorization server.
	 */
	public static class OAuth2 {

		/**
		 * Name of the OAuth2 client registration whose client credentials are exchanged
		 * for tokens, one of spring.security.oauth2.client.registration. When not set, no
		 * token is sent unless another token source is configured.
		 */
		private @Nullable String registrationId;

		public @Nullable String getRegistrationId() {
			return this.registrationId;
		}

		public void setRegistrationId(@Nullable String registrationId) {
			this.registrationId = registrationId;
		}

	}

}
