package io.sw4rm.scheduler.xds;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

import com.google.protobuf.Any;
import com.google.protobuf.Message;
import com.google.protobuf.UInt32Value;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.grpc.xds.shaded.io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.grpc.xds.shaded.io.envoyproxy.envoy.config.core.v3.Address;
import io.grpc.xds.shaded.io.envoyproxy.envoy.config.core.v3.AggregatedConfigSource;
import io.grpc.xds.shaded.io.envoyproxy.envoy.config.core.v3.ConfigSource;
import io.grpc.xds.shaded.io.envoyproxy.envoy.config.core.v3.Locality;
import io.grpc.xds.shaded.io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.grpc.xds.shaded.io.envoyproxy.envoy.config.core.v3.TransportSocket;
import io.grpc.xds.shaded.io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.grpc.xds.shaded.io.envoyproxy.envoy.config.endpoint.v3.Endpoint;
import io.grpc.xds.shaded.io.envoyproxy.envoy.config.endpoint.v3.LbEndpoint;
import io.grpc.xds.shaded.io.envoyproxy.envoy.config.endpoint.v3.LocalityLbEndpoints;
import io.grpc.xds.shaded.io.envoyproxy.envoy.config.listener.v3.ApiListener;
import io.grpc.xds.shaded.io.envoyproxy.envoy.config.listener.v3.Listener;
import io.grpc.xds.shaded.io.envoyproxy.envoy.config.route.v3.Route;
import io.grpc.xds.shaded.io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.grpc.xds.shaded.io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.grpc.xds.shaded.io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.grpc.xds.shaded.io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.grpc.xds.shaded.io.envoyproxy.envoy.extensions.filters.http.router.v3.Router;
import io.grpc.xds.shaded.io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.grpc.xds.shaded.io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import io.grpc.xds.shaded.io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CertificateProviderPluginInstance;
import io.grpc.xds.shaded.io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext;
import io.grpc.xds.shaded.io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CommonTlsContext;
import io.grpc.xds.shaded.io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;
import io.grpc.xds.shaded.io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc;
import io.grpc.xds.shaded.io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.grpc.xds.shaded.io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import org.jspecify.annotations.Nullable;

import io.sw4rm.scheduler.embedded.EmbeddedScheduler;

/**
 * A minimal xDS control plane: one aggregated discovery service, state of the world. Each
 * service has one listener with one route to one cluster with endpoints, all of the
 * service's name. Thread-safe.
 */
class XdsControlPlane {

	private static final String AUTHORITY = "authority";

	private final Map<String, Map<String, Message>> resources = new HashMap<>();

	private final Set<Subscription> subscriptions = new LinkedHashSet<>();

	private @Nullable Server server;

	private int port;

	private long version;

	/**
	 * Return what makes a gRPC client ask this control plane.
	 * @param authority a file with the certificate to trust when the control plane asks
	 * for TLS
	 * @param key a file with its private key: gRPC reads no authority without an identity
	 * @return the content of a bootstrap file
	 */
	synchronized String bootstrap(Path authority, Path key) {
		return """
				{
				  "node": { "id": "test" },
				  "xds_servers": [
				    {
				      "server_uri": "127.0.0.1:%d",
				      "channel_creds": [ { "type": "insecure" } ],
				      "server_features": [ "xds_v3" ]
				    }
				  ],
				  "certificate_providers": {
				    "%s": {
				      "plugin_name": "file_watcher",
				      "config": {
				        "ca_certificate_file": "%s",
				        "certificate_file": "%s",
				        "private_key_file": "%s"
				      }
				    }
				  }
				}
				""".formatted(this.port, AUTHORITY, authority, authority, key);
	}

	/**
	 * Let a service be that of some schedulers, which take turns. A service that is known
	 * already moves to them.
	 */
	void serve(String service, EmbeddedScheduler... schedulers) {
		serve(service, RouteAction.getDefaultInstance(), schedulers);
	}

	/**
	 * Let a service be that of some schedulers, with more about its route.
	 */
	void serve(String service, RouteAction route, EmbeddedScheduler... schedulers) {
		publish(service, route, cluster(service), schedulers);
	}

	/**
	 * Let a service be that of some schedulers, and ask clients to use TLS.
	 */
	void serveWithTls(String service, EmbeddedScheduler... schedulers) {
		Cluster cluster = cluster(service).toBuilder().setTransportSocket(tls()).build();
		publish(service, RouteAction.getDefaultInstance(), cluster, schedulers);
	}

	private synchronized void publish(String service, RouteAction route, Cluster cluster,
			EmbeddedScheduler... schedulers) {
		put(service, listener(service, route));
		put(service, cluster);
		put(service, endpoints(service, schedulers));
		this.version++;
		this.subscriptions.forEach(Subscription::send);
	}

	/**
	 * Listen: on any free port the first time, on the same again after a stop. Does
	 * nothing when it listens already.
	 */
	synchronized void start() throws IOException {
		if (this.server == null) {
			this.server = NettyServerBuilder
				.forAddress(new InetSocketAddress("127.0.0.1", this.port), InsecureServerCredentials.create())
				.addService(new DiscoveryService())
				.build()
				.start();
			this.port = this.server.getPort();
		}
	}

	/**
	 * Close the port and all connections. Does nothing when that is done.
	 */
	void stop() throws InterruptedException {
		Server server = forgetServer();
		if (server != null) {
			server.shutdownNow().awaitTermination();
		}
	}

	private synchronized @Nullable Server forgetServer() {
		Server server = this.server;
		this.server = null;
		this.subscriptions.clear();
		return server;
	}

