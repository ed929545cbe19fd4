package io.sw4rm.scheduler.testsupport;

import java.nio.ByteBuffer;

import com.google.protobuf.MessageLite;

/**
 * Messages as they stand in the body of a gRPC request or response: a byte that says
 * whether it is compressed, four bytes of length, the message.
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
	 * Frame what need not be a message.
	 * @param message the bytes that stand for a message
	 * @return the bytes of the body
	 */
	public static byte[] of(byte[] message) {
		return of(0, message.length, message);
	}

	/**
	 * Frame a message and lie about it.
	 * @param compressed the byte that says whether the message is compressed
	 * @param length the length to give
	 * @param message the bytes that stand for a message
	 * @return the bytes of the body
	 */
	public static byte[] of(int compressed, int length, byte[] message) {
		return ByteBuffer.allocate(5 + message.length).put((byte) compressed).putInt(length).put(message).array();
	}

}
