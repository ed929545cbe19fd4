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
 * Resolves the targets {@code sw4rm:///host:port[,host:port...]}: gRPC has no scheme of
 * its own for a list of hosts. Each host is resolved by gRPC's DNS resolver. Found by
 * gRPC as a Java service; not meant to be used directly.
 */
public final class SchedulerNameResolverProvider extends NameResolverProvider {

	static final String SCHEME = "sw4rm";

	/**
	 * Create the provider.
	 */
	public SchedulerNameResolverProvider() {
	}

	/**
	 * Return the target for some hosts.
	 * @param hosts the hosts with their ports, separated by commas
	 */
	static String target(String hosts) {
		return SCHEME + ":///" + escaped(hosts);
	}

	/**
	 * The brackets and the scope of an IPv6 address may not stand in a URI's path.
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
		// Below DNS, which must stay the default for targets without a scheme
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
