package io.sw4rm.scheduler.autoconfigure.diagnostics;

import java.util.function.Function;

import io.sw4rm.scheduler.client.SchedulerProblem;

/**
 * What to do about a problem, in terms of the properties of a scheduler.
 */
public final class PropertyRemedies implements Function<SchedulerProblem, String> {

	private final String prefix;

	/**
	 * Create remedies.
	 * @param prefix what the names of the properties begin with, such as
	 * {@code sw4rm.scheduler.}
	 */
	public PropertyRemedies(String prefix) {
		this.prefix = prefix;
	}

	@Override
	public String apply(SchedulerProblem problem) {
		return switch (problem) {
			case MESSAGE_TOO_LARGE ->
				"'%smax-inbound-message-size' limits responses; the scheduler limits requests".formatted(this.prefix);
			case CALL_LIMIT_REACHED ->
				"Try again when some of them have ended, or raise '%smax-in-flight'".formatted(this.prefix);
			case CHANNEL_SHUT_DOWN -> "Make no calls while the application stops";
			case HTTP_1, NOT_GRPC -> "Check the port in '%saddress'".formatted(this.prefix);
			case TLS_REQUIRED ->
				"Start '%saddress' with https://, or set '%sssl.bundle'".formatted(this.prefix, this.prefix);
			case CONNECTION_CLOSED ->
				"If the server requires TLS, start '%saddress' with https://, or set '%sssl.bundle'"
					.formatted(this.prefix, this.prefix);
			case TLS_NOT_SUPPORTED ->
				"Check the port, or start '%saddress' with http:// if the network is trusted".formatted(this.prefix);
			case LIBRARY_MISMATCH -> "Leave their versions to Spring Boot's dependency management";
			case UNKNOWN_HOST -> "Check '%saddress' and the DNS".formatted(this.prefix);
			case CERTIFICATE_NOT_TRUSTED ->
				"Check the trusted certificates of the bundle in '%sssl.bundle'".formatted(this.prefix);
			case CERTIFICATE_FOR_OTHER_NAME -> "Check '%saddress'".formatted(this.prefix);
			case CLIENT_CERTIFICATE_REJECTED ->
				"Check the certificate and private key of the bundle in '%sssl.bundle'".formatted(this.prefix);
			case TLS_HANDSHAKE_FAILED ->
				"Check the certificates, private key, protocols and cipher suites of the bundle in '%sssl.bundle'"
					.formatted(this.prefix);
			case NOT_REACHABLE -> "Check that it is running and that '%saddress' is correct".formatted(this.prefix);
			case CREDENTIALS_REJECTED -> "Check '%sauth.*'".formatted(this.prefix);
		};
	}

}
