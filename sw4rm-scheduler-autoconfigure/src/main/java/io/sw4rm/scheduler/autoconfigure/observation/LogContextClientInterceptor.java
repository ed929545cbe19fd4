package io.sw4rm.scheduler.autoconfigure.observation;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

import io.sw4rm.scheduler.client.SchedulerClient;

/**
 * Puts the correlation id of a call into the log context while the call starts and ends,
 * so that all lines that are logged meanwhile carry it: those of other interceptors, and
 * those of what an asynchronous caller does with the result.
 */
class LogContextClientInterceptor implements ClientInterceptor {

	static final String MDC_KEY = "sw4rm.correlation_id";

	private static final Metadata.Key<String> CORRELATION_ID = Metadata.Key.of("x-correlation-id",
			Metadata.ASCII_STRING_MARSHALLER);

	private static final Logger logger = LoggerFactory.getLogger(SchedulerClient.class);

	@Override
	public <Q, S> ClientCall<Q, S> interceptCall(MethodDescriptor<Q, S> method, CallOptions options, Channel next) {
		return new SimpleForwardingClientCall<>(next.newCall(method, options)) {

			@Override
			public void start(Listener<S> listener, Metadata headers) {
				String correlationId = headers.get(CORRELATION_ID);
				withLogContext(correlationId, () -> super.start(new SimpleForwardingClientCallListener<>(listener) {

					@Override
					public void onClose(Status status, Metadata trailers) {
						withLogContext(correlationId, () -> {
							logger.debug("{} ended with {}", method.getBareMethodName(), status.getCode());
							super.onClose(status, trailers);
						});
					}

				}, headers));
			}

		};
	}

	private static void withLogContext(@Nullable String correlationId, Runnable action) {
		String previous = MDC.get(MDC_KEY);
		put(correlationId);
		try {
			action.run();
		}
		finally {
			put(previous);
		}
	}

	private static void put(@Nullable String correlationId) {
		if (correlationId != null) {
			MDC.put(MDC_KEY, correlationId);
		}
		else {
			MDC.remove(MDC_KEY);
		}
	}

}
