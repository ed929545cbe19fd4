package io.sw4rm.scheduler.integration;

import java.nio.ByteBuffer;

import com.google.protobuf.MessageLite;

/**
 * Messages as they stand in the body of a gRPC request or response: a byte that says
 * whether it is compressed, four bytes of length, the message.
 */
final class GrpcMessage {

	private GrpcMessage() {
	}

	static byte[] of(MessageLite message) {
		return of(message.toByteArray());
	}

	static byte[] of(byte[] message) {
		return of(0, message.length, message);
	}

	/**
	 * Frame a message and lie about it.
	 */
	static byte[] of(int compressed, int length, byte[] message) {
		return ByteBuffer.allocate(5 + message.length).put((byte) compressed).putInt(length).put(message).array();
	}

}
