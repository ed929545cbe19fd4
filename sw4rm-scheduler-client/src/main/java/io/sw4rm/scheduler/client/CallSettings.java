package io.sw4rm.scheduler.client;

import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import org.jspecify.annotations.Nullable;

/**
 * The settings for all calls of a client and its derived clients. Immutable.
 *
 * @param channel the channel, with the client's interceptors
 * @param ownedChannel the channel to shut down with the client, or null
 * @param shutDown returns whether the channel was shut down
 * @param target the human-readable name of the scheduler
 * @param deadlines the deadline of each operation, by its ordinal
 * @param callOptions the gRPC options of each call
 * @param correlationIds supplies the correlation id of each call
 * @param payloadConverter converts task parameters
 * @param exceptionTranslator translates exceptions
 * @param remedies returns the remedy for a problem
 * @param listeners are notified of each call
 * @param maxOutboundMessageSize the largest message to send, in bytes
 * @param limit limits the calls in flight, or null if there is no limit
 * @param repeatUnauthenticated decides whether a call that was rejected as
 * {@code UNAUTHENTICATED} is repeated once
 * @param watchOptions the options of watches that have none of their own
 */
record CallSettings(Channel channel, @Nullable ManagedChannel ownedChannel, BooleanSupplier shutDown, String target,
		CallDeadline[] deadlines, CallOptions callOptions, Supplier<@Nullable String> correlationIds,
		PayloadConverter payloadConverter, SchedulerExceptionTranslator exceptionTranslator,
		Function<SchedulerProblem, String> remedies, CallListeners listeners, int maxOutboundMessageSize,
		@Nullable CallLimit limit, Predicate<SchedulerCall> repeatUnauthenticated, WatchOptions watchOptions) {

	/**
	 * Translate an exception for the caller.
	 * @return the translated exception, or the failure of the translator
	 */
	Throwable translate(SchedulerException exception) {
		try {
			return Objects.requireNonNull(this.exceptionTranslator.translate(exception),
					"The exception translator returned null");
		}
		catch (Throwable failure) {
			if (failure != exception) {
				failure.addSuppressed(exception);
			}
			return failure;
		}
	}

}
