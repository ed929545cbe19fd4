package io.sw4rm.scheduler.autoconfigure.auth;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.stream.Stream;

import com.google.common.net.HostAndPort;
import com.google.common.net.InetAddresses;
import io.grpc.CallCredentials.RequestInfo;
import io.grpc.Grpc;
import io.grpc.SecurityLevel;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

import io.sw4rm.scheduler.client.address.SchedulerAddress;
import io.sw4rm.scheduler.client.address.SchedulerAddress.Security;

/**
 * Keeps tokens off connections that others can listen to: those without TLS that leave
 * the machine.
 */
class PlaintextGuard {

	private static final String REMEDY = "Use an https:// address or 'sw4rm.scheduler.ssl.bundle'. "
			+ "'sw4rm.scheduler.auth.dangerously-allow-plaintext=true' sends it all the same, for everyone on the way to read.";

	private final boolean allowPlaintext;

	PlaintextGuard(boolean allowPlaintext) {
		this.allowPlaintext = allowPlaintext;
	}

	/**
	 * Check an address before anything is sent there.
	 * @throws InvalidConfigurationPropertyValueException if it asks for plaintext to
	 * another machine
	 */
	void check(SchedulerAddress address) {
		if (!this.allowPlaintext && address.security() == Security.PLAINTEXT
				&& !Stream.of(address.toString().split(",")).allMatch(PlaintextGuard::isLoopback)) {
			throw new InvalidConfigurationPropertyValueException("sw4rm.scheduler.address", address,
					"A token would go to another machine in plaintext. " + REMEDY);
		}
	}

	/**
	 * Return why a token may not be sent with a request, or null if it may.
	 */
	@Nullable String refusal(RequestInfo request) {
		if (this.allowPlaintext || request.getSecurityLevel() == SecurityLevel.PRIVACY_AND_INTEGRITY
				|| staysOnThisMachine(request)) {
			return null;
		}
		return "The token was not sent: the connection to '%s' has no TLS. %s".formatted(request.getAuthority(),
				REMEDY);
	}

	/**
	 * A loopback connection may lead to a proxy, and from there anywhere: the host that
	 * is meant must be a loopback one too.
	 */
	private static boolean staysOnThisMachine(RequestInfo request) {
		SocketAddress remote = request.getTransportAttrs().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
		if (remote instanceof InetSocketAddress inet) {
			return inet.getAddress() != null && inet.getAddress().isLoopbackAddress()
					&& isLoopback(request.getAuthority());
		}
		return remote != null;
	}

	private static boolean isLoopback(String hostAndPort) {
		String host = withoutZone(HostAndPort.fromString(hostAndPort).getHost());
		return host.equalsIgnoreCase("localhost")
				|| (InetAddresses.isInetAddress(host) && InetAddresses.forString(host).isLoopbackAddress());
	}

	/**
	 * The zone of an IPv6 address may be one that this machine doesn't have.
	 */
	private static String withoutZone(String host) {
		int zone = host.indexOf('%');
		return (zone != -1) ? host.substring(0, zone) : host;
	}

}
