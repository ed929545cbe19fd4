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
 * Refuses to send tokens to other machines over connections that are not encrypted.
 */
class PlaintextGuard {

	private final String prefix;

	private final boolean allowPlaintext;

	PlaintextGuard(String prefix, boolean allowPlaintext) {
		this.prefix = prefix;
		this.allowPlaintext = allowPlaintext;
	}

	/**
	 * Check an address before a token is sent to it.
	 * @throws InvalidConfigurationPropertyValueException if it is the plaintext address
	 * of another machine
	 */
	void check(SchedulerAddress address) {
		if (!this.allowPlaintext && address.security() == Security.PLAINTEXT
				&& !Stream.of(address.toString().split(",")).allMatch(PlaintextGuard::isLoopback)) {
			throw new InvalidConfigurationPropertyValueException(this.prefix + "address", address,
					"A token would be sent to another machine without TLS. " + remedy());
		}
	}

	/**
	 * Return why a token may not be sent with a request, or null if it may be sent.
	 */
	@Nullable String refusal(RequestInfo request) {
		if (this.allowPlaintext || request.getSecurityLevel() == SecurityLevel.PRIVACY_AND_INTEGRITY
				|| staysOnThisMachine(request)) {
			return null;
		}
		return "The token was not sent: the connection to '%s' has no TLS. %s".formatted(request.getAuthority(),
				remedy());
	}

	private String remedy() {
		return ("Use an https:// address or '%sssl.bundle'. '%sauth.dangerously-allow-plaintext=true' sends the token "
				+ "without TLS, where others can read it.")
			.formatted(this.prefix, this.prefix);
	}

	/**
	 * A loopback connection may lead to a proxy and from there to another machine: the
	 * requested host must be a loopback one as well.
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
	 * The zone of an IPv6 address may not exist on this machine.
	 */
	private static String withoutZone(String host) {
		int zone = host.indexOf('%');
		return (zone != -1) ? host.substring(0, zone) : host;
	}

}
