package io.sw4rm.scheduler.integration;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Random;

import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.util.AsciiString;

import io.sw4rm.scheduler.testsupport.GrpcMessage;
import io.sw4rm.scheduler.testsupport.Http2Server;

/**
 * A good answer with random changes: in its frames as they go over the wire, in its
 * message, or in its headers and trailers.
 *
 * @param seed decides about the changes
 */
record RandomAnswer(long seed) implements Http2Server.Answer {

	@Override
	public void to(Http2Server.Stream stream) {
		Random random = new Random(this.seed);
		switch (random.nextInt(3)) {
			case 0 -> stream.corrupted((frames) -> changed(random, frames), Http2Server.GOOD);
			case 1 -> corruptMessage(random, stream);
			default -> corruptMetadata(random, stream);
		}
		if (random.nextInt(4) > 0) {
			// Without its end, many an answer takes until the deadline
			stream.close();
		}
	}

	private static void corruptMessage(Random random, Http2Server.Stream stream) {
		stream.headers();
		byte[] message = stream.goodResponse().toByteArray();
		stream.data(random.nextBoolean() ? GrpcMessage.of(changed(random, message))
				: changed(random, GrpcMessage.of(message)));
		stream.trailers("grpc-status", "0");
	}

	private static void corruptMetadata(Random random, Http2Server.Stream stream) {
		DefaultHttp2Headers headers = new DefaultHttp2Headers(false);
		headers.set(":status", changed(random, "200")).set("content-type", changed(random, "application/grpc"));
		stream.headers(headers, false);
		stream.data(GrpcMessage.of(stream.goodResponse()));
		DefaultHttp2Headers trailers = new DefaultHttp2Headers(false);
		trailers.set(changed(random, "grpc-status"), changed(random, "0"))
			.set(changed(random, "grpc-message"), changed(random, "all is well"));
		stream.headers(trailers, true);
	}

	private static AsciiString changed(Random random, String text) {
		AsciiString original = new AsciiString(text);
		return random.nextBoolean() ? original : new AsciiString(changed(random, original.array()), false);
	}

	private static byte[] changed(Random random, byte[] bytes) {
		byte[] result = bytes;
		for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
			result = changedOnce(random, result);
		}
		return result;
	}

	private static byte[] changedOnce(Random random, byte[] bytes) {
		int start = random.nextInt(bytes.length + 1);
		int end = start + random.nextInt(bytes.length - start + 1);
		byte[] inserted = new byte[random.nextInt(10)];
		random.nextBytes(inserted);
		return switch (random.nextInt(6)) {
			case 0 -> Arrays.copyOf(bytes, start);
			case 1 -> joined(bytes, start, inserted, start);
			case 2 -> joined(bytes, start, inserted, end);
			case 3 -> joined(bytes, end, Arrays.copyOfRange(bytes, start, end), end);
			case 4 -> joined(bytes, start, new byte[0], end);
			default -> bitFlipped(random, bytes);
		};
	}

	private static byte[] joined(byte[] bytes, int end, byte[] middle, int start) {
		ByteArrayOutputStream joined = new ByteArrayOutputStream();
		joined.write(bytes, 0, end);
		joined.writeBytes(middle);
		joined.write(bytes, start, bytes.length - start);
		return joined.toByteArray();
	}

	private static byte[] bitFlipped(Random random, byte[] bytes) {
		byte[] result = bytes.clone();
		if (result.length > 0) {
			result[random.nextInt(result.length)] ^= (byte) (1 << random.nextInt(8));
		}
		return result;
	}

}
