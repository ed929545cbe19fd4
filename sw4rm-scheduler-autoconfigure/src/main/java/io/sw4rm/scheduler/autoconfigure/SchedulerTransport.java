package io.sw4rm.scheduler.autoconfigure;

import io.grpc.ChannelCredentials;
import io.grpc.InsecureChannelCredentials;
import io.grpc.TlsChannelCredentials;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslManagerBundle;
import org.springframework.util.Assert;

import io.sw4rm.scheduler.client.SchedulerAddress;
import io.sw4rm.scheduler.client.SchedulerAddress.Security;

/**
 * Where the channel connects to, and whether with TLS.
 *
 * @param address the address of the scheduler
 * @param sslBundle the SSL bundle of an encrypted connection, {@code null} for plaintext
 */
record SchedulerTransport(SchedulerAddress address, @Nullable SslBundle sslBundle) {

	static SchedulerTransport from(SchedulerConnectionDetails connectionDetails) {
		SchedulerAddress address = SchedulerAddress.parse(connectionDetails.getAddress());
		SslBundle sslBundle = connectionDetails.getSslBundle();
		if (sslBundle == null && address.security() == Security.TLS) {
			sslBundle = SslBundle.systemDefault();
		}
		Assert.state(sslBundle == null || (address.security() != Security.PLAINTEXT && !isLocal(address)),
				() -> "The connection details ask for TLS, which is not available for the address '%s'"
					.formatted(address));
		return new SchedulerTransport(address, sslBundle);
	}

	/**
	 * Return whether an address is one without a network, where there is no TLS.
	 */
	static boolean isLocal(SchedulerAddress address) {
		return isUnixSocket(address) || address.target().startsWith("in-process:");
	}

	static boolean isUnixSocket(SchedulerAddress address) {
		return address.target().startsWith("unix:");
	}

	boolean isEncrypted() {
		return this.sslBundle != null;
	}

	/**
	 * Return the credentials that the connection needs, or {@code null} if neither TLS
	 * nor plaintext was asked for.
	 */
	@Nullable ChannelCredentials credentials() {
		if (this.sslBundle == null) {
			return (this.address.security() == Security.PLAINTEXT) ? InsecureChannelCredentials.create() : null;
		}
		SslManagerBundle managers = this.sslBundle.getManagers();
		return TlsChannelCredentials.newBuilder()
			.keyManager(managers.getKeyManagers())
			.trustManager(managers.getTrustManagers())
			.build();
	}

}
