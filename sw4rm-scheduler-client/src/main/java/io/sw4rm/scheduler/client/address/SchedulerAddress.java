package io.sw4rm.scheduler.client.address;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Pattern;

import com.google.common.base.CharMatcher;
import com.google.common.net.HostAndPort;
import com.google.common.net.InetAddresses;
import io.grpc.ChannelCredentials;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannelBuilder;
import io.grpc.NameResolver;
import io.grpc.NameResolverRegistry;
import io.grpc.SynchronizationContext;
import io.grpc.TlsChannelCredentials;
import org.jspecify.annotations.Nullable;

/**
 * The address of a scheduler. Supports all address formats of SW4RM clients:
 * <ul>
 * <li>{@code host:port}, or {@code host} for port {@value #DEFAULT_PORT}</li>
 * <li>{@code http://host:port} for plaintext and {@code https://host:port} for TLS</li>
 * <li>several of these, separated by commas: the replicas of one scheduler</li>
 * <li>any gRPC target, such as {@code dns:///scheduler:50053}, {@code unix:/run/sw4rm} or
 * {@code xds:///scheduler}</li>
 * </ul>
 * Immutable.
 *
 * @since 0.1.0
 */
public final class SchedulerAddress {

	/**
	 * The default port, for addresses without a port.
	 */
	public static final int DEFAULT_PORT = 50053;

	/**
	 * The default user agent of clients.
	 */
	public static final String USER_AGENT = userAgent();

	private static final String XDS = "xds";

	private static final String USER_INFORMATION = "it must not contain user information, such as a password. "
			+ "Remove everything up to the '@', and send credentials in the metadata of calls";

	/**
	 * The maximum length of names that DNS permits.
	 */
	private static final int MAX_HOST_LENGTH = 253;

	private static final Pattern GRPC_TARGET = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*:[^0-9].*");

	private static final String LABEL = "[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?";

	/**
	 * The last of several labels starts with a letter, to distinguish names from IPv4
	 * addresses.
	 */
	private static final Pattern HOST_NAME = Pattern
		.compile(LABEL + "((\\." + LABEL + ")*\\.(?=[A-Za-z])" + LABEL + ")?\\.?");

	/**
	 * Schemes of local names, which may contain any character.
	 */
	private static final Set<String> LOCAL_SCHEMES = Set.of("in-process", "unix");

	private final String text;

	private final String target;

	private final Security security;

	private final boolean list;

	private SchedulerAddress(String text, String target, Security security, boolean list) {
		this.text = text;
		this.target = target;
		this.security = security;
		this.list = list;
	}

