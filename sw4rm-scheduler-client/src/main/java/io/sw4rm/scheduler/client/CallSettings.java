package io.sw4rm.scheduler.client;

import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import org.jspecify.annotations.Nullable;

/**
 * What applies to every call of a client and of those derived from it. Immutable.
 *
 * @param channel the channel, with the client's interceptors
 * @param ownedChannel the channel to shut down with the client, or null
 * @param shutDown tells whether the channel was shut down
 * @param target the scheduler, for people to read
 * @param deadlines the deadline of each operation, by its ordinal
 * @param callOptions the gRPC options of each call
 * @param correlationIds supplies the correlation id of each call
 * @param payloadConverter converts task parameters
 * @param exceptionTranslator decides what is thrown
 * @param remedies tells what to do about a problem
 * @param listeners are told of each call
 * @param maxOutboundMessageSize the largest message to send, in bytes
 * @param permits what calls in flight hold, or null for as many as there are
 * @param repeatUnauthenticated decides whether a call that was refused as
 * {@code UNAUTHENTICATED} is made once more
 */
record CallSettings(Channel channel, @Nullable ManagedChannel ownedChannel, BooleanSupplier shutDown, String target,
		CallDeadline[] deadlines, CallOptions callOptions, Supplier<@Nullable String> correlationIds,
		PayloadConverter payloadConverter, SchedulerExceptionTranslator exceptionTranslator,
		Function<SchedulerProblem, String> remedies, CallListeners listeners, int maxOutboundMessageSize,
		@Nullable Semaphore permits, Predicate<SchedulerCall> repeatUnauthenticated) {

}
