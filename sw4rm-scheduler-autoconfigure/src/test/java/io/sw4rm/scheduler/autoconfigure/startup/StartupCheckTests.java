package io.sw4rm.scheduler.autoconfigure.startup;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

import io.sw4rm.scheduler.client.SchedulerClient;
import io.sw4rm.scheduler.embedded.EmbeddedScheduler;
import io.sw4rm.scheduler.embedded.Rpc;
import io.sw4rm.scheduler.testsupport.Http2Server;
import io.sw4rm.scheduler.testsupport.Ports;
import io.sw4rm.scheduler.testsupport.TcpServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.awaitility.Awaitility.await;

/**
 * Tests for what the application does about the scheduler when it starts.
 */
@ExtendWith(OutputCaptureExtension.class)
@Timeout(60)
class StartupCheckTests {

	@Test
	void startsWithoutSchedulerByDefault() {
		try (ConfigurableApplicationContext context = run("sw4rm.scheduler.address=localhost:" + Ports.unused())) {
			assertThat(context.getBean(SchedulerClient.class)).isNotNull();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "wait", "fail-fast" })
	void startsWithScheduler(String startup) {
		try (EmbeddedScheduler scheduler = EmbeddedScheduler.start();
				ConfigurableApplicationContext context = run("sw4rm.scheduler.address=" + scheduler.address(),
						"sw4rm.scheduler.startup=" + startup)) {
			assertThat(context.getBean(SchedulerClient.class).pollActivityBuffer("worker-1")).isEmpty();
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "UNIMPLEMENTED", "NOT_FOUND", "PERMISSION_DENIED" })
	void startsWithSchedulerThatTellsNobodyItsHealth(Status.Code answer) {
		try (EmbeddedScheduler scheduler = EmbeddedScheduler.builder()
			.intercept(new AnsweringInterceptor(answer))
			.start();
				ConfigurableApplicationContext context = run("sw4rm.scheduler.address=" + scheduler.address(),
						"sw4rm.scheduler.startup=fail-fast")) {
			assertThat(context.isRunning()).isTrue();
		}
	}

	@Test
	void doesNotStartWithoutScheduler(CapturedOutput output) {
		int port = Ports.unused();
		assertThatException()
			.isThrownBy(() -> run("sw4rm.scheduler.address=localhost:" + port, "sw4rm.scheduler.startup=fail-fast"));
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("The SW4RM scheduler at 'localhost:%d' did not respond during start-up".formatted(port))
			.contains("'sw4rm.scheduler.startup' is 'fail-fast'")
			.contains("Connection refused")
			.contains("Check that it is running and that 'sw4rm.scheduler.address' is correct")
			.contains("Set 'sw4rm.scheduler.startup' to 'lazy'");
	}

	@Test
	void doesNotStartWithoutValidCredentials(CapturedOutput output) {
		try (EmbeddedScheduler scheduler = EmbeddedScheduler.builder()
			.intercept(new AnsweringInterceptor(Status.Code.UNAUTHENTICATED))
			.start()) {
			assertThatException().isThrownBy(
					() -> run("sw4rm.scheduler.address=" + scheduler.address(), "sw4rm.scheduler.startup=fail-fast"));
			assertThat(output).contains("UNAUTHENTICATED");
		}
	}

	@Test
	void startsAgainWithoutSchedulerByDefault() {
		try (ConfigurableApplicationContext context = run("sw4rm.scheduler.address=localhost:" + Ports.unused())) {
			context.stop();
			context.start();
			assertThat(context.isRunning()).isTrue();
		}
	}

	@Test
	void doesNotWaitWhenCredentialsAreRefused() {
		AtomicInteger calls = new AtomicInteger();
		ServerInterceptor counting = new AnsweringInterceptor(Status.Code.UNAUTHENTICATED, calls);
		try (EmbeddedScheduler scheduler = EmbeddedScheduler.builder().intercept(counting).start()) {
			assertThatException().isThrownBy(
					() -> run("sw4rm.scheduler.address=" + scheduler.address(), "sw4rm.scheduler.startup=wait"));
		}
		assertThat(calls).hasValue(1);
	}

