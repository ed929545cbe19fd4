package io.sw4rm.scheduler.autoconfigure.tls;

import java.lang.ref.WeakReference;
import java.util.Collections;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Supplier;

import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.TrustManager;

import io.grpc.Attributes;
import io.grpc.ChannelCredentials;
import io.grpc.ClientTransportFilter;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.ssl.SslBundle;
import org.springframework.util.Assert;
import org.springframework.util.ClassUtils;

/**
 * TLS of the channel to the scheduler, which applies updates of the SSL bundle. After an
 * update, no new call uses a connection with the old certificates:
 * <ul>
 * <li>the material is replaced before the channel goes idle, so that all connections
 * opened for later calls use the new one, unless they resume an old session</li>
 * <li>known sessions are invalidated; a session whose handshake was in progress is
 * detected when it is resumed, before the connection gets its first call</li>
 * </ul>
 * Thread-safe.
 *
 * @since 0.1.0
 */
public final class SchedulerTls {

	private static final Log logger = LogFactory.getLog(SchedulerTls.class);

	private final ReloadableTlsMaterial material;

	private volatile @Nullable SSLSessionContext sessions;

	private volatile @Nullable ManagedChannel channel;

	/**
	 * Use an SSL bundle, and apply its updates.
	 * @param bundle supplies the bundle
	 * @param updates registers a handler of updates of the bundle
	 * @throws RuntimeException if the bundle can't be used
	 */
	public SchedulerTls(Supplier<SslBundle> bundle, Consumer<Consumer<SslBundle>> updates) {
		// The lock delays updates until the bundle is read
		synchronized (this) {
			updates.accept(updateHandler(this));
			this.material = new ReloadableTlsMaterial(TlsMaterial.from(bundle.get()));
		}
	}

	/**
	 * Check that a bundle can be used.
	 * @param bundle the bundle
	 * @throws RuntimeException if the bundle can't be used
	 */
	public static void validate(SslBundle bundle) {
		TlsMaterial.from(bundle);
	}

	/**
	 * The handler may outlive the channel, because it can't be removed.
	 */
	private static Consumer<SslBundle> updateHandler(SchedulerTls tls) {
		WeakReference<SchedulerTls> reference = new WeakReference<>(tls);
		return (bundle) -> {
			SchedulerTls updated = reference.get();
			if (updated != null) {
				updated.update(bundle);
			}
		};
	}

	/**
	 * Return the credentials of a channel.
	 * @return the credentials
	 */
	public ChannelCredentials credentials() {
		TlsMaterial current = this.material.current();
		KeyManager keyManager = this.material.keyManager();
		TrustManager trustManager = this.material.trustManager();
		if (current.restricts()) {
			Assert.state(usesNetty(),
					"The SSL bundle of the scheduler restricts protocols or cipher suites, which requires io.grpc:grpc-netty "
							+ "on the class path, without grpc-netty-shaded. Change the dependencies, or remove the "
							+ "options and the protocol of the bundle");
			return NettyTlsCredentials.create(current, keyManager, trustManager);
		}
		TlsChannelCredentials.Builder builder = TlsChannelCredentials.newBuilder().trustManager(trustManager);
		return ((keyManager != null) ? builder.keyManager(keyManager) : builder).build();
	}

	/**
	 * Return a filter that refuses connections that do not meet the requirements of the
	 * SSL bundle.
	 * @return the filter, to be added to the builder of the channel
	 */
	public ClientTransportFilter transportFilter() {
		return new TlsTransportFilter();
	}

	private static boolean usesNetty() {
		return ClassUtils.isPresent("io.grpc.netty.NettyChannelBuilder", null)
				&& !ClassUtils.isPresent("io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder", null);
	}

	/**
	 * Set the channel whose connections are renewed after an update.
	 * @param channel the channel
	 */
	public void use(ManagedChannel channel) {
		this.channel = channel;
	}

	/**
	 * Use an updated bundle from now on, or keep the previous material if it can't be
	 * used.
	 */
	private synchronized void update(SslBundle bundle) {
		ManagedChannel channel = this.channel;
		if (channel != null && channel.isShutdown()) {
			return;
		}
		try {
			replaceMaterial(TlsMaterial.from(bundle));
		}
		catch (RuntimeException ex) {
			logger.error("The updated SSL bundle of the scheduler can't be used; "
					+ "the current certificates remain in use. Correct the bundle's files", ex);
			return;
		}
		logger.info("The SSL bundle of the scheduler was updated; new calls use new connections");
		renewConnections();
	}

	private void replaceMaterial(TlsMaterial next) {
		TlsMaterial current = this.material.current();
		Assert.state(
				Objects.equals(current.protocols(), next.protocols())
						&& Objects.equals(current.ciphers(), next.ciphers()),
				"Protocols and cipher suites can't change without a restart");
		this.material.replace(next);
	}

	/**
	 * Record the session of a connection before its first call.
	 */
	private void connected(SSLSession session) {
		if (session.getSessionContext() != null) {
			this.sessions = session.getSessionContext();
		}
		if (this.material.isOutdated(session)) {
			renewConnections();
		}
	}

	private void renewConnections() {
		SSLSessionContext sessions = this.sessions;
		if (sessions != null) {
			invalidate(sessions);
		}
		ManagedChannel channel = this.channel;
		if (channel != null) {
			channel.enterIdle();
		}
	}

	/**
	 * Otherwise new connections would resume them and keep using the old certificates.
	 */
	private static void invalidate(SSLSessionContext sessions) {
		for (byte[] id : Collections.list(sessions.getIds())) {
			SSLSession session = sessions.getSession(id);
			if (session != null) {
				session.invalidate();
			}
		}
	}

	/**
	 * Refuses connections that do not meet the requirements of the SSL bundle. A custom
	 * channel factory, for example, may ignore the credentials: then no call must be sent
	 * in plaintext.
	 */
	private final class TlsTransportFilter extends ClientTransportFilter {

		@Override
		public Attributes transportReady(Attributes attributes) {
			SSLSession session = attributes.get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
			if (session == null) {
				throw refusal("The connection to the scheduler must use TLS, but the channel was created without it.");
			}
			if (!SchedulerTls.this.material.current().permits(session.getProtocol(), session.getCipherSuite())) {
				throw refusal("The connection to the scheduler uses %s with %s, which the SSL bundle does not permit."
					.formatted(session.getProtocol(), session.getCipherSuite()));
			}
			connected(session);
			return attributes;
		}

		private static StatusRuntimeException refusal(String reason) {
			// gRPC replaces most other statuses, which a transport must not return
			return Status.INTERNAL
				.withDescription(
						reason + " Check the application's GrpcChannelFactory and GrpcChannelFactoryCustomizer: "
								+ "they must use the ChannelCredentialsProvider bean")
				.asRuntimeException();
		}

	}

}
