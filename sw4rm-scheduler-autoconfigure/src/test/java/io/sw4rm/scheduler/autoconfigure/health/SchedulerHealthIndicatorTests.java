package io.sw4rm.scheduler.autoconfigure.health;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.ObjIntConsumer;
import java.util.stream.Stream;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.grpc.client.autoconfigure.CompositeChannelFactoryAutoConfiguration;
import org.springframework.boot.grpc.client.autoconfigure.GrpcClientAutoConfiguration;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.grpc.client.GrpcChannelBuilderCustomizer;

import io.sw4rm.scheduler.autoconfigure.SchedulerAutoConfiguration;
import io.sw4rm.scheduler.autoconfigure.embedded.EmbeddedSchedulerAutoConfiguration;
import io.sw4rm.scheduler.embedded.EmbeddedScheduler;
import io.sw4rm.scheduler.testsupport.Channels;
import io.sw4rm.scheduler.testsupport.GrpcMessage;
import io.sw4rm.scheduler.testsupport.Http2Server;
import io.sw4rm.scheduler.testsupport.Ports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

/**
 * Tests for what {@link SchedulerHealthIndicator} makes of the answers of servers.
 */
@Execution(ExecutionMode.CONCURRENT)
class SchedulerHealthIndicatorTests {

	private static final Http2Server.Answer SERVING = (stream) -> {
		stream.headers();
		stream.data(GrpcMessage.of(HealthCheckResponse.newBuilder().setStatus(ServingStatus.SERVING).build()));
		stream.trailers("grpc-status", "0");
	};