	@Test
	void saysWhatWasWrongBeforeTheTimeWasOver(CapturedOutput output) {
		AtomicInteger calls = new AtomicInteger();
		try (EmbeddedScheduler scheduler = EmbeddedScheduler.builder()
			.intercept(new FirstCallInterceptor(calls))
			.start()) {
			assertThatException().isThrownBy(() -> run("sw4rm.scheduler.address=" + scheduler.address(),
					"sw4rm.scheduler.startup=wait", "sw4rm.scheduler.startup-timeout=5s"));
		}
		assertThat(calls).hasValueGreaterThan(1);
		assertThat(output).contains("Checking the SW4RM scheduler at").contains("UNAVAILABLE: draining");
	}

	/**
	 * The errors before the last one may be out of date, and the timeout says less.
	 */
	@Test
	void saysWhatWasWrongLast(CapturedOutput output) {
		try (Http2Server server = new Http2Server()) {
			server.answer(error("14", "draining"), error("13", "broken"), (stream) -> {
			});
			assertThatException().isThrownBy(() -> run("sw4rm.scheduler.address=" + server.address(),
					"sw4rm.scheduler.startup=wait", "sw4rm.scheduler.startup-timeout=5s"));
		}
		assertThat(output).contains("INTERNAL: broken").doesNotContain("draining");
	}

	@ParameterizedTest
	@CsvSource({ "404, UNIMPLEMENTED", "403, PERMISSION_DENIED", "502, UNAVAILABLE", "200, UNKNOWN" })
	void doesNotStartWithServerThatSpeaksNoGrpc(String httpStatus, Status.Code code, CapturedOutput output) {
		try (Http2Server server = new Http2Server()) {
			server.answer(page(httpStatus));
			assertThatException().isThrownBy(
					() -> run("sw4rm.scheduler.address=" + server.address(), "sw4rm.scheduler.startup=fail-fast"));
			assertThat(output)
				.contains("The SW4RM scheduler at '%s' did not respond during start-up".formatted(server.address()))
				.contains(code + ": HTTP status code " + httpStatus)
				.contains("An HTTP server or a proxy answered instead of a gRPC server")
				.doesNotContain("<html>");
		}
	}

	@Test
	void waitsForSchedulerBehindProxy() {
		AtomicInteger calls = new AtomicInteger();
		try (Http2Server server = new Http2Server()) {
			Http2Server.Answer last = (stream) -> {
				calls.incrementAndGet();
				error("12", "unknown service").to(stream);
			};
			server.answer(page("404"), page("401"), page("403"), page("502"), last);
			try (ConfigurableApplicationContext context = run("sw4rm.scheduler.address=" + server.address(),
					"sw4rm.scheduler.startup=wait")) {
				assertThat(context.isRunning()).isTrue();
				assertThat(calls).hasValue(1);
			}
		}
	}

	private static Http2Server.Answer page(String status) {
		return (stream) -> {
			stream.headers(new DefaultHttp2Headers().status(status).set("content-type", "text/html"), false);
			stream.data("<html>".getBytes(StandardCharsets.US_ASCII), true);
		};
	}

	private static Http2Server.Answer error(String status, String message) {
		return (stream) -> stream.headers(new DefaultHttp2Headers().status("200")
			.set("content-type", "application/grpc")
			.set("grpc-status", status)
			.set("grpc-message", message), true);
	}

	/**
	 * As Spring's test framework does with cached contexts.
	 */
	@Test
	void continuesAfterPauseWithoutScheduler() {
		EmbeddedScheduler scheduler = EmbeddedScheduler.start();
		try (ConfigurableApplicationContext context = run("sw4rm.scheduler.address=" + scheduler.address(),
				"sw4rm.scheduler.startup=fail-fast")) {
			scheduler.close();
			context.pause();
			context.restart();
			assertThat(context.isRunning()).isTrue();
		}
	}

