package io.sw4rm.scheduler.client.address;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.util.Collection;
import java.util.List;
import java.util.Set;

import io.grpc.NameResolver;
import io.grpc.NameResolverProvider;
import io.grpc.NameResolverRegistry;
import org.jspecify.annotations.Nullable;

/**
 * Resolves the targets {@code sw4rm:///host:port[,host:port...]}, because gRPC has no
 * scheme for a list of hosts. gRPC's DNS resolver resolves each host. gRPC loads this
 * class as a Java service; applications should not use it directly.
 *
 * @since 0.1.0
 */
public final class SchedulerNameResolverProvider extends NameResolverProvider {

	static final String SCHEME = "sw4rm";

	/**
	 * Create the provider.
	 */
	public SchedulerNameResolverProvider() {
	}

	/**
	 * Return the target for a list of hosts.
	 * @param hosts the hosts with their ports, separated by commas
	 */
	static String target(String hosts) {
		return SCHEME + ":///" + escaped(hosts);
	}

	/**
	 * A URI's path must not contain the brackets and the scope of an IPv6 address.
	 */
	private static String escaped(String hosts) {
		return hosts.replace("%", "%25").replace("[", "%5B").replace("]", "%5D");
	}

	@Override
	protected boolean isAvailable() {
		return true;
	}

	@Override
	protected int priority() {
		// Lower than DNS, which must remain the default for targets without a scheme
		return 4;
	}

	@Override
	public String getDefaultScheme() {
		return SCHEME;
	}

	@Override
	public Collection<Class<? extends SocketAddress>> getProducedSocketAddressTypes() {
		return Set.of(InetSocketAddress.class);
	}

	@Override
	public @Nullable NameResolver newNameResolver(URI targetUri, NameResolver.Args args) {
		if (!SCHEME.equals(targetUri.getScheme())) {
			return null;
		}
		List<String> hosts = hosts(targetUri.getPath());
		if (hosts.isEmpty() || hosts.contains("")) {
			throw new IllegalArgumentException(
					"'%s' must be like %s:///host:port[,host:port...]".formatted(targetUri, SCHEME));
		}
		List<NameResolver> resolvers = hosts.stream().map((host) -> dnsResolver(host, args)).toList();
		return (resolvers.size() == 1) ? resolvers.get(0) : new CompositeNameResolver(resolvers, args);
	}

	private static List<String> hosts(@Nullable String path) {
		return (path != null && path.startsWith("/")) ? List.of(path.substring(1).split(",", -1)) : List.of();
	}

	private static NameResolver dnsResolver(String host, NameResolver.Args args) {
		URI uri = URI.create("dns:///" + escaped(host));
		return NameResolverRegistry.getDefaultRegistry().asFactory().newNameResolver(uri, args);
	}

}