	private void put(String service, Message resource) {
		this.resources.computeIfAbsent(Any.pack(resource).getTypeUrl(), (typeUrl) -> new HashMap<>())
			.put(service, resource);
	}

	private static Listener listener(String service, RouteAction route) {
		VirtualHost virtualHost = VirtualHost.newBuilder()
			.addDomains(service)
			.addRoutes(Route.newBuilder()
				.setMatch(RouteMatch.newBuilder().setPrefix(""))
				.setRoute(route.toBuilder().setCluster(service)))
			.build();
		HttpConnectionManager manager = HttpConnectionManager.newBuilder()
			.setRouteConfig(RouteConfiguration.newBuilder().setName(service).addVirtualHosts(virtualHost))
			.addHttpFilters(
					HttpFilter.newBuilder().setName("router").setTypedConfig(Any.pack(Router.getDefaultInstance())))
			.build();
		return Listener.newBuilder()
			.setName(service)
			.setApiListener(ApiListener.newBuilder().setApiListener(Any.pack(manager)))
			.build();
	}

	private static Cluster cluster(String service) {
		return Cluster.newBuilder()
			.setName(service)
			.setType(Cluster.DiscoveryType.EDS)
			.setEdsClusterConfig(Cluster.EdsClusterConfig.newBuilder()
				.setEdsConfig(ConfigSource.newBuilder().setAds(AggregatedConfigSource.getDefaultInstance())))
			.setLbPolicy(Cluster.LbPolicy.ROUND_ROBIN)
			.build();
	}

	private static TransportSocket tls() {
		CertificateValidationContext validation = CertificateValidationContext.newBuilder()
			.setCaCertificateProviderInstance(CertificateProviderPluginInstance.newBuilder().setInstanceName(AUTHORITY))
			.build();
		UpstreamTlsContext context = UpstreamTlsContext.newBuilder()
			.setCommonTlsContext(CommonTlsContext.newBuilder().setValidationContext(validation))
			.build();
		return TransportSocket.newBuilder()
			.setName("envoy.transport_sockets.tls")
			.setTypedConfig(Any.pack(context))
			.build();
	}

	private static ClusterLoadAssignment endpoints(String service, EmbeddedScheduler... schedulers) {
		List<LbEndpoint> endpoints = Stream.of(schedulers).map(XdsControlPlane::endpoint).toList();
		return ClusterLoadAssignment.newBuilder()
			.setClusterName(service)
			.addEndpoints(LocalityLbEndpoints.newBuilder()
				.setLocality(Locality.newBuilder().setRegion("test"))
				.setLoadBalancingWeight(UInt32Value.of(1))
				.addAllLbEndpoints(endpoints))
			.build();
	}

	private static LbEndpoint endpoint(EmbeddedScheduler scheduler) {
		SocketAddress address = SocketAddress.newBuilder()
			.setAddress("127.0.0.1")
			.setPortValue(scheduler.port())
			.build();
		return LbEndpoint.newBuilder()
			.setEndpoint(Endpoint.newBuilder().setAddress(Address.newBuilder().setSocketAddress(address)))
			.build();
	}

	private final class DiscoveryService extends AggregatedDiscoveryServiceGrpc.AggregatedDiscoveryServiceImplBase {

		@Override
		public StreamObserver<DiscoveryRequest> streamAggregatedResources(StreamObserver<DiscoveryResponse> responses) {
			Map<String, Subscription> stream = new HashMap<>();
			((ServerCallStreamObserver<DiscoveryResponse>) responses).setOnCancelHandler(() -> end(stream));
			return new StreamObserver<>() {

				@Override
				public void onNext(DiscoveryRequest request) {
					synchronized (XdsControlPlane.this) {
						stream.computeIfAbsent(request.getTypeUrl(), (typeUrl) -> new Subscription(typeUrl, responses))
							.update(request);
					}
				}

				@Override
				public void onError(Throwable failure) {
				}

				@Override
				public void onCompleted() {
					end(stream);
					responses.onCompleted();
				}

			};
		}

		private void end(Map<String, Subscription> stream) {
			synchronized (XdsControlPlane.this) {
				XdsControlPlane.this.subscriptions.removeAll(stream.values());
			}
		}

	}

	/**
	 * What one client wants of one type. Guarded by the control plane.
	 */
	private final class Subscription {

		private final String typeUrl;

		private final StreamObserver<DiscoveryResponse> responses;

		private Set<String> names = Set.of();

		Subscription(String typeUrl, StreamObserver<DiscoveryResponse> responses) {
			this.typeUrl = typeUrl;
			this.responses = responses;
			XdsControlPlane.this.subscriptions.add(this);
		}

		/**
		 * A request with the same names again only acknowledges what was sent.
		 */
		void update(DiscoveryRequest request) {
			Set<String> names = Set.copyOf(request.getResourceNamesList());
			if (!names.equals(this.names)) {
				this.names = names;
				send();
			}
		}

		void send() {
			String version = Long.toString(XdsControlPlane.this.version);
			DiscoveryResponse.Builder response = DiscoveryResponse.newBuilder()
				.setTypeUrl(this.typeUrl)
				.setVersionInfo(version)
				.setNonce(version);
			XdsControlPlane.this.resources.getOrDefault(this.typeUrl, Map.of()).forEach((name, resource) -> {
				if (this.names.contains(name)) {
					response.addResources(Any.pack(resource));
				}
			});
			this.responses.onNext(response.build());
		}

	}

}