	@Test
	void waitsForScheduler() {
		TcpServer notReady = TcpServer.closing();
		int port = notReady.port();
		CompletableFuture<ConfigurableApplicationContext> application = CompletableFuture
			.supplyAsync(() -> run("sw4rm.scheduler.address=localhost:" + port, "sw4rm.scheduler.startup=wait"));
		await().atMost(Duration.ofSeconds(40)).until(() -> notReady.connections() > 0);
		notReady.close();
		try (EmbeddedScheduler scheduler = Ports.listenAgain(EmbeddedScheduler.builder().port(port)::start);
				ConfigurableApplicationContext context = application.join()) {
			assertThat(context.getBean(SchedulerClient.class).pollActivityBuffer("worker-1")).isEmpty();
			assertThat(scheduler.faults().calls(Rpc.POLL_ACTIVITY_BUFFER)).isOne();
		}
	}

	@Test
	void waitsNoLongerThanItWasTold(CapturedOutput output) {
		assertThatException().isThrownBy(() -> run("sw4rm.scheduler.address=localhost:" + Ports.unused(),
				"sw4rm.scheduler.startup=wait", "sw4rm.scheduler.startup-timeout=3s"));
		assertThat(output).contains("'sw4rm.scheduler.startup' is 'wait'").contains("Connection refused");
	}

	/**
	 * The number of questions stands for the time.
	 */
	@Test
	void waitsLongerWhenItWasTold() {
		int questionsOfShortWait = questionsDuringWait("500ms");
		assertThat(questionsDuringWait("3s")).isGreaterThan(2 * questionsOfShortWait);
	}

	private static int questionsDuringWait(String timeout) {
		AtomicInteger calls = new AtomicInteger();
		try (EmbeddedScheduler scheduler = EmbeddedScheduler.builder()
			.intercept(new AnsweringInterceptor(Status.Code.UNAVAILABLE, calls))
			.start()) {
			assertThatException().isThrownBy(() -> run("sw4rm.scheduler.address=" + scheduler.address(),
					"sw4rm.scheduler.startup=wait", "sw4rm.scheduler.startup-timeout=" + timeout));
		}
		return calls.get();
	}

	@ParameterizedTest
	@ValueSource(strings = { "wait", "fail-fast" })
	void doesNotWaitForServerThatSaysNothing(String startup) {
		try (TcpServer silent = TcpServer.silent()) {
			assertThatException()
				.isThrownBy(() -> run("sw4rm.scheduler.address=localhost:" + silent.port(),
						"sw4rm.scheduler.startup=" + startup, "sw4rm.scheduler.startup-timeout=500ms"))
				.withStackTraceContaining("DEADLINE_EXCEEDED");
		}
	}

	private static ConfigurableApplicationContext run(String... properties) {
		String[] arguments = new String[properties.length];
		for (int i = 0; i < properties.length; i++) {
			arguments[i] = "--" + properties[i];
		}
		return new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE).run(arguments);
	}

	/**
	 * Answers every call with an error.
	 */
	record AnsweringInterceptor(Status.Code answer, AtomicInteger calls) implements ServerInterceptor {

		AnsweringInterceptor(Status.Code answer) {
			this(answer, new AtomicInteger());
		}

		@Override
		public <Q, S> ServerCall.Listener<Q> interceptCall(ServerCall<Q, S> call, Metadata headers,
				ServerCallHandler<Q, S> next) {
			this.calls.incrementAndGet();
			call.close(this.answer.toStatus(), new Metadata());
			return new ServerCall.Listener<>() {
			};
		}

	}

	/**
	 * Answers the first call with an error, and the others not at all.
	 */
	record FirstCallInterceptor(AtomicInteger calls) implements ServerInterceptor {

		@Override
		public <Q, S> ServerCall.Listener<Q> interceptCall(ServerCall<Q, S> call, Metadata headers,
				ServerCallHandler<Q, S> next) {
			if (this.calls.incrementAndGet() == 1) {
				call.close(Status.UNAVAILABLE.withDescription("draining"), new Metadata());
			}
			return new ServerCall.Listener<>() {
			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