	private static final String NOT_GRPC = "An HTTP server or a proxy answered instead of a gRPC server";

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SslAutoConfiguration.class, GrpcClientAutoConfiguration.class,
				CompositeChannelFactoryAutoConfiguration.class, EmbeddedSchedulerAutoConfiguration.class,
				SchedulerAutoConfiguration.class, SchedulerHealthContributorAutoConfiguration.class));

	private final Http2Server server = new Http2Server();

	@AfterEach
	void close() {
		this.server.close();
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource
	void isDownAtServerThatSpeaksNoGrpc(String name, Http2Server.Answer answer, String reason) {
		this.server.answer(answer);
		atServer().run((context) -> {
			Health health = health(context);
			assertThat(health.getStatus()).isEqualTo(Status.DOWN);
			assertThat(health.getDetails()).containsEntry("scheduler", "UNREACHABLE");
			assertThat(error(health)).contains(reason)
				.doesNotContain("<")
				.hasSizeLessThanOrEqualTo(300)
				.hasLineCount(1);
		});
	}

	static Stream<Arguments> isDownAtServerThatSpeaksNoGrpc() {
		return Stream.of(Arguments.of("nginx", page("404", "text/html"), NOT_GRPC + ": UNIMPLEMENTED"),
				Arguments.of("web application", page("404", "application/json"), NOT_GRPC),
				Arguments.of("gateway without login", page("401", "text/html"),
						"The scheduler rejected the credentials (or requires some): UNAUTHENTICATED"),
				Arguments.of("firewall", page("403", "text/html"), NOT_GRPC + ": PERMISSION_DENIED"),
				Arguments.of("gateway with limit", page("429", "text/plain"), NOT_GRPC),
				Arguments.of("gateway without upstream", page("502", "text/html"), NOT_GRPC),
				Arguments.of("gateway in maintenance", page("503", "text/html"), NOT_GRPC + ": UNAVAILABLE"),
				Arguments.of("single-page application", page("200", "text/html"), NOT_GRPC),
				Arguments.of("no content", only("204"), NOT_GRPC), Arguments.of("bare 404", only("404"), NOT_GRPC),
				Arguments.of("404 that claims to be gRPC", only("404", "content-type", "application/grpc"), NOT_GRPC));
	}

	/**
	 * As Tomcat answers, with or without Spring.
	 */
	@Test
	void isDownAtWebApplication() {
		try (ConfigurableApplicationContext web = new SpringApplicationBuilder(WebApplication.class)
			.web(WebApplicationType.SERVLET)
			.run("--server.port=0", "--server.http2.enabled=true", "--sw4rm.scheduler.enabled=false")) {
			at("localhost:" + web.getEnvironment().getProperty("local.server.port")).run((context) -> {
				Health health = health(context);
				assertThat(health.getStatus()).isEqualTo(Status.DOWN);
				assertThat(error(health)).startsWith(NOT_GRPC);
			});
		}
	}

	@Test
	void isUpAtGrpcServerWithoutHealthService() {
		this.server.answer(only("200", "content-type", "application/grpc", "grpc-status", "12"));
		atServer().run((context) -> {
			Health health = health(context);
			assertThat(health.getStatus()).isEqualTo(Status.UP);
			assertThat(health.getDetails()).containsEntry("scheduler", "NOT_OFFERED").doesNotContainKey("error");
		});
	}

	@ParameterizedTest
	@CsvSource({ "1, DOWN, ERROR", "2, DOWN, ERROR", "3, DOWN, ERROR", "4, DOWN, ERROR", "5, UP, NOT_OFFERED",
			"6, DOWN, ERROR", "7, UP, NOT_OFFERED", "8, DOWN, ERROR", "9, DOWN, ERROR", "10, DOWN, ERROR",
			"11, DOWN, ERROR", "12, UP, NOT_OFFERED", "13, DOWN, ERROR", "14, DOWN, ERROR", "15, DOWN, ERROR",
			"16, DOWN, UNAUTHENTICATED", "99, DOWN, ERROR" })
	void tellsAnswersApart(String grpcStatus, Status expected, String scheduler) {
		this.server.answer(only("200", "content-type", "application/grpc", "grpc-status", grpcStatus));
		atServer().run((context) -> {
			Health health = health(context);
			assertThat(health.getStatus()).isEqualTo(expected);
			assertThat(health.getDetails()).containsEntry("scheduler", scheduler);
		});
	}

	@ParameterizedTest
	@CsvSource({ "SERVING, UP, SERVING", "NOT_SERVING, OUT_OF_SERVICE, NOT_SERVING", "UNKNOWN, UNKNOWN, UNKNOWN",
			"SERVICE_UNKNOWN, UP, NOT_OFFERED" })
	void tellsServingStatusesApart(ServingStatus answer, Status expected, String scheduler) {
		tellsServingStatusesApart(answer.getNumber(), expected, scheduler);
	}

	@Test
	void isUnknownWithServingStatusOfTheFuture() {
		tellsServingStatusesApart(42, Status.UNKNOWN, "UNKNOWN");
	}

	private void tellsServingStatusesApart(int answer, Status expected, String scheduler) {
		this.server.answer((stream) -> {
			stream.headers();
			stream.data(GrpcMessage.of(HealthCheckResponse.newBuilder().setStatusValue(answer).build()));
			stream.trailers("grpc-status", "0");
		});
		atServer().run((context) -> {
			Health health = health(context);
			assertThat(health.getStatus()).isEqualTo(expected);
			assertThat(health.getDetails()).containsEntry("scheduler", scheduler).doesNotContainKey("error");
		});
	}

	@Test
	void isDownWhenAnswerIsLostAfterItsHeaders() {
		this.server.answer((stream) -> {
			stream.headers();
			stream.disconnect();
		});
		atServer().run((context) -> assertThat(health(context).getDetails()).containsEntry("scheduler", "UNREACHABLE"));
	}

	@Test
	void isDownWhenAnswerEndsWithError() {
		this.server.answer((stream) -> {
			stream.headers();
			stream.data(GrpcMessage.of(HealthCheckResponse.newBuilder().setStatus(ServingStatus.SERVING).build()));
			stream.trailers("grpc-status", "13");
		});
		atServer().run((context) -> assertThat(health(context).getDetails()).containsEntry("scheduler", "ERROR"));
	}

	@Test
	void isDownWhenAnswerHasNoMessage() {
		this.server.answer(only("200", "content-type", "application/grpc", "grpc-status", "0"));
		atServer().run((context) -> assertThat(health(context).getDetails()).containsEntry("scheduler", "ERROR"));
	}

	@Test
	void errorSaysThatCredentialsAreRejected() {
		this.server.answer(only("200", "content-type", "application/grpc", "grpc-status", "16", "grpc-message",
				"token has expired"));
		atServer().run((context) -> assertThat(error(health(context))).isEqualTo(
				"The scheduler rejected the credentials (or requires some): UNAUTHENTICATED: token has expired"));
	}

	@Test
	void errorSaysThatConnectionIsRefused() {
		at("localhost:" + Ports.unused()).run((context) -> assertThat(error(health(context)))
			.startsWith("The scheduler cannot be reached: UNAVAILABLE: io exception: ")
			.contains("Connection refused")
			.hasLineCount(1));
	}

	@ParameterizedTest
	@ValueSource(strings = { "first%0Asecond", "first%0D%0Asecond", "%1B[31mred%07%00", "%C2%85%E2%80%A8next" })
	void errorHasNoControlCharacters(String message) {
		this.server
			.answer(only("200", "content-type", "application/grpc", "grpc-status", "13", "grpc-message", message));
		atServer()
			.run((context) -> assertThat(error(health(context))).matches("INTERNAL: [^\\p{Cntrl}\\u0085\\u2028]+"));
	}

	@Test
	void errorIsShortHoweverLongTheMessage() {
		this.server.answer(only("200", "content-type", "application/grpc", "grpc-status", "13", "grpc-message",
				"long ".repeat(500)));
		atServer().run((context) -> assertThat(error(health(context))).startsWith("INTERNAL: long").hasSize(300));
	}

	@ParameterizedTest
	@ValueSource(strings = { "Bearer s3cret-marker has expired", "bearer%20%20s3cret-marker%2Fab= has expired",
			"token eyJhbGciOiJub25lIn0.s3cret-marker.c2ln has expired" })
	void errorShowsNoTokenThatServerRepeats(String message) {
		this.server
			.answer(only("200", "content-type", "application/grpc", "grpc-status", "16", "grpc-message", message));
		atServer()
			.run((context) -> assertThat(error(health(context))).endsWith("*** has expired").doesNotContain("s3cret"));
	}

	@ParameterizedTest
	@MethodSource("losses")
	void isUpWhenOneCheckIsLost(Http2Server.Answer loss) {
		this.server.answer(SERVING, loss, SERVING);
		atServer().run((context) -> {
			connect(context);
			assertThat(health(context).getStatus()).isEqualTo(Status.UP);
			Health health = health(context);
			assertThat(health.getStatus()).isEqualTo(Status.UP);
			assertThat(health.getDetails()).containsEntry("scheduler", "SERVING").doesNotContainKey("error");
		});
	}

	@ParameterizedTest
	@MethodSource("losses")
	void isDownWhenTwoChecksAreLost(Http2Server.Answer loss) {
		this.server.answer(SERVING, loss, loss, SERVING);
		atServer().withPropertyValues("sw4rm.scheduler.health.deadline=6s").run((context) -> {
			connect(context);
			assertThat(health(context).getStatus()).isEqualTo(Status.UP);
			assertThat(health(context).getStatus()).isEqualTo(Status.DOWN);
			assertThat(health(context).getStatus()).isEqualTo(Status.UP);
		});
	}

	static Stream<Http2Server.Answer> losses() {
		return Stream.of((stream) -> {
		}, Http2Server.Stream::disconnect, (stream) -> stream.reset(Http2Error.CANCEL), page("502", "text/html"),
				only("200", "content-type", "application/grpc", "grpc-status", "14"));
	}

	@Test
	void repeatsNoCheckBeforeSchedulerHasResponded() {
		AtomicInteger checks = new AtomicInteger();
		Http2Server.Answer unavailable = only("200", "content-type", "application/grpc", "grpc-status", "14");
		this.server.answer((stream) -> {
			checks.incrementAndGet();
			unavailable.to(stream);
		});
		atServer().run((context) -> {
			assertThat(health(context).getStatus()).isEqualTo(Status.DOWN);
			assertThat(health(context).getStatus()).isEqualTo(Status.DOWN);
			assertThat(checks).hasValue(2);
		});
	}

	@Test
	void repeatedCheckHasTheRestOfTheDeadline() throws Exception {
		List<Long> millis = new CopyOnWriteArrayList<>();
		withHealthService((observer, check) -> {
			millis.add(Context.current().getDeadline().timeRemaining(TimeUnit.MILLISECONDS));
			if (check == 1) {
				answer(observer);
			}
		}, (application) -> application.withPropertyValues("sw4rm.scheduler.health.deadline=6s").run((context) -> {
			connect(context);
			assertThat(health(context).getStatus()).isEqualTo(Status.UP);
			assertThat(error(health(context))).startsWith("DEADLINE_EXCEEDED");
			assertThat(millis).hasSize(3);
			assertThat(millis.get(2)).isLessThanOrEqualTo(3000);
		}));
	}

	/**
	 * The first check is answered after the second was sent, the second never.
	 */
	@Test
	void waitsForSlowAnswerUntilTheDeadline() throws Exception {
		AtomicReference<StreamObserver<HealthCheckResponse>> slow = new AtomicReference<>();
		withHealthService((observer, check) -> {
			switch (check) {
				case 1 -> answer(observer);
				case 2 -> slow.set(observer);
				default -> answer(slow.get());
			}
		}, (application) -> application.run((context) -> {
			connect(context);
			assertThat(health(context).getStatus()).isEqualTo(Status.UP);
			assertThat(health(context).getStatus()).isEqualTo(Status.UP);
		}));
	}

	/**
	 * Otherwise the application would wait for it when it stops.
	 */
	@Test
	void slowCheckIsCancelledWhenRepeatedOneIsAnswered() throws Exception {
		CompletableFuture<Long> cancellation = new CompletableFuture<>();
		withHealthService((observer, check) -> {
			if (check == 2) {
				Context.current()
					.addListener((context) -> cancellation
						.complete(context.getDeadline().timeRemaining(TimeUnit.MILLISECONDS)), Runnable::run);
			}
			else {
				answer(observer);
			}
		}, (application) -> application.withPropertyValues("sw4rm.scheduler.health.deadline=8s").run((context) -> {
			assertThat(health(context).getStatus()).isEqualTo(Status.UP);
			assertThat(health(context).getStatus()).isEqualTo(Status.UP);
			assertThat(cancellation.get(30, TimeUnit.SECONDS)).isGreaterThan(1000);
		}));
	}

	@Test
	void checkEndsWhenItsThreadIsInterrupted() {
		this.server.answer((stream) -> {
		});
		atServer().withPropertyValues("sw4rm.scheduler.health.deadline=1h").run((context) -> {
			HealthIndicator indicator = context.getBean("sw4rmSchedulerHealthContributor", HealthIndicator.class);
			AtomicBoolean interrupted = new AtomicBoolean();
			FutureTask<Health> check = new FutureTask<>(() -> {
				Health health = indicator.health();
				interrupted.set(Thread.currentThread().isInterrupted());
				return health;
			});
			Thread thread = new Thread(check);
			thread.start();
			await().until(() -> thread.getState() == Thread.State.WAITING);
			thread.interrupt();
			assertThat(error(check.get(10, TimeUnit.SECONDS))).isEqualTo("CANCELLED: The thread was interrupted");
			assertThat(interrupted).isTrue();
		});
	}

	@Test
	void interruptedThreadDoesNotEndTheChecksOfOthers() throws Exception {
		CountDownLatch received = new CountDownLatch(1);
		List<Deadline> deadlines = new CopyOnWriteArrayList<>();
		withHealthService((observer, check) -> {
			received.countDown();
			if (check > 1) {
				answer(observer);
			}
		}, (application) -> application.withPropertyValues("sw4rm.scheduler.health.deadline=1h")
			.withBean(GrpcChannelBuilderCustomizer.class,
					() -> (target, builder) -> builder.intercept(recordDeadlines(deadlines)))
			.run((context) -> {
				FutureTask<Health> interrupted = new FutureTask<>(() -> health(context));
				Thread interruptedThread = new Thread(interrupted);
				interruptedThread.start();
				received.await();
				FutureTask<Health> other = new FutureTask<>(() -> health(context));
				Thread otherThread = new Thread(other);
				otherThread.start();
				await().until(() -> otherThread.getState() == Thread.State.TIMED_WAITING);
				Deadline laterThanBoth = Deadline.after(1, TimeUnit.HOURS);
				interruptedThread.interrupt();
				assertThat(error(interrupted.get(10, TimeUnit.SECONDS))).contains("interrupted");
				assertThat(other.get(10, TimeUnit.SECONDS).getStatus()).isEqualTo(Status.UP);
				assertThat(deadlines).hasSize(2).allMatch((deadline) -> deadline.isBefore(laterThanBoth));
			}));
	}

	@Test
	void interruptedThreadDoesNotWaitForTheCheckOfAnother() throws Exception {
		CountDownLatch received = new CountDownLatch(1);
		withHealthService((observer, check) -> received.countDown(),
				(application) -> application.withPropertyValues("sw4rm.scheduler.health.deadline=1h").run((context) -> {
					FutureTask<Health> checking = new FutureTask<>(() -> health(context));
					Thread checkingThread = new Thread(checking);
					checkingThread.start();
					received.await();
					FutureTask<Health> waiting = new FutureTask<>(() -> health(context));
					Thread waitingThread = new Thread(waiting);
					waitingThread.start();
					await().until(() -> waitingThread.getState() == Thread.State.TIMED_WAITING);
					waitingThread.interrupt();
					assertThat(error(waiting.get(10, TimeUnit.SECONDS))).contains("interrupted");
					assertThat(checking).isNotDone();
					checkingThread.interrupt();
					checkingThread.join();
				}));
	}

	private static ClientInterceptor recordDeadlines(List<Deadline> deadlines) {
		return new ClientInterceptor() {

			@Override
			public <Q, S> ClientCall<Q, S> interceptCall(MethodDescriptor<Q, S> method, CallOptions options,
					Channel next) {
				deadlines.add(Objects.requireNonNull(options.getDeadline()));
				return next.newCall(method, options);
			}

		};
	}

	private static void connect(ApplicationContext context) {
		Channels.connect(context.getBean("sw4rmSchedulerChannel", ManagedChannel.class));
	}

	private static void answer(StreamObserver<HealthCheckResponse> observer) {
		observer.onNext(HealthCheckResponse.newBuilder().setStatus(ServingStatus.SERVING).build());
		observer.onCompleted();
	}

	@Test
	void saysThatSchedulerIsEmbedded() {
		this.contextRunner.run((context) -> assertThat(health(context).getDetails()).containsEntry("embedded", true));
	}

	@Test
	void saysThatSchedulerOfTheApplicationIsEmbedded() {
		try (EmbeddedScheduler scheduler = EmbeddedScheduler.start()) {
			this.contextRunner.withBean(EmbeddedScheduler.class, () -> scheduler)
				.run((context) -> assertThat(health(context).getDetails()).containsEntry("embedded", true)
					.containsEntry("target", scheduler.address()));
		}
	}

	@Test
	void saysThatNamedSchedulersAreEmbedded() {
		this.contextRunner
			.withPropertyValues("sw4rm.scheduler.address=localhost:1",
					"sw4rm.scheduler.client.billing.address=localhost:1", "sw4rm.scheduler.embedded.enabled=true")
			.run((context) -> assertThat(
					context.getBean("sw4rmSchedulerHealthContributor", CompositeHealthContributor.class).stream())
				.extracting(CompositeHealthContributor.Entry::name,
						(entry) -> ((HealthIndicator) entry.contributor()).health().getDetails().get("embedded"))
				.containsExactly(tuple("default", true), tuple("billing", true)));
	}

	@Test
	void doesNotCallOtherSchedulersEmbedded() {
		this.server.answer(SERVING);
		atServer().run((context) -> assertThat(health(context).getDetails()).doesNotContainKey("embedded"));
	}

	private static Http2Server.Answer page(String status, String contentType) {
		return (stream) -> {
			stream.headers(new DefaultHttp2Headers().status(status).set("content-type", contentType), false);
			stream.data("<html>\n<h1>Sorry!</h1>\n</html>".getBytes(StandardCharsets.US_ASCII), true);
		};
	}

	private static Http2Server.Answer only(String status, String... namesAndValues) {
		Http2Headers headers = new DefaultHttp2Headers(false).status(status);
		for (int i = 0; i < namesAndValues.length; i += 2) {
			headers.add(namesAndValues[i], namesAndValues[i + 1]);
		}
		return (stream) -> stream.headers(headers, true);
	}

	private void withHealthService(ObjIntConsumer<StreamObserver<HealthCheckResponse>> answer,
			Consumer<ApplicationContextRunner> test) throws Exception {
		AtomicInteger checks = new AtomicInteger();
		Server grpcServer = NettyServerBuilder.forPort(0).addService(new HealthGrpc.HealthImplBase() {

			@Override
			public void check(HealthCheckRequest request, StreamObserver<HealthCheckResponse> observer) {
				answer.accept(observer, checks.incrementAndGet());
			}

		}).build().start();
		try {
			test.accept(at("localhost:" + grpcServer.getPort()));
		}
		finally {
			grpcServer.shutdownNow().awaitTermination();
		}
	}

	private ApplicationContextRunner atServer() {
		return at(this.server.address());
	}

	private ApplicationContextRunner at(String address) {
		return this.contextRunner.withPropertyValues("sw4rm.scheduler.address=" + address,
				"sw4rm.scheduler.health.deadline=10s");
	}

	private static Health health(ApplicationContext context) {
		return context.getBean("sw4rmSchedulerHealthContributor", HealthIndicator.class).health();
	}

	private static String error(Health health) {
		assertThat(health.getDetails()).containsKey("error");
		return health.getDetails().get("error").toString();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class WebApplication {

	}

}
