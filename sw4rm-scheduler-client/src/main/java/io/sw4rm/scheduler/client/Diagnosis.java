package io.sw4rm.scheduler.client;

import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.util.Locale;

import javax.net.ssl.SSLException;

import com.google.common.base.Throwables;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import org.jspecify.annotations.Nullable;

/**
 * Finds out what is wrong from what gRPC reports, which often names the symptom alone,
 * such as "Network closed for unknown reason".
 */
public final class Diagnosis {

	private static final String NO_TLS_RECORD = "not an SSL/TLS record";

	private static final String HTTP_1_IN_HEX = "485454502f";

	private static final String TLS_ALERT_IN_HEX = "1503";

	private Diagnosis() {
	}

	/**
	 * Return what to do about a failure.
	 * @param status how a call ended
	 * @return one or two sentences without a full stop at the end, or an empty text if
	 * gRPC's own description says enough
	 */
	public static String remedy(Status status) {
		if (isTooLarge(Checks.notNull(status, "status"))) {
			return "The message or its metadata is too large. sw4rm.scheduler.max-inbound-message-size limits answers, "
					+ "the scheduler limits requests";
		}
		String description = (status.getDescription() != null) ? status.getDescription() : "";
		if (description.startsWith("Channel shutdown")) {
			return "The channel is shut down, as it is when the application stops";
		}
		if (status.getCause() != null) {
			return remedy(status.getCause(), status.getCode());
		}
		if (status.getCode() == Status.Code.UNAUTHENTICATED) {
			return "The scheduler wants credentials, or others. Check sw4rm.scheduler.auth.*";
		}
		if (description.startsWith("Network closed")) {
			return "The server closed the connection without an answer. If it expects TLS, start the address "
					+ "(sw4rm.scheduler.address) with https:// or set sw4rm.scheduler.ssl.bundle";
		}
		return "";
	}

	private static String remedy(Throwable failure, Status.Code code) {
		Throwable cause = Throwables.getRootCause(failure);
		String message = String.valueOf(cause.getMessage());
		if (message.startsWith("First received frame was not SETTINGS")) {
			return notHttp2(message.substring(message.lastIndexOf(' ') + 1));
		}
		if (message.startsWith(NO_TLS_RECORD)) {
			return message.startsWith(NO_TLS_RECORD + ": " + HTTP_1_IN_HEX) ? notHttp2(HTTP_1_IN_HEX)
					: "The server doesn't speak TLS. Check the port, or use plaintext (http://) if the network may be trusted";
		}
		if (find(LinkageError.class, failure) != null) {
			return "The gRPC and Netty libraries on the class path don't fit together. Leave their versions to Spring "
					+ "Boot's dependency management";
		}
		if (cause instanceof UnknownHostException) {
			return "The name can't be resolved. Check the address (sw4rm.scheduler.address) and the DNS";
		}
		SSLException handshakeFailure = find(SSLException.class, failure);
		if (handshakeFailure != null) {
			return handshake(String.valueOf(handshakeFailure.getMessage()));
		}
		return (code == Status.Code.UNAVAILABLE)
				? "Is a SW4RM scheduler listening there? If it is elsewhere, set the address (sw4rm.scheduler.address)"
				: "";
	}

	private static String notHttp2(String firstBytes) {
		if (firstBytes.startsWith(TLS_ALERT_IN_HEX)) {
			return "The server expects TLS. Start the address (sw4rm.scheduler.address) with https:// or set "
					+ "sw4rm.scheduler.ssl.bundle";
		}
		String protocol = firstBytes.startsWith(HTTP_1_IN_HEX) ? "HTTP/1.1" : "something else";
		return "The server speaks %s, not gRPC. Check the port (sw4rm.scheduler.address)".formatted(protocol);
	}

	private static <T extends Throwable> @Nullable T find(Class<T> type, Throwable failure) {
		for (Throwable cause : Throwables.getCausalChain(failure)) {
			if (type.isInstance(cause)) {
				return type.cast(cause);
			}
		}
		return null;
	}

	/**
	 * Newer JDKs begin their messages with the name of the TLS alert.
	 */
	private static String handshake(String message) {
		if (message.contains("PKIX")) {
			return "The server's certificate isn't trusted. Check the trusted certificates in sw4rm.scheduler.ssl.bundle";
		}
		if (message.contains("No subject alternative") || message.contains("No name matching")) {
			return "The server's certificate is for another name. Check the address (sw4rm.scheduler.address)";
		}
		if (message.contains("Received fatal alert")
				&& (message.contains("certificate") || message.contains("unknown_ca"))) {
			return "The server wants a certificate of the client, or another one. Check the key and certificate in "
					+ "sw4rm.scheduler.ssl.bundle";
		}
		return "The TLS handshake failed. Check certificates and keys in sw4rm.scheduler.ssl.bundle, and the protocols "
				+ "that the server offers";
	}

	/**
	 * Say {@code UNAVAILABLE} where a connection was lost and gRPC says {@code UNKNOWN},
	 * as it does when its own write is the first to notice.
	 */
	static StatusRuntimeException clarified(StatusRuntimeException failure) {
		Status status = failure.getStatus();
		if (status.getCode() != Status.Code.UNKNOWN || !(status.getCause() instanceof ClosedChannelException)) {
			return failure;
		}
		return Status.UNAVAILABLE.withDescription(status.getDescription())
			.withCause(status.getCause())
			.asRuntimeException(failure.getTrailers());
	}

	/**
	 * Whether a message or its metadata was larger than one of both sides accepts. There
	 * is no status for it: each gRPC implementation says it in its own words.
	 */
	static boolean isTooLarge(Status status) {
		String text = (status.getDescription() + " " + status.getCause()).toLowerCase(Locale.ROOT);
		return switch (status.getCode()) {
			case RESOURCE_EXHAUSTED -> text.contains("exceeds maximum size") || text.contains("larger than max");
			case INTERNAL -> text.contains("header size exceeded");
			default -> false;
		};
	}

}
