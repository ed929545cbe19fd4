package io.sw4rm.scheduler.client;

import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.regex.Pattern;

import javax.net.ssl.SSLException;

import com.google.common.base.Ascii;
import com.google.common.base.CharMatcher;
import com.google.common.base.Throwables;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * The problem that caused a call to fail, if the client can determine it. gRPC often
 * reports only the symptom, such as "Network closed for unknown reason"; each constant
 * combines a symptom, its meaning and a remedy. The first matching constant applies.
 *
 * @since 0.1.0
 */
public enum SchedulerProblem {

	/**
	 * A message or its metadata is larger than one of the two sides accepts.
	 */
	MESSAGE_TOO_LARGE(Symptom::isTooLarge, "The message or its metadata is too large",
			"The channel limits the size of responses, the scheduler limits the size of requests"),

	/**
	 * The response could not be read: it is no message of the protocol, or there is more
	 * than one.
	 */
	UNREADABLE_RESPONSE(Symptom::isUnreadable, "The response cannot be read",
			"Check that the server at this address is a SW4RM scheduler and that its version fits this client"),

	/**
	 * The client's limit of calls in flight is reached.
	 */
	CALL_LIMIT_REACHED((symptom) -> symptom.description().equals(SchedulerCallLimitException.DESCRIPTION),
			"The limit of calls in flight is reached", "Try again when some of them have ended, or raise the limit"),

	/**
	 * The channel was shut down before the call or during it.
	 */
	CHANNEL_SHUT_DOWN((symptom) -> symptom.description().startsWith("Channel shutdown"), "The channel is shut down",
			"Do not make calls after the client was closed"),

	/**
	 * An HTTP server or a proxy answered, and no gRPC server. One that demands
	 * credentials may stand in front of the scheduler and is not meant here.
	 */
	HTTP_RESPONSE(
			(symptom) -> symptom.description().startsWith(Symptom.HTTP_STATUS)
					&& symptom.code() != Status.Code.UNAUTHENTICATED,
			"An HTTP server or a proxy answered instead of a gRPC server",
			"Check the address, and the routes of proxies on the way to the scheduler"),

	/**
	 * The server closed the connection because the client checks it too often.
	 */
	TOO_MANY_PINGS((symptom) -> symptom.description().contains("too_many_pings"),
			"The keepalive time of the client is too short for the server",
			"Increase the keepalive time of the channel, or let the server permit it"),

	/**
	 * The server speaks HTTP/1.1.
	 */
	HTTP_1((symptom) -> symptom.firstBytes().startsWith(Symptom.HTTP_1_IN_HEX),
			"The server speaks HTTP/1.1 instead of gRPC", "Check the port"),

	/**
	 * The server requires TLS, and the connection is plaintext.
	 */
	TLS_REQUIRED((symptom) -> symptom.firstBytes().startsWith(Symptom.TLS_ALERT_IN_HEX), "The server requires TLS",
			"Use an address that starts with https://"),

	/**
	 * The server speaks plaintext, and the connection uses TLS.
	 */
	TLS_NOT_SUPPORTED((symptom) -> symptom.rootMessage().startsWith(Symptom.NO_TLS_RECORD),
			"The server does not support TLS on this port",
			"Check the port, or use an address that starts with http:// if the network is trusted"),

	/**
	 * The server speaks a protocol other than HTTP/2.
	 */
	NOT_GRPC((symptom) -> !symptom.firstBytes().isEmpty(), "The server does not speak gRPC", "Check the port"),

	/**
	 * The versions of the gRPC and Netty libraries are incompatible.
	 */
	LIBRARY_MISMATCH((symptom) -> symptom.cause(LinkageError.class) != null,
			"The gRPC and Netty libraries on the class path are incompatible",
			"Use gRPC libraries of one version, and the Netty version that it was tested with"),

	/**
	 * The host name cannot be resolved.
	 */
	UNKNOWN_HOST((symptom) -> symptom.root() instanceof UnknownHostException, "The host name cannot be resolved",
			"Check the address and the DNS"),

	/**
	 * The TLS server does not offer HTTP/2 to its clients: it does not use ALPN, or knows
	 * other protocols alone.
	 */
	HTTP_2_NOT_OFFERED(
			(symptom) -> symptom.description().startsWith("Failed ALPN negotiation")
					|| symptom.tlsMessage().contains("no_application_protocol"),
			"The server does not offer HTTP/2 in the TLS handshake (ALPN)",
			"Check the port, and enable HTTP/2 on the server or on the proxy in front of it"),

	/**
	 * The server's certificate has expired, as the clock of this machine tells.
	 */
	CERTIFICATE_EXPIRED((symptom) -> symptom.cause(CertificateExpiredException.class) != null,
			"The server's certificate has expired",
			"Renew the certificate of the server, or correct the clock of this machine"),

