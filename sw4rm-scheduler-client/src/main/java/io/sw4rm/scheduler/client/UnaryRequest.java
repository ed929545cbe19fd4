package io.sw4rm.scheduler.client;

import java.util.function.Function;

import com.google.protobuf.MessageLite;
import io.grpc.MethodDescriptor;

/**
 * A valid request, ready to be sent, with the way to read its answer.
 *
 * @param <Q> the request message
 * @param <S> the response message
 * @param <R> the result that the caller sees
 * @param operation the operation
 * @param method the gRPC method
 * @param message the message to send
 * @param reader reads the response message
 */
record UnaryRequest<Q extends MessageLite, S, R>(SchedulerOperation operation, MethodDescriptor<Q, S> method, Q message,
		Function<S, R> reader) {

}
