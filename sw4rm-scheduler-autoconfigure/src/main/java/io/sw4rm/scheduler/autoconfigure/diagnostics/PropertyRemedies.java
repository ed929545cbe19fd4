package io.sw4rm.scheduler.autoconfigure.diagnostics;

import java.util.function.Function;

import io.sw4rm.scheduler.client.SchedulerProblem;

/**
 * Remedies for problems, in terms of the properties of a scheduler.
 */
public final class PropertyRemedies implements Function<SchedulerProblem, String> {

	private final String prefix;

	/**
	 * Create remedies.
	 * @param prefix the prefix of the properties, such as {@code sw4rm.scheduler.}
	 */
	public PropertyRemedies(String prefix) {
		this.prefix = prefix;
	}

	@Override
	public String apply(SchedulerProblem problem) {
		return template(problem).replace("*", this.prefix);
	}

	private static String template(SchedulerProblem problem) {
		return switch (problem) {
			case MESSAGE_TOO_LARGE -> "'*max-inbound-message-size' limits responses; the scheduler limits requests";
			case CALL_LIMIT_REACHED -> "Try again when some of them have ended, or increase '*max-in-flight'";
			case CHANNEL_SHUT_DOWN -> "Do not make calls while the application stops";
			case HTTP_1, NOT_GRPC -> "Check the port in '*address'";
			case TLS_REQUIRED -> "Start '*address' with https://, or set '*ssl.bundle'";
			case CONNECTION_CLOSED ->
				"If the server requires TLS, start '*address' with https://, or set '*ssl.bundle'";
			case TLS_NOT_SUPPORTED -> "Check the port, or start '*address' with http:// if the network is trusted";
			case LIBRARY_MISMATCH -> "Use the versions from Spring Boot's dependency management";
			case UNKNOWN_HOST -> "Check '*address' and the DNS";
			case CERTIFICATE_NOT_TRUSTED -> "Check the trusted certificates of the bundle in '*ssl.bundle'";
			case CERTIFICATE_FOR_OTHER_NAME -> "Check '*address'";
			case CLIENT_CERTIFICATE_REJECTED -> "Check the certificate and private key of the bundle in '*ssl.bundle'";
			case TLS_HANDSHAKE_FAILED ->
				"Check certificates, private key, protocols and cipher suites of the bundle in '*ssl.bundle'";
			case NOT_REACHABLE -> "Check that it is running and that '*address' is correct";
			case CREDENTIALS_REJECTED -> "Check the properties that start with '*auth.'";
		};
	}

}
