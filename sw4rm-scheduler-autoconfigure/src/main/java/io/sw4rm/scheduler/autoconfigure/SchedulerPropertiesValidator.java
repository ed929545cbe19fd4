package io.sw4rm.scheduler.autoconfigure;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

import io.grpc.LoadBalancerProvider;
import io.grpc.LoadBalancerRegistry;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.util.ClassUtils;
import org.springframework.util.unit.DataSize;

import io.sw4rm.scheduler.autoconfigure.channel.SchedulerChannel;
import io.sw4rm.scheduler.autoconfigure.channel.SchedulerChannelProperties;
import io.sw4rm.scheduler.autoconfigure.diagnostics.SchedulerFailureException;
import io.sw4rm.scheduler.client.SchedulerOperation;
import io.sw4rm.scheduler.client.address.SchedulerAddress;
import io.sw4rm.scheduler.client.address.SchedulerAddress.Security;

/**
 * Validates {@link SchedulerClientProperties}. Spring Boot's failure analysis shows the
 * invalid value and its origin; values that may be secret are not shown.
 */
final class SchedulerPropertiesValidator {

	private static final String HEALTH_SERVICE = "io.grpc.protobuf.services.HealthStatusManager";

	private static final Pattern HOST_NAME = Pattern.compile("[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?");

	private static final Pattern PRINTABLE_ASCII = Pattern.compile("[ -~]*");

	/**
	 * Much lower values would keep a thread busy.
	 */
	private static final Duration MIN_RECONNECT_BACKOFF = Duration.ofMillis(10);

	private final String prefix;

	/**
	 * Create a validator.
	 * @param prefix the prefix of the properties
	 */
	SchedulerPropertiesValidator(String prefix) {
		this.prefix = prefix;
	}

	void validate(SchedulerClientProperties properties) {
		validateTransport(properties.address(), properties.getSsl());
		positive("deadline", properties.getDeadline());
		properties.getDeadlines().forEach((operation, deadline) -> positive("deadlines." + name(operation), deadline));
		validateRetry(properties.getRetry());
		validateLoadBalancingPolicy(properties.getLoadBalancingPolicy());
		String userAgent = properties.getUserAgent();
		check(userAgent == null || (!userAgent.isBlank() && PRINTABLE_ASCII.matcher(userAgent).matches()), "user-agent",
				userAgent, "It must be printable ASCII and not blank. Remove it to use the default.");
		positive("connect-timeout", properties.getConnectTimeout());
		positive("idle-timeout", properties.getIdleTimeout());
		positive("keepalive.time", properties.getKeepalive().getTime());
		positive("keepalive.timeout", properties.getKeepalive().getTimeout());
		validateMetadata(properties.getMetadata());
		check(properties.getMaxReconnectBackoff().compareTo(MIN_RECONNECT_BACKOFF) >= 0, "max-reconnect-backoff",
				properties.getMaxReconnectBackoff(), "It must be at least %dms. Give it a unit, such as 500ms or 5s."
					.formatted(MIN_RECONNECT_BACKOFF.toMillis()));
		positive("startup-timeout", properties.getStartupTimeout());
		validateHealthChecking(properties.getHealthChecking(), properties.getLoadBalancingPolicy());
		validateMessageSize("max-inbound-message-size", properties.getMaxInboundMessageSize());
		validateMessageSize("max-outbound-message-size", properties.getMaxOutboundMessageSize());
		check(properties.getMaxInFlight() == null || properties.getMaxInFlight() >= 1, "max-in-flight",
				properties.getMaxInFlight(), "It must be at least 1. Remove it to have no limit.");
		validateActivity(properties.getActivity());
		check(!properties.getShutdownGracePeriod().isNegative(), "shutdown-grace-period",
				properties.getShutdownGracePeriod(),
				"It must not be negative. Use 0s to cancel calls in flight immediately.");
	}

	/**
	 * Reject properties that are relevant for security if the application's own channel
	 * would ignore them.
	 */
	void validateForReplacedChannel(SchedulerClientProperties properties) {
		String reason = "The application's own bean '%s' replaces the channel that this setting applies to. Configure TLS there, and remove this setting."
			.formatted(SchedulerChannel.BEAN_NAME);
		SchedulerClientProperties.Ssl ssl = properties.getSsl();
		check(ssl.getBundle() == null, "ssl.bundle", ssl.getBundle(), reason);
		check(!ssl.isRequested(), "ssl.enabled", ssl.getEnabled(), reason);
		check(parse(properties.address()).security() != Security.TLS, "address", properties.address(), reason);
	}

	private void validateTransport(String text, SchedulerClientProperties.Ssl ssl) {
		if (text.contains("@") && !text.startsWith("unix:") && !text.startsWith("in-process:")) {
			throw SchedulerFailureException.forSecretProperty(this.prefix + "address",
					"It must not contain user information. Remove everything up to and including the '@'.");
		}
		SchedulerAddress address = parse(text);
		check(!ssl.isRequested() || address.security() != Security.PLAINTEXT, "address", text,
				"An address that starts with http:// means plaintext, but '%sssl.*' requires TLS. Use https:// or remove the SSL settings."
					.formatted(this.prefix));
		check(!ssl.isRequested() || !address.isLocal(), "address", text,
				"TLS is not available for this kind of address. Use host:port or remove '%sssl.*'."
					.formatted(this.prefix));
		check(address.security() != Security.TLS || !Boolean.FALSE.equals(ssl.getEnabled()), "ssl.enabled", false,
				"TLS is disabled, but the address starts with https://. Use http:// for plaintext.");
		check(ssl.getBundle() == null || !Boolean.FALSE.equals(ssl.getEnabled()), "ssl.enabled", false,
				"TLS is disabled, but '%sssl.bundle' is set. Remove one of the two.".formatted(this.prefix));
		validateServerName(ssl.getServerNameOverride(), ssl.isRequested() || address.security() == Security.TLS);
	}

