package io.sw4rm.scheduler.testsupport;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;

import io.sw4rm.scheduler.proto.SchedulerServiceGrpc;

/**
 * Records the correlation ids of the scheduler service's calls that reach one or more
 * servers. A repeated call keeps its correlation id. Thread-safe.
 */
public final class ReceivedCalls implements ServerInterceptor {

	private static final Metadata.Key<String> CORRELATION_ID = Metadata.Key.of("x-correlation-id",
			Metadata.ASCII_STRING_MARSHALLER);

	private final Queue<String> correlationIds = new ConcurrentLinkedQueue<>();

	@Override
	public <Q, S> ServerCall.Listener<Q> interceptCall(ServerCall<Q, S> call, Metadata headers,
			ServerCallHandler<Q, S> next) {
		if (SchedulerServiceGrpc.SERVICE_NAME.equals(call.getMethodDescriptor().getServiceName())) {
			this.correlationIds.add(String.valueOf(headers.get(CORRELATION_ID)));
		}
		return next.startCall(call, headers);
	}

	/**
	 * Return the correlation id of each received call. A call that was received several
	 * times is included several times.
	 * @return the correlation ids, in the order of the calls
	 */
	public List<String> correlationIds() {
		return List.copyOf(this.correlationIds);
	}

}
