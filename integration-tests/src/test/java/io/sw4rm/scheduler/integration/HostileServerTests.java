package io.sw4rm.scheduler.integration;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

import io.grpc.Status;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.util.AsciiString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;

import io.sw4rm.scheduler.client.SchedulerException;
import io.sw4rm.scheduler.embedded.EmbeddedScheduler;
import io.sw4rm.scheduler.testsupport.GrpcMessage;
import io.sw4rm.scheduler.testsupport.Http2Server;
import io.sw4rm.scheduler.testsupport.Http2Server.Answer;
import io.sw4rm.scheduler.testsupport.Ports;
import io.sw4rm.scheduler.testsupport.TcpServer;
import io.sw4rm.scheduler.testsupport.TcpServer.Talk;

import static io.grpc.Status.Code.CANCELLED;
import static io.grpc.Status.Code.DEADLINE_EXCEEDED;
import static io.grpc.Status.Code.INTERNAL;
import static io.grpc.Status.Code.PERMISSION_DENIED;
import static io.grpc.Status.Code.RESOURCE_EXHAUSTED;
import static io.grpc.Status.Code.UNAUTHENTICATED;
import static io.grpc.Status.Code.UNAVAILABLE;
import static io.grpc.Status.Code.UNIMPLEMENTED;
import static io.grpc.Status.Code.UNKNOWN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Named.named;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/**
 * Tests for servers that answer what no scheduler would: each call ends in time with an
 * exception of the client, and the next one is none the worse for it. The statuses are
 * those of the gRPC protocol's pages on HTTP/2 and on the mapping of HTTP statuses, where
 * these have one.
 */
@ParameterizedClass
@EnumSource
@Timeout(120)
@Execution(ExecutionMode.CONCURRENT)
class HostileServerTests {

	private static final int RANDOM_ANSWERS = 100;

	@Parameter
	private Call call;

	@ParameterizedTest(name = "{0}")
	@MethodSource
	void failsWithTypedExceptionAndRecovers(Answer answer, Set<Status.Code> expected) {
		try (Http2Server server = new Http2Server()) {
			server.answer(answer);
			application(server.port(), expected).run((context) -> {
				assertThat(failure(context).getStatusCode()).isIn(expected);
				server.answer(Http2Server.GOOD);
				awaitGoodCall(context);
			});
		}
	}

	static Stream<Arguments> failsWithTypedExceptionAndRecovers() {
		return Stream.of(messages(), bodies(), endless(), httpErrors(), metadata(), statuses(), resets(), connections())
			.flatMap((answers) -> answers);
	}

	private static Stream<Arguments> messages() {
		byte[] invalid = { 0x0A, 0x7F, 0x01 };
		byte[] invalidUtf8 = { 0x0A, 0x04, 0x0A, 0x02, (byte) 0xC3, 0x28, 0x12, 0x02, (byte) 0xC3, 0x28 };
		Answer invalidGzip = (stream) -> {
			stream.headers("grpc-encoding", "gzip");
			stream.data(GrpcMessage.of(1, 10, new byte[10]));
			stream.trailers("grpc-status", "0");
		};
		return Stream.of(answer("message cut short", message(GrpcMessage.of(0, 100, new byte[10])), INTERNAL),
				answer("message header cut short", message(new byte[] { 0, 0, 0 }), INTERNAL),
				answer("length of 4 GiB", message(GrpcMessage.of(0, -1, new byte[10])), RESOURCE_EXHAUSTED, INTERNAL),
				answer("length of 2 GiB", message(GrpcMessage.of(0, Integer.MAX_VALUE, new byte[10])),
						RESOURCE_EXHAUSTED),
				answer("reserved flags", message(GrpcMessage.of(0xFE, 1, new byte[1])), INTERNAL),
				answer("compressed without encoding", message(GrpcMessage.of(1, 1, new byte[1])), INTERNAL),
				answer("invalid gzip", invalidGzip, INTERNAL, UNKNOWN),
				answer("invalid protobuf", message(GrpcMessage.of(invalid)), INTERNAL),
				answer("invalid UTF-8 in protobuf", message(GrpcMessage.of(invalidUtf8)), INTERNAL));
	}