	private void validateServerName(@Nullable String name, boolean encrypted) {
		check(name == null || encrypted, "ssl.server-name-override", name,
				"It has no effect without TLS. Use an address that starts with https://, or remove it.");
		check(name == null || HOST_NAME.matcher(name).matches(), "ssl.server-name-override", name,
				"It must be a host name or an IPv4 address, without a port.");
	}

	private SchedulerAddress parse(String text) {
		try {
			return SchedulerAddress.parse(text);
		}
		catch (IllegalArgumentException ex) {
			throw invalid("address", text, ex.getMessage());
		}
	}

	private void validateRetry(SchedulerChannelProperties.Retry retry) {
		check(retry.getMaxAttempts() >= 1, "retry.max-attempts", retry.getMaxAttempts(),
				"It must be at least 1. The first attempt counts: 1 disables retries.");
		positive("retry.initial-backoff", retry.getInitialBackoff());
		positive("retry.max-backoff", retry.getMaxBackoff());
		check(retry.getMaxBackoff().compareTo(retry.getInitialBackoff()) >= 0, "retry.max-backoff",
				retry.getMaxBackoff(), "It must not be less than '%sretry.initial-backoff'.".formatted(this.prefix));
		check(retry.getBackoffMultiplier() >= 1, "retry.backoff-multiplier", retry.getBackoffMultiplier(),
				"It must be at least 1.");
		check(!retry.getStatuses().isEmpty() && !retry.getStatuses().contains(Status.Code.OK), "retry.statuses",
				retry.getStatuses(),
				"It must not be empty and must not contain OK. Set '%sretry.max-attempts' to 1 to disable retries."
					.formatted(this.prefix));
		check(!retry.getStatuses().contains(Status.Code.UNAUTHENTICATED), "retry.statuses", retry.getStatuses(),
				"It must not contain UNAUTHENTICATED: the client itself repeats such calls with another token. Remove this status.");
		SchedulerChannelProperties.Retry.Throttling throttling = retry.getThrottling();
		check(throttling.getMaxTokens() >= 1 && throttling.getMaxTokens() <= 1000, "retry.throttling.max-tokens",
				throttling.getMaxTokens(), "It must be in range [1, 1000].");
		check(throttling.getTokenRatio() >= 0.001 && throttling.getTokenRatio() <= 1000, "retry.throttling.token-ratio",
				throttling.getTokenRatio(), "It must be in range [0.001, 1000].");
	}

	private void validateLoadBalancingPolicy(@Nullable String policy) {
		if (policy == null) {
			return;
		}
		LoadBalancerProvider provider = LoadBalancerRegistry.getDefaultRegistry().getProvider(policy);
		check(provider != null, "load-balancing-policy", policy,
				"There is no load balancing policy with this name. Use round_robin, pick_first or another one on the class path.");
		check(provider == null || provider.parseLoadBalancingPolicyConfig(Map.of()).getError() == null,
				"load-balancing-policy", policy,
				"This policy requires settings that are not supported here. Use another one, such as round_robin or pick_first.");
	}

	private void validateMetadata(Map<String, String> metadata) {
		for (String name : metadata.keySet()) {
			if (name.equalsIgnoreCase("authorization")) {
				throw SchedulerFailureException.forSecretProperty(this.prefix + "metadata." + name,
						"Metadata is sent over plaintext connections as well. Use '%sauth.token' or '%sauth.token-file' for a bearer token."
							.formatted(this.prefix, this.prefix));
			}
		}
	}

	private void validateHealthChecking(SchedulerChannelProperties.HealthChecking healthChecking,
			@Nullable String policy) {
		check(!healthChecking.isEnabled() || ClassUtils.isPresent(HEALTH_SERVICE, null), "health-checking.enabled",
				true, "It requires 'io.grpc:grpc-services' on the class path.");
		check(!healthChecking.isEnabled() || !"pick_first".equals(policy), "load-balancing-policy", policy,
				"With '%shealth-checking.enabled' it must be a policy that supports health checking, such as round_robin."
					.formatted(this.prefix));
	}

	private void validateActivity(SchedulerClientProperties.Activity activity) {
		positive("activity.interval", activity.getInterval());
		// Also refuses NaN
		check(activity.getJitter() >= 0 && activity.getJitter() <= 1, "activity.jitter", activity.getJitter(),
				"It must be in range [0, 1]. Use 0.2 to vary intervals by 20 %.");
		positive("activity.max-backoff", activity.getMaxBackoff());
	}

	private void validateMessageSize(String name, @Nullable DataSize size) {
		check(size == null || (size.toBytes() > 0 && size.toBytes() <= Integer.MAX_VALUE), name, size,
				"It must be in range [1B, %dB].".formatted(Integer.MAX_VALUE));
	}

	private void positive(String name, @Nullable Duration duration) {
		check(duration == null || (!duration.isZero() && !duration.isNegative()), name, duration,
				"It must be positive. Give it a unit, such as 500ms, 30s or 2m.");
	}

	static String name(SchedulerOperation operation) {
		return operation.name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

	private void check(boolean valid, String name, @Nullable Object value, String reason) {
		if (!valid) {
			throw invalid(name, value, reason);
		}
	}

	private InvalidConfigurationPropertyValueException invalid(String name, @Nullable Object value,
			@Nullable String reason) {
		return new InvalidConfigurationPropertyValueException(this.prefix + name, value, reason);
	}

}
