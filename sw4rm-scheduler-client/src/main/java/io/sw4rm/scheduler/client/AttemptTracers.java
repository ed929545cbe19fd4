package io.sw4rm.scheduler.client;

import io.grpc.Attributes;
import io.grpc.ClientStreamTracer;
import io.grpc.Metadata;

/**
 * Counts the attempts of calls. gRPC creates a tracer for each attempt. All calls share
 * one factory, because the call is in the call options.
 */
final class AttemptTracers extends ClientStreamTracer.Factory {

	static final AttemptTracers INSTANCE = new AttemptTracers();

	private static final ClientStreamTracer NO_OP = new ClientStreamTracer() {
	};

	private AttemptTracers() {
	}

	@Override
	public ClientStreamTracer newClientStreamTracer(ClientStreamTracer.StreamInfo info, Metadata headers) {
		return (info.getCallOptions().getOption(SchedulerCall.CALL_OPTION) instanceof UnaryCall<?, ?, ?> call)
				? new AttemptTracer(call, info.getPreviousAttempts() + 1) : NO_OP;
	}

	/**
	 * Counts an attempt when it has a connection.
	 */
	private static final class AttemptTracer extends ClientStreamTracer {

		private final UnaryCall<?, ?, ?> call;

		private final int attempt;

		AttemptTracer(UnaryCall<?, ?, ?> call, int attempt) {
			this.call = call;
			this.attempt = attempt;
		}

		@Override
		public void streamCreated(Attributes transportAttributes, Metadata headers) {
			this.call.attempted(this.attempt);
		}

	}

}