	/**
	 * The server's certificate is not valid yet, as the clock of this machine tells.
	 */
	CERTIFICATE_NOT_YET_VALID((symptom) -> symptom.cause(CertificateNotYetValidException.class) != null,
			"The server's certificate is not valid yet",
			"Correct the clock of this machine, or replace the certificate of the server"),

	/**
	 * The server's certificate is not trusted.
	 */
	CERTIFICATE_NOT_TRUSTED((symptom) -> symptom.tlsMessage().contains("PKIX"),
			"The server's certificate is not trusted", "Check the trusted certificates"),

	/**
	 * The server's certificate is for another host name.
	 */
	CERTIFICATE_FOR_OTHER_NAME(
			(symptom) -> symptom.tlsMessage().contains("No subject alternative")
					|| symptom.tlsMessage().contains("No name matching"),
			"The server's certificate is for another host name", "Check the address"),

	/**
	 * The server rejected the client's certificate, or requires one.
	 */
	CLIENT_CERTIFICATE_REJECTED(
			(symptom) -> symptom.tlsMessage().contains("Received fatal alert")
					&& (symptom.tlsMessage().contains("certificate") || symptom.tlsMessage().contains("unknown_ca")),
			"The server rejected the client's certificate (or requires one)",
			"Check the client's certificate and private key"),

	/**
	 * The TLS handshake failed for another reason.
	 */
	TLS_HANDSHAKE_FAILED((symptom) -> symptom.cause(SSLException.class) != null, "The TLS handshake failed",
			"Check certificates, private key, and the protocols and cipher suites that both sides support"),

	/**
	 * The server closed the connection without a response. With TLS 1.3, a server learns
	 * after the handshake that the client has no certificate.
	 */
	CONNECTION_CLOSED(Symptom::isClosed, "The server closed the connection without a response",
			"If the server requires TLS, use an address that starts with https://; if it requires a client certificate, configure one"),

	/**
	 * The connection was not ready for calls in time: the network drops packets, or the
	 * server accepts connections without responding.
	 */
	// The description is that of ConnectionLimitsLoadBalancer
	CONNECT_TIMEOUT((symptom) -> symptom.description().startsWith("The connection was not ready within "),
			"The server does not respond to new connections",
			"Check the address, firewalls and proxies on the way to the scheduler, and that the scheduler is not overloaded"),

	/**
	 * gRPC's client-side health check permits calls to no server.
	 */
	HEALTH_CHECK_FAILED(
			(symptom) -> symptom.code() == Status.Code.UNAVAILABLE && symptom.root() == null
					&& symptom.description().startsWith("Health-check "),
			"No server passes the client-side health check",
			"The health service of the server must know the checked service and keep its Watch streams open. If it does not, disable client-side health checks"),

	/**
	 * No connection could be established or it was lost.
	 */
	NOT_REACHABLE((symptom) -> symptom.code() == Status.Code.UNAVAILABLE && symptom.root() != null,
			"The scheduler cannot be reached", "Check that it is running and that the address is correct"),

	/**
	 * The scheduler rejected the credentials of the call, or requires credentials. Does
	 * not apply to credentials that could not be sent, which have a cause.
	 */
	CREDENTIALS_REJECTED((symptom) -> symptom.code() == Status.Code.UNAUTHENTICATED && symptom.root() == null,
			"The scheduler rejected the credentials (or requires some)", "Check the credentials of the client");

	private static final int MAX_REASON_LENGTH = 200;

	private static final Pattern LINE_BREAK = Pattern.compile("\\v");

	/**
	 * A bearer token or a JSON web token.
	 */
	private static final Pattern TOKEN = Pattern.compile("(?i:bearer)\\s+\\S+|eyJ[\\w-]+\\.[\\w.-]*");

	private final Predicate<Symptom> test;

	private final String meaning;

	private final String remedy;

	SchedulerProblem(Predicate<Symptom> test, String meaning, String remedy) {
		this.test = test;
		this.meaning = meaning;
		this.remedy = remedy;
	}

	/**
	 * Return the problem of a call that ended with the given status.
	 * @param status the status of the call
	 * @return the problem, or {@code null} if the client knows no more than gRPC's
	 * description of the status
	 */
	public static @Nullable SchedulerProblem of(Status status) {
		Symptom symptom = Symptom.of(Checks.notNull(status, "status"));
		for (SchedulerProblem problem : values()) {
			if (problem.test.test(symptom)) {
				return problem;
			}
		}
		return null;
	}

