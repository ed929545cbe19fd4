package io.sw4rm.scheduler.client;

import java.time.Duration;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import java.util.function.Supplier;

import io.grpc.CallOptions;
import io.grpc.Metadata;
import org.jspecify.annotations.Nullable;
import org.jspecify.annotations.Nullable;

/**
 * What applies to every call of a client. Immutable.
 *
 * @param target the scheduler, for people to read
 * @param deadlines the deadline of each operation
 * @param metadata the metadata to send with each call, never modified
 * @param callOptions the gRPC options of each call
 * @param correlationIds supplies the correlation id of each call
 * @param payloadConverter converts task parameters
 * @param exceptionTranslator decides what is thrown
 * @param listener is told of each call
 * @param maxOutboundMessageSize the largest message to send, in bytes
 * @param permits what calls in flight hold, or null for as many as there are
 */
record CallSettings(String target, Map<SchedulerOperation, Duration> deadlines, Metadata metadata,
		CallOptions callOptions, Supplier<@Nullable String> correlationIds, PayloadConverter payloadConverter,
		SchedulerExceptionTranslator exceptionTranslator, SchedulerCallListener listener, int maxOutboundMessageSize,
		@Nullable Semaphore permits) {

	CallSettings withDeadline(Duration deadline) {
		Checks.positive(deadline, "deadline");
		return new CallSettings(this.target, deadlines((operation) -> deadline), this.metadata, this.callOptions,
				this.correlationIds, this.payloadConverter, this.exceptionTranslator, this.listener,
				this.maxOutboundMessageSize, this.permits);
	}

	CallSettings withMetadata(Metadata metadata) {
		Checks.notNull(metadata, "metadata");
		return new CallSettings(this.target, this.deadlines, CallMetadata.replacing(this.metadata, metadata),
				this.callOptions, this.correlationIds, this.payloadConverter, this.exceptionTranslator, this.listener,
				this.maxOutboundMessageSize, this.permits);
	}

	static Map<SchedulerOperation, Duration> deadlines(Function<SchedulerOperation, Duration> deadline) {
		Map<SchedulerOperation, Duration> deadlines = new EnumMap<>(SchedulerOperation.class);
		for (SchedulerOperation operation : SchedulerOperation.values()) {
			deadlines.put(operation, deadline.apply(operation));
		}
		return Collections.unmodifiableMap(deadlines);
	}

}
