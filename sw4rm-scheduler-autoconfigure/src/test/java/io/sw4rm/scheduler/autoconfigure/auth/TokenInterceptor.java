package io.sw4rm.scheduler.autoconfigure.auth;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;

/**
 * Lets calls with an accepted token through to the scheduler, and remembers what they
 * carried.
 */
class TokenInterceptor implements ServerInterceptor {

	private static final Metadata.Key<String> AUTHORIZATION = Metadata.Key.of("authorization",
			Metadata.ASCII_STRING_MARSHALLER);

	private static final Metadata.Key<String> REASON = Metadata.Key.of("reason", Metadata.ASCII_STRING_MARSHALLER);

	private final Set<String> accepted = ConcurrentHashMap.newKeySet();

	private final List<Metadata> headers = new CopyOnWriteArrayList<>();

	private volatile boolean sendsHeadersFirst;

	TokenInterceptor(String... accepted) {
		accept(accepted);
	}

	void accept(String... tokens) {
		this.accepted.clear();
		this.accepted.addAll(Set.of(tokens));
	}

	/**
	 * Refuse calls after the headers of an answer, as a service behind a proxy may.
	 */
	void sendHeadersFirst() {
		this.sendsHeadersFirst = true;
	}

	List<Metadata> headers() {
		return this.headers;
	}

	/**
	 * Return what the calls carried, all values of a call joined.
	 */
	List<String> authorizations() {
		return this.headers.stream().map((headers) -> {
			Iterable<String> values = headers.getAll(AUTHORIZATION);
			return (values != null) ? String.join(" & ", values) : "";
		}).toList();
	}

	@Override
	public <Q, S> ServerCall.Listener<Q> interceptCall(ServerCall<Q, S> call, Metadata headers,
			ServerCallHandler<Q, S> next) {
		this.headers.add(headers);
		String authorization = headers.get(AUTHORIZATION);
		if (authorization != null && authorization.startsWith("Bearer ")
				&& this.accepted.contains(authorization.substring("Bearer ".length()))) {
			return next.startCall(call, headers);
		}
		if (this.sendsHeadersFirst) {
			call.sendHeaders(new Metadata());
		}
		Metadata trailers = new Metadata();
		trailers.put(REASON, "unknown token");
		call.close(Status.UNAUTHENTICATED.withDescription("refused by the scheduler"), trailers);
		return new ServerCall.Listener<>() {
		};
	}

}