	private static Stream<Arguments> bodies() {
		Answer noMessage = (stream) -> {
			stream.headers();
			stream.trailers("grpc-status", "0");
		};
		Answer trailersAlone = (stream) -> stream
			.headers(headers("200").set("content-type", "application/grpc").set("grpc-status", "0"), true);
		Answer twoMessages = (stream) -> {
			stream.headers();
			stream.data(GrpcMessage.of(stream.goodResponse()));
			stream.data(GrpcMessage.of(stream.goodResponse()));
			stream.trailers("grpc-status", "0");
		};
		Answer noTrailers = (stream) -> {
			stream.headers();
			stream.data(GrpcMessage.of(stream.goodResponse()), true);
		};
		Answer noHeaders = (stream) -> {
			stream.data(GrpcMessage.of(stream.goodResponse()));
			stream.trailers("grpc-status", "0");
		};
		Answer headersTwice = (stream) -> {
			stream.headers();
			Http2Server.GOOD.to(stream);
		};
		return Stream.of(answer("no message", noMessage, INTERNAL, UNIMPLEMENTED),
				answer("trailers alone", trailersAlone, INTERNAL, UNIMPLEMENTED),
				answer("two messages", twoMessages, INTERNAL, UNIMPLEMENTED),
				answer("end without trailers", noTrailers, INTERNAL, UNKNOWN),
				answer("body without headers", noHeaders, INTERNAL, UNAVAILABLE),
				answer("headers twice", headersTwice, INTERNAL, UNKNOWN));
	}

	private static Stream<Arguments> endless() {
		Answer silence = (stream) -> {
		};
		Answer body = (stream) -> {
			stream.headers();
			stream.data(GrpcMessage.of(stream.goodResponse()));
		};
		Answer trickle = (stream) -> {
			stream.headers();
			stream.data(GrpcMessage.of(0, 1_000_000, new byte[0]));
			stream.repeat(20, () -> stream.data(new byte[1]));
		};
		return Stream.of(answer("silence", silence, DEADLINE_EXCEEDED),
				answer("headers without end", Http2Server.Stream::headers, DEADLINE_EXCEEDED),
				answer("body without end", body, DEADLINE_EXCEEDED),
				answer("byte by byte without end", trickle, DEADLINE_EXCEEDED));
	}

	private static Stream<Arguments> httpErrors() {
		return Stream.of(answer("200 with a page", page("200"), UNKNOWN), answer("301", page("301"), UNKNOWN),
				answer("400", page("400"), INTERNAL), answer("401", page("401"), UNAUTHENTICATED),
				answer("403", page("403"), PERMISSION_DENIED), answer("404", page("404"), UNIMPLEMENTED),
				answer("429", page("429"), UNAVAILABLE), answer("500", page("500"), UNKNOWN),
				answer("502", page("502"), UNAVAILABLE), answer("503", page("503"), UNAVAILABLE),
				answer("504", page("504"), UNAVAILABLE), answer("status 99999", page("99999"), UNKNOWN, INTERNAL),
				answer("status that is no number", page("abc"), UNKNOWN, INTERNAL),
				answer("no status at all",
						(stream) -> stream
							.headers(new DefaultHttp2Headers(false).set("content-type", "application/grpc"), true),
						INTERNAL, UNKNOWN));
	}

	private static Stream<Arguments> metadata() {
		AsciiString invalidUtf8 = new AsciiString(new byte[] { (byte) 0xC3, 0x28, (byte) 0xFF });
		Answer invalidMessage = (stream) -> {
			stream.headers();
			stream.headers(new DefaultHttp2Headers(false).set("grpc-status", "8").set("grpc-message", invalidUtf8),
					true);
		};
		Answer unknownEncoding = (stream) -> {
			stream.headers("grpc-encoding", "lz77");
			stream.data(GrpcMessage.of(stream.goodResponse()));
			stream.trailers("grpc-status", "0");
		};
		Answer invalidBinary = (stream) -> {
			stream.headers("some-bin", "***");
			stream.trailers("grpc-status", "13");
		};
		return Stream.of(
				answer("64 KiB of headers", (stream) -> stream.headers("padding", "x".repeat(64 * 1024)), INTERNAL),
				answer("9 KiB of headers", (stream) -> stream.headers("padding", "x".repeat(9 * 1024)), INTERNAL),
				answer("9 KiB of trailers", status("grpc-status", "0", "padding", "x".repeat(9 * 1024)), INTERNAL),
				answer("unknown encoding", unknownEncoding, INTERNAL, UNIMPLEMENTED),
				answer("invalid encoding of binary metadata", invalidBinary, INTERNAL, UNKNOWN),
				answer("message with invalid UTF-8", invalidMessage, RESOURCE_EXHAUSTED),
				answer("message with invalid percent encoding",
						status("grpc-status", "8", "grpc-message", "%C3%28%FF%zz%"), RESOURCE_EXHAUSTED),
				answer("pushback that is no number", status("grpc-status", "14", "grpc-retry-pushback-ms", "soon"),
						UNAVAILABLE));
	}

