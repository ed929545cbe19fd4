package io.sw4rm.scheduler.benchmarks.calls;

import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;

/**
 * Makes generated stubs send the same bytes as a client: each call has a deadline and a
 * random correlation id. This is the cheapest of the usual ways: attaching headers, or
 * creating a stub with a deadline for each call, allocates more.
 */
final class HandWrittenStub implements ClientInterceptor {

	private static final long DEADLINE_SECONDS = 30;

	private static final Metadata.Key<String> CORRELATION_ID = Metadata.Key.of("x-correlation-id",
			Metadata.ASCII_STRING_MARSHALLER);

	@Override
	public <Q, S> ClientCall<Q, S> interceptCall(MethodDescriptor<Q, S> method, CallOptions options, Channel next) {
		return new SimpleForwardingClientCall<>(
				next.newCall(method, options.withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS))) {

			@Override
			public void start(Listener<S> listener, Metadata headers) {
				headers.put(CORRELATION_ID, newCorrelationId());
				super.start(listener, headers);
			}

		};
	}

	private static String newCorrelationId() {
		ThreadLocalRandom random = ThreadLocalRandom.current();
		long mostSignificant = (random.nextLong() & 0xFFFF_FFFF_FFFF_0FFFL) | 0x4000L;
		long leastSignificant = (random.nextLong() & 0x3FFF_FFFF_FFFF_FFFFL) | 0x8000_0000_0000_0000L;
		return new UUID(mostSignificant, leastSignificant).toString();
	}

}
