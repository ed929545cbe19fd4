package io.sw4rm.scheduler.autoconfigure;

import io.grpc.ChannelCredentials;
import io.grpc.InsecureChannelCredentials;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

import io.sw4rm.scheduler.client.address.SchedulerAddress;
import io.sw4rm.scheduler.client.address.SchedulerAddress.Security;

/**
 * Where the channel connects to, and whether with TLS.
 *
 * @param address the address of the scheduler
 * @param tls the TLS of an encrypted connection, {@code null} for plaintext
 */
record SchedulerTransport(SchedulerAddress address, @Nullable SchedulerTls tls) {

	static SchedulerTransport from(SchedulerConnectionDetails connectionDetails) {
		SchedulerAddress address = SchedulerAddress.parse(connectionDetails.getAddress());
		if (connectionDetails.getSslBundle() == null && address.security() != Security.TLS) {
			return new SchedulerTransport(address, null);
		}
		Assert.state(address.security() != Security.PLAINTEXT && !isLocal(address),
				() -> "The connection details ask for TLS, which is not available for the address '%s'"
					.formatted(address));
		return new SchedulerTransport(address, new SchedulerTls(connectionDetails));
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

	/**
	 * Return the credentials that the connection needs, or {@code null} if neither TLS
	 * nor plaintext was asked for.
	 */
	@Nullable ChannelCredentials credentials() {
		if (this.tls != null) {
			return this.tls.credentials();
		}
		return (this.address.security() == Security.PLAINTEXT) ? InsecureChannelCredentials.create() : null;
	}

}
