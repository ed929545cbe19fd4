package io.sw4rm.scheduler.autoconfigure.diagnostics;

import java.util.function.Function;

import io.sw4rm.scheduler.client.SchedulerProblem;

/**
 * Remedies for problems, in terms of the properties of a scheduler.
 *
 * @since 0.1.0
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
			case MESSAGE_TOO_LARGE -> "For responses, increase '*max-inbound-message-size'. For requests, send less";
			case CALL_LIMIT_REACHED -> "Try again when some of them have ended, or increase '*max-in-flight'";
			case TOO_MANY_PINGS -> "Increase '*keepalive.time', or let the server permit it";
			case HTTP_1, NOT_GRPC -> "Check the port in '*address'";
			case TLS_REQUIRED -> "Start '*address' with https://, or set '*ssl.bundle'";
			case CONNECTION_CLOSED ->
				"If the server requires TLS, start '*address' with https://, or set '*ssl.bundle'. If it requires a client certificate, add one to the bundle";
			case TLS_NOT_SUPPORTED -> "Check the port, or start '*address' with http:// if the network is trusted";
			case LIBRARY_MISMATCH -> "Use the versions from Spring Boot's dependency management";
			case UNKNOWN_HOST -> "Check '*address' and the DNS";
			case CERTIFICATE_NOT_TRUSTED -> "Check the trusted certificates of the bundle in '*ssl.bundle'";
			case CERTIFICATE_FOR_OTHER_NAME -> "Check '*address'";
			case CLIENT_CERTIFICATE_REJECTED -> "Check the certificate and private key of the bundle in '*ssl.bundle'";
			case TLS_HANDSHAKE_FAILED ->
				"Check certificates, private key, protocols and cipher suites of the bundle in '*ssl.bundle'";
			case CONNECT_TIMEOUT ->
				"Check '*address', firewalls and proxies on the way to the scheduler, and that the scheduler is not overloaded. If connections take longer, increase '*connect-timeout'";
			case HEALTH_CHECK_FAILED ->
				"The health service of the server must know the service in '*health-checking.service-name' and keep its Watch streams open. If it does not, set '*health-checking.enabled' to 'false'";
			case NOT_REACHABLE -> "Check that it is running and that '*address' is correct";
			case CREDENTIALS_REJECTED -> "Check the properties that start with '*auth.'";
			default -> problem.remedy();
		};
	}

}
