package io.sw4rm.scheduler.client;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.zip.GZIPOutputStream;

import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.netty.handler.codec.http2.Http2Error;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import io.sw4rm.scheduler.client.address.SchedulerAddress;
import io.sw4rm.scheduler.proto.PollActivityBufferResponse;
import io.sw4rm.scheduler.testsupport.GrpcMessage;
import io.sw4rm.scheduler.testsupport.Http2Server;
import io.sw4rm.scheduler.testsupport.Http2Server.Answer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Tests for responses that the client cannot read: gRPC cancels such a call itself and
 * says {@code CANCELLED}, which alerts ignore.
 */
@Timeout(60)
class UnreadableResponseTests {

	private static final int MAX_INBOUND_MESSAGE_SIZE = 10_000;

	@RegisterExtension
	final TestScheduler scheduler = new TestScheduler();

	private final Http2Server server = new Http2Server();

	private final List<Status.@Nullable Code> seen = new ArrayList<>();

	private ManagedChannel channel;

	@BeforeEach
	void connect() {
		this.channel = SchedulerAddress.parse(this.server.address())
			.newChannelBuilder()
			.maxInboundMessageSize(MAX_INBOUND_MESSAGE_SIZE)
			.build();
	}

	@AfterEach
	void close() {
		this.channel.shutdownNow();
		this.server.close();
	}

	@ParameterizedTest
	@EnumSource
	void failsWithInternalWhenResponseIsNoProtobuf(ClientStyle style) {
		this.server.answer(body(GrpcMessage.of(new byte[] { 0x0A, 0x7F, 0x01 })));
		assertThat(unreadable(style)).hasMessageContaining("Failed to read message");
	}

	@ParameterizedTest
	@EnumSource
	void failsWithInternalWhenThereAreTwoResponses(ClientStyle style) {
		byte[] message = GrpcMessage.of(new byte[0]);
		this.server.answer(body(message, message));
		assertThat(unreadable(style)).hasMessageContaining("More than one value received for unary call");
	}

	@ParameterizedTest
	@EnumSource
	void failsWithOversizePayloadWhenResponseIsTooLargeOnceInflated(ClientStyle style) throws IOException {
		byte[] compressed = gzip(PollActivityBufferResponse.newBuilder()
			.addEntries(io.sw4rm.scheduler.proto.ActivityEntry.newBuilder()
				.setDescription("x".repeat(MAX_INBOUND_MESSAGE_SIZE)))
			.build()
			.toByteArray());
		this.server.answer((stream) -> {
			stream.headers("grpc-encoding", "gzip");
			stream.data(GrpcMessage.of(1, compressed.length, compressed));
			stream.trailers("grpc-status", "0");
		});
		SchedulerException failure = failure(style);
		assertThat(failure.getStatusCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
		assertThat(failure.getProblem()).isEqualTo(SchedulerProblem.MESSAGE_TOO_LARGE);
		assertThat(failure.getErrorCode()).isEqualTo(SchedulerErrorCode.OVERSIZE_PAYLOAD);
		assertThat(failure.isRetryable()).isFalse();
		assertThat(this.seen).containsExactly(Status.Code.RESOURCE_EXHAUSTED);
	}

	@ParameterizedTest
	@EnumSource
	void cancellationByTheServerStaysCancelled(ClientStyle style) {
		this.server.answer((stream) -> stream.reset(Http2Error.CANCEL));
		assertThat(failure(style).getStatusCode()).isEqualTo(Status.Code.CANCELLED);
	}

	@Test
	void cancellationByTheCallerStaysCancelled() {
		this.scheduler.hangs();
		AsyncSchedulerClient client = listening(SchedulerClient.builder(this.scheduler.channel())).buildAsync();
		Context.CancellableContext context = Context.current().withCancellation();
		CompletableFuture<?> future = new CompletableFuture<>();
		context.run(() -> client.pollActivityBuffer("worker-1").whenComplete((entries, ex) -> future.complete(null)));
		this.scheduler.awaitHangingCall();
		context.cancel(new IOException("Failed to read message"));
		future.join();
		assertThat(this.seen).containsExactly(Status.Code.CANCELLED);
	}

	private SchedulerException unreadable(ClientStyle style) {
		SchedulerException failure = failure(style);
		assertThat(failure.getStatusCode()).isEqualTo(Status.Code.INTERNAL);
		assertThat(failure.getProblem()).isEqualTo(SchedulerProblem.UNREADABLE_RESPONSE);
		assertThat(failure.isRetryable()).isFalse();
		assertThat(this.seen).containsExactly(Status.Code.INTERNAL);
		return failure;
	}

	private SchedulerException failure(ClientStyle style) {
		SchedulerClient client = style.build(listening(SchedulerClient.builder(this.channel)));
		return catchThrowableOfType(SchedulerException.class, () -> client.pollActivityBuffer("worker-1"));
	}

	private SchedulerClientBuilder listening(SchedulerClientBuilder builder) {
		return builder.listener(new SchedulerCallListener() {

			@Override
			public void onEnd(SchedulerCall call) {
				UnreadableResponseTests.this.seen.add(call.status());
			}

		});
	}

	private static Answer body(byte[]... messages) {
		return (stream) -> {
			stream.headers();
			for (byte[] message : messages) {
				stream.data(message);
			}
			stream.trailers("grpc-status", "0");
		};
	}

	private static byte[] gzip(byte[] bytes) throws IOException {
		ByteArrayOutputStream compressed = new ByteArrayOutputStream();
		try (GZIPOutputStream gzip = new GZIPOutputStream(compressed)) {
			gzip.write(bytes);
		}
		return compressed.toByteArray();
	}

}