	/**
	 * Describe the status of a failed call in one line, without control characters and
	 * tokens: its code, gRPC's description, and the most specific cause, such as
	 * "Connection refused", which gRPC's description often lacks.
	 * @param status the status of the call
	 * @return the description
	 */
	public static String describe(Status status) {
		StringBuilder text = new StringBuilder(Checks.notNull(status, "status").getCode().name());
		String description = (status.getDescription() != null) ? firstLine(status.getDescription()) : "";
		String reason = (status.getCause() != null) ? reason(Throwables.getRootCause(status.getCause())) : "";
		if (!description.isEmpty()) {
			text.append(": ").append(description);
		}
		if (!reason.isEmpty() && !reason.equals(description)) {
			text.append(": ").append(Ascii.truncate(reason, MAX_REASON_LENGTH, "..."));
		}
		return text.toString();
	}

	private static String reason(Throwable cause) {
		return (cause.getMessage() != null) ? firstLine(cause.getMessage()) : cause.getClass().getSimpleName();
	}

	/**
	 * Omit what gRPC adds in further lines, such as stack traces and HTML pages, and
	 * tokens that a server repeats.
	 */
	private static String firstLine(String text) {
		String line = LINE_BREAK.splitAsStream(text).filter((part) -> !part.isBlank()).findFirst().orElse("");
		return CharMatcher.javaIsoControl().replaceFrom(TOKEN.matcher(line).replaceAll("***"), ' ');
	}

	/**
	 * Return the meaning of the problem.
	 * @return a sentence without a full stop at the end
	 */
	public String meaning() {
		return this.meaning;
	}

	/**
	 * Return what to do about the problem, in terms of this client.
	 * @return a sentence without a full stop at the end
	 */
	public String remedy() {
		return this.remedy;
	}

	/**
	 * The symptoms of a failure.
	 *
	 * @param code the code of the status
	 * @param description the description of the status, empty if there is none
	 * @param causes the cause of the status and its own causes
	 */
	private record Symptom(Status.Code code, String description, List<Throwable> causes) {

		static final String NO_TLS_RECORD = "not an SSL/TLS record";

		static final String HTTP_STATUS = "HTTP status code";

		static final String HTTP_1_IN_HEX = "485454502f";

		static final String TLS_ALERT_IN_HEX = "1503";

		private static final String NO_SETTINGS = "First received frame was not SETTINGS";

		static Symptom of(Status status) {
			return new Symptom(status.getCode(), (status.getDescription() != null) ? status.getDescription() : "",
					(status.getCause() != null) ? Throwables.getCausalChain(status.getCause()) : List.of());
		}

		/**
		 * Matches the text, because there is no status for it and each gRPC
		 * implementation describes it differently.
		 */
		boolean isTooLarge() {
			String text = (this.description + " " + (this.causes.isEmpty() ? "" : this.causes.get(0)))
				.toLowerCase(Locale.ROOT);
			return switch (this.code) {
				case RESOURCE_EXHAUSTED -> text.contains("exceeds maximum size") || text.contains("larger than max");
				case INTERNAL -> text.contains("header size exceeded");
				default -> false;
			};
		}

		/**
		 * What a server says itself has no cause.
		 */
		boolean isUnreadable() {
			return this.code == Status.Code.INTERNAL && this.description.startsWith(CallFailures.FAILED_TO_READ)
					&& root() != null;
		}

		/**
		 * How it shows depends on whether the client reads or writes at the time.
		 */
		boolean isClosed() {
			return (this.description.startsWith("Network closed") && root() == null)
					|| root() instanceof ClosedChannelException || rootMessage().contains("Connection reset")
					|| rootMessage().contains("Broken pipe");
		}

		@Nullable Throwable root() {
			return this.causes.isEmpty() ? null : this.causes.get(this.causes.size() - 1);
		}

		String rootMessage() {
			return (root() != null) ? String.valueOf(root().getMessage()) : "";
		}

		/**
		 * Return the first bytes of a server that does not speak HTTP/2 or TLS.
		 * @return the bytes in hexadecimal digits, or an empty text
		 */
		String firstBytes() {
			String message = rootMessage();
			if (message.startsWith(NO_SETTINGS)) {
				return message.substring(message.lastIndexOf(' ') + 1);
			}
			return message.startsWith(NO_TLS_RECORD + ": " + HTTP_1_IN_HEX) ? HTTP_1_IN_HEX : "";
		}

		/**
		 * Newer JDKs start the message with the name of the TLS alert.
		 */
		String tlsMessage() {
			SSLException failure = cause(SSLException.class);
			return (failure != null) ? String.valueOf(failure.getMessage()) : "";
		}

		<T extends Throwable> @Nullable T cause(Class<T> type) {
			return this.causes.stream().filter(type::isInstance).map(type::cast).findFirst().orElse(null);
		}

	}

}