	/**
	 * The manifest, which also contains the version, is missing in native images and in
	 * jars that combine libraries.
	 */
	private static String userAgent() {
		Properties properties = new Properties();
		try (InputStream resource = SchedulerAddress.class.getResourceAsStream("version.properties")) {
			properties.load(Objects.requireNonNull(resource, "The resource version.properties is missing"));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return "sw4rm-scheduler-java/" + properties.getProperty("version");
	}

	/**
	 * Parse an address.
	 * @param address the address
	 * @return the parsed address
	 * @throws IllegalArgumentException if the address is invalid
	 */
	public static SchedulerAddress parse(String address) {
		String text = hasText(address).strip();
		try {
			return isGrpcTarget(text) ? grpcTarget(text) : hosts(text);
		}
		catch (IllegalArgumentException ex) {
			int userInfoEnd = text.lastIndexOf('@');
			// It may contain a password, and so may the message of the cause
			throw (userInfoEnd != -1) ? refusal("***" + text.substring(userInfoEnd), USER_INFORMATION, null)
					: refusal(text, ex.getMessage(), ex);
		}
	}

	private static String hasText(@Nullable String address) {
		if (address == null) {
			throw new IllegalArgumentException("address must not be null");
		}
		if (address.isBlank()) {
			throw new IllegalArgumentException("address must not be blank, got '%s'".formatted(address));
		}
		return address;
	}

	private static IllegalArgumentException refusal(String text, @Nullable String reason,
			@Nullable IllegalArgumentException cause) {
		return new IllegalArgumentException("'%s' is not the address of a scheduler: %s".formatted(text, reason),
				cause);
	}

	/**
	 * {@code host:port} and {@code fd00::1} have no scheme.
	 */
	private static boolean isGrpcTarget(String text) {
		if (!GRPC_TARGET.matcher(text).matches() || Security.of(text) != Security.UNSPECIFIED) {
			return false;
		}
		String scheme = scheme(text);
		return isKnown(scheme) || scheme.equals(XDS) || text.startsWith("://", scheme.length());
	}

	private static String scheme(String text) {
		return text.substring(0, text.indexOf(':')).toLowerCase(Locale.ROOT);
	}

	private static boolean isKnown(String scheme) {
		return scheme.equals("in-process")
				|| NameResolverRegistry.getDefaultRegistry().getProviderForScheme(scheme) != null;
	}

	private static SchedulerAddress grpcTarget(String text) {
		String scheme = scheme(text);
		if (!isKnown(scheme)) {
			throw new IllegalArgumentException("there is no name resolver for '%s:' on the class path. "
				.formatted(scheme)
					+ "Use host:port, http://host:port, https://host:port or a gRPC target such as dns:///host:port"
					+ (scheme.equals(XDS) ? "; add io.grpc:grpc-xds for this one" : ""));
		}
		String target = scheme + text.substring(scheme.length());
		if (!LOCAL_SCHEMES.contains(scheme) && target.contains("@")) {
			throw new IllegalArgumentException(USER_INFORMATION);
		}
		if (scheme.equals("dns") || scheme.equals(SchedulerNameResolverProvider.SCHEME)) {
			checkNames(target);
		}
		return new SchedulerAddress(target, target, Security.UNSPECIFIED, false);
	}

	private static SchedulerAddress hosts(String text) {
		List<String> hosts = new ArrayList<>();
		Security security = null;
		for (String element : text.split(",", -1)) {
			if (element.isBlank()) {
				throw new IllegalArgumentException("one of its parts is blank. Remove the extra comma");
			}
			Security elementSecurity = Security.of(element.strip());
			if (security != null && security != elementSecurity) {
				throw new IllegalArgumentException("all of its parts must have the same scheme");
			}
			security = elementSecurity;
			hosts.add(hostAndPort(elementSecurity.withoutScheme(element.strip())));
		}
		String joined = String.join(",", hosts);
		String target = SchedulerNameResolverProvider.target(joined);
		checkNames(target);
		return new SchedulerAddress(joined, target, (security != null) ? security : Security.UNSPECIFIED,
				hosts.size() > 1);
	}

	/**
	 * Let gRPC validate the target now instead of when the channel is built. A resolver
	 * that was not started holds no resources.
	 */
	private static void checkNames(String target) {
		if (!CharMatcher.ascii().matchesAllOf(target)) {
			throw new IllegalArgumentException("it must be ASCII");
		}
		if (CharMatcher.anyOf("?#").matchesAnyOf(target)) {
			// java.net.URI accepts more than gRPC does when the channel is built
			throw new IllegalArgumentException("it must have neither query nor fragment");
		}
		URI uri = URI.create(target);
		if (uri.isOpaque()) {
			// dns:host is short for dns:///host
			uri = URI.create(uri.getScheme() + ":///" + uri.getRawSchemeSpecificPart());
		}
		NameResolverRegistry.getDefaultRegistry().asFactory().newNameResolver(uri, resolverArgs());
	}

	private static NameResolver.Args resolverArgs() {
		return NameResolver.Args.newBuilder()
			.setDefaultPort(DEFAULT_PORT)
			.setProxyDetector((address) -> null)
			.setSynchronizationContext(new SynchronizationContext((thread, failure) -> {
			}))
			.setServiceConfigParser(new NameResolver.ServiceConfigParser() {

				@Override
				public NameResolver.ConfigOrError parseServiceConfig(Map<String, ?> config) {
					return NameResolver.ConfigOrError.fromConfig(config);
				}

			})
			.build();
	}

	private static String hostAndPort(String text) {
		if (text.endsWith(":")) {
			throw new IllegalArgumentException("its port is empty");
		}
		checkEnd(text);
		HostAndPort hostAndPort = HostAndPort.fromString(text).withDefaultPort(DEFAULT_PORT);
		String host = hostAndPort.getHost();
		if (host.length() > MAX_HOST_LENGTH) {
			throw new IllegalArgumentException(
					"its host must not be longer than %d characters".formatted(MAX_HOST_LENGTH));
		}
		if (!HOST_NAME.matcher(host).matches() && !InetAddresses.isInetAddress(host)) {
			throw new IllegalArgumentException("it must consist of a host name or IP address and an optional port");
		}
		if (hostAndPort.getPort() == 0) {
			throw new IllegalArgumentException("its port must be in range [1, 65535]");
		}
		return hostAndPort.toString();
	}

	private static void checkEnd(String text) {
		int end = CharMatcher.anyOf("/?#").indexIn(text);
		// After a colon, it is a scheme that is misspelt
		if (end > 0 && text.charAt(end - 1) != ':') {
			throw new IllegalArgumentException("it must %s. Remove '%s'".formatted(
					(text.charAt(end) == '/') ? "not have a path" : "have neither query nor fragment",
					text.substring(end)));
		}
	}

	/**
	 * Return the gRPC target string of this address.
	 * @return the target
	 */
	public String target() {
		return this.target;
	}

	/**
	 * Return whether this address contains several hosts.
	 * @return whether it is a list
	 */
	public boolean isList() {
		return this.list;
	}

	/**
	 * Return whether this address uses a local transport without a network: a Unix domain
	 * socket or the in-process transport.
	 * @return whether it is local
	 */
	public boolean isLocal() {
		return LOCAL_SCHEMES.contains(scheme(this.target));
	}

	/**
	 * Return whether this address requires encryption.
	 * @return the security
	 */
	public Security security() {
		return this.security;
	}

	/**
	 * Return a builder for a channel to this address. The channel uses TLS with the JVM's
	 * trusted certificates if the address starts with {@code https://}, and plaintext
	 * otherwise. Several hosts are used in turn. A connection that is not ready within 10
	 * seconds is closed.
	 * @return a new channel builder
	 */
	public ManagedChannelBuilder<?> newChannelBuilder() {
		ChannelCredentials credentials = (this.security == Security.TLS) ? TlsChannelCredentials.create()
				: InsecureChannelCredentials.create();
		return Grpc.newChannelBuilder(this.target, credentials)
			.userAgent(USER_AGENT)
			// gRPC does not repeat larger requests, even if the scheduler has not seen
			// them
			.perRpcBufferLimit(Long.MAX_VALUE)
			.retryBufferSize(Long.MAX_VALUE)
			.defaultServiceConfig(Map.of("loadBalancingConfig",
					ConnectionLimitsLoadBalancerProvider.loadBalancingConfig(this.list ? "round_robin" : "pick_first",
							ConnectionLimitsLoadBalancerProvider.DEFAULT_CONNECT_TIMEOUT,
							ConnectionLimitsLoadBalancerProvider.DEFAULT_RECONNECT_INTERVAL)));
	}

	/**
	 * Return the human-readable address, such as {@code localhost:50053}.
	 */
	@Override
	public String toString() {
		return this.text;
	}

	/**
	 * Whether an address requires encryption.
	 */
	public enum Security {

		/**
		 * The address does not specify it.
		 */
		UNSPECIFIED(""),

		/**
		 * Plaintext: the address starts with {@code http://}.
		 */
		PLAINTEXT("http://"),

		/**
		 * TLS: the address starts with {@code https://}.
		 */
		TLS("https://");

		private final String scheme;

		Security(String scheme) {
			this.scheme = scheme;
		}

		private static Security of(String text) {
			return TLS.isSchemeOf(text) ? TLS : PLAINTEXT.isSchemeOf(text) ? PLAINTEXT : UNSPECIFIED;
		}

		private boolean isSchemeOf(String text) {
			return text.regionMatches(true, 0, this.scheme, 0, this.scheme.length());
		}

		private String withoutScheme(String text) {
			String rest = text.substring(this.scheme.length());
			return (this != UNSPECIFIED && rest.endsWith("/")) ? rest.substring(0, rest.length() - 1) : rest;
		}

	}

}
