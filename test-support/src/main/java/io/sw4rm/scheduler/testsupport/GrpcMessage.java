package io.sw4rm.scheduler.testsupport;

import java.nio.ByteBuffer;

import com.google.protobuf.MessageLite;

/**
 * Creates messages in the format of the body of a gRPC request or response: a byte for
 * the compression, four bytes for the length, and the message.
 */
public final class GrpcMessage {

	private GrpcMessage() {
	}

	/**
	 * Frame a message.
	 * @param message the message
	 * @return the bytes of the body
	 */
	public static byte[] of(MessageLite message) {
		return of(message.toByteArray());
	}

	/**
	 * Frame bytes that are not necessarily a message.
	 * @param message the bytes of the message
	 * @return the bytes of the body
	 */
	public static byte[] of(byte[] message) {
		return of(0, message.length, message);
	}

	/**
	 * Frame a message with a prefix that may be wrong.
	 * @param compressed the compression byte
	 * @param length the length to send
	 * @param message the bytes of the message
	 * @return the bytes of the body
	 */
	public static byte[] of(int compressed, int length, byte[] message) {
		return ByteBuffer.allocate(5 + message.length).put((byte) compressed).putInt(length).put(message).array();
	}

}