	private static Stream<Arguments> statuses() {
		return Stream.of(answer("no grpc-status", status(), UNKNOWN),
				answer("grpc-status 17", status("grpc-status", "17"), UNKNOWN),
				answer("grpc-status 999", status("grpc-status", "999"), UNKNOWN),
				answer("grpc-status -1", status("grpc-status", "-1"), UNKNOWN),
				answer("grpc-status OK", status("grpc-status", "OK"), UNKNOWN),
				answer("empty grpc-status", status("grpc-status", ""), UNKNOWN));
	}

	private static Stream<Arguments> resets() {
		Answer midAnswer = (stream) -> {
			begin(stream);
			stream.reset(Http2Error.INTERNAL_ERROR);
		};
		return Stream.of(answer("NO_ERROR", reset(Http2Error.NO_ERROR), INTERNAL, UNAVAILABLE),
				answer("PROTOCOL_ERROR", reset(Http2Error.PROTOCOL_ERROR), INTERNAL),
				answer("INTERNAL_ERROR", reset(Http2Error.INTERNAL_ERROR), INTERNAL),
				answer("FLOW_CONTROL_ERROR", reset(Http2Error.FLOW_CONTROL_ERROR), INTERNAL),
				answer("REFUSED_STREAM", reset(Http2Error.REFUSED_STREAM), UNAVAILABLE),
				answer("CANCEL", reset(Http2Error.CANCEL), CANCELLED),
				answer("ENHANCE_YOUR_CALM", reset(Http2Error.ENHANCE_YOUR_CALM), RESOURCE_EXHAUSTED),
				answer("INADEQUATE_SECURITY", reset(Http2Error.INADEQUATE_SECURITY), PERMISSION_DENIED),
				answer("HTTP_1_1_REQUIRED", reset(Http2Error.HTTP_1_1_REQUIRED), UNKNOWN, INTERNAL),
				answer("reset in mid-answer", midAnswer, INTERNAL));
	}

	private static Stream<Arguments> connections() {
		Answer disconnects = (stream) -> {
			begin(stream);
			stream.disconnect();
		};
		Answer goesAway = (stream) -> {
			begin(stream);
			stream.goAway(false, Http2Error.NO_ERROR);
		};
		Answer goesAwayForError = (stream) -> {
			stream.goAway(true, Http2Error.ENHANCE_YOUR_CALM);
			stream.disconnect();
		};
		Answer nonsense = (stream) -> stream
			.corrupted((frames) -> "nonsense instead of frames".getBytes(StandardCharsets.US_ASCII), Http2Server.GOOD);
		return Stream.of(answer("disconnects", Http2Server.Stream::disconnect, UNAVAILABLE),
				answer("disconnects in mid-answer", disconnects, UNAVAILABLE),
				answer("goes away in mid-answer", goesAway, UNAVAILABLE),
				answer("goes away for an error", goesAwayForError, RESOURCE_EXHAUSTED, UNAVAILABLE),
				answer("breaks the protocol", nonsense, INTERNAL, UNAVAILABLE));
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource
	void failsAtServerOfAnotherKindAndReachesSchedulerInItsPlace(Talk talk, Set<Status.Code> expected)
			throws Exception {
		TcpServer server = new TcpServer(talk);
		application(server.port(), expected).run((context) -> {
			assertThat(failure(context).getStatusCode()).isIn(expected);
			server.close();
			EmbeddedScheduler scheduler = Ports.listenAgain(EmbeddedScheduler.builder().port(server.port())::start);
			try {
				awaitGoodCall(context);
			}
			finally {
				scheduler.close();
			}
		});
	}

	static Stream<Arguments> failsAtServerOfAnotherKindAndReachesSchedulerInItsPlace() {
		byte[] http = ("HTTP/1.1 400 Bad Request\r\nContent-Type: text/html\r\nContent-Length: 15\r\n\r\n"
				+ "<h1>Sorry!</h1>")
			.getBytes(StandardCharsets.US_ASCII);
		byte[] tlsAlert = HexFormat.of().parseHex("15030300020228");
		byte[] garbage = new byte[1000];
		Arrays.fill(garbage, (byte) 0xA5);
		Talk silence = (client) -> {
		};
		Talk trickle = (client) -> {
			while (true) {
				client.write(0);
				Thread.sleep(10);
			}
		};
		return Stream.of(talk("HTTP/1.1", sendAndClose(http), INTERNAL, UNAVAILABLE),
				talk("HTTP/1.1 that keeps the connection open", (client) -> client.write(http), INTERNAL, UNAVAILABLE),
				talk("TLS", sendAndClose(tlsAlert), INTERNAL, UNAVAILABLE),
				talk("garbage", (client) -> client.write(garbage), INTERNAL, UNAVAILABLE),
				talk("closes at once", OutputStream::close, UNAVAILABLE), talk("silence", silence, DEADLINE_EXCEEDED),
				talk("byte by byte", trickle, INTERNAL, UNAVAILABLE));
	}

	/**
	 * Change the bytes of good answers at random. The seed says which.
	 */
	@Test
	void endsWithAnswerOrTypedExceptionWhateverBytesItReceives() {
		try (Http2Server server = new Http2Server()) {
			application(server.port(), "100ms").withPropertyValues("sw4rm.scheduler.retry.max-attempts=1")
				.run((context) -> {
					for (long seed = 0; seed < RANDOM_ANSWERS; seed++) {
						server.answer(new RandomAnswer(seed));
						makeCall(context, "random answer of seed " + seed);
						server.answer(Http2Server.GOOD);
						// What was received may have spoiled this connection for good
						server.disconnect();
						awaitGoodCall(context);
					}
				});
		}
	}

	private void makeCall(ApplicationContext context, String answer) {
		try {
			assertThat(this.call.make(context)).isNotNull();
		}
		catch (SchedulerException ex) {
			assertThat(ex.getStatusCode()).as(answer).isNotEqualTo(Status.Code.OK);
		}
		catch (RuntimeException | Error ex) {
			throw new AssertionError("Unexpected exception after " + answer, ex);
		}
	}

	private ApplicationContextRunner application(int port, Set<Status.Code> expected) {
		return application(port, expected.contains(DEADLINE_EXCEEDED) ? "200ms" : "10s");
	}

	private ApplicationContextRunner application(int port, String deadline) {
		return SchedulerApplication.at("127.0.0.1:" + port)
			.withPropertyValues("sw4rm.scheduler.deadline=" + deadline, "sw4rm.scheduler.retry.initial-backoff=10ms",
					"sw4rm.scheduler.max-reconnect-backoff=20ms",
					// A server that says GOAWAY and stays would hold up the end
					"sw4rm.scheduler.shutdown-grace-period=100ms");
	}

	private SchedulerException failure(ApplicationContext context) {
		SchedulerException failure = catchThrowableOfType(SchedulerException.class, () -> this.call.make(context));
		assertThat(failure).as("a failure").isNotNull();
		assertThat(failure.getStatusCode()).isNotEqualTo(Status.Code.OK);
		assertThat(failure).hasMessageContaining(failure.getStatusCode().name());
		return failure;
	}

	/**
	 * The client need not know yet that its connection has ended.
	 */
	private void awaitGoodCall(ApplicationContext context) {
		await().pollInterval(Duration.ofMillis(10))
			.atMost(Duration.ofSeconds(20))
			.ignoreExceptionsInstanceOf(SchedulerException.class)
			.untilAsserted(() -> assertThat(this.call.make(context)).isNotNull());
	}

	private static Arguments answer(String name, Answer answer, Status.Code... expected) {
		return arguments(named(name, answer), named(List.of(expected).toString(), Set.of(expected)));
	}

	private static Arguments talk(String name, Talk talk, Status.Code... expected) {
		return arguments(named(name, talk), Set.of(expected));
	}

	/**
	 * Send the first part of an answer.
	 */
	private static void begin(Http2Server.Stream stream) {
		stream.headers();
		stream.data(GrpcMessage.of(0, 100, new byte[10]));
	}

	private static Answer message(byte[] message) {
		return (stream) -> {
			stream.headers();
			stream.data(message);
			stream.trailers("grpc-status", "0");
		};
	}

	/**
	 * What proxies answer on their own.
	 */
	private static Answer page(String httpStatus) {
		return (stream) -> {
			stream.headers(headers(httpStatus).set("content-type", "text/html"), false);
			stream.data("<html><h1>This is a page</h1></html>".getBytes(StandardCharsets.US_ASCII), true);
		};
	}

	private static Answer status(String... trailers) {
		return (stream) -> {
			stream.headers();
			stream.data(GrpcMessage.of(stream.goodResponse()));
			stream.trailers(trailers);
		};
	}

	private static Answer reset(Http2Error error) {
		return (stream) -> stream.reset(error);
	}

	private static DefaultHttp2Headers headers(String httpStatus) {
		DefaultHttp2Headers headers = new DefaultHttp2Headers(false);
		headers.status(httpStatus);
		return headers;
	}

	private static Talk sendAndClose(byte[] bytes) {
		return (client) -> {
			client.write(bytes);
			client.close();
		};
	}

}
