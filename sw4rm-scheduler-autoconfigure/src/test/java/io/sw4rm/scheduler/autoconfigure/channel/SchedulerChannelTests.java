package io.sw4rm.scheduler.autoconfigure.channel;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import org.assertj.core.api.ThrowingConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.grpc.client.autoconfigure.CompositeChannelFactoryAutoConfiguration;
import org.springframework.boot.grpc.client.autoconfigure.GrpcClientAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import io.sw4rm.scheduler.autoconfigure.SchedulerAutoConfiguration;
import io.sw4rm.scheduler.autoconfigure.SchedulerClientProperties;
import io.sw4rm.scheduler.client.AsyncSchedulerClient;
import io.sw4rm.scheduler.client.ReactiveSchedulerClient;
import io.sw4rm.scheduler.client.address.SchedulerAddress;
import io.sw4rm.scheduler.client.SchedulerCallLimitException;
import io.sw4rm.scheduler.client.SchedulerClient;
import io.sw4rm.scheduler.client.SchedulerDeadlineExceededException;
import io.sw4rm.scheduler.client.SchedulerException;
import io.sw4rm.scheduler.client.SchedulerOperation;
import io.sw4rm.scheduler.client.SchedulerUnavailableException;
import io.sw4rm.scheduler.client.TaskSubmission;
import io.sw4rm.scheduler.embedded.EmbeddedScheduler;
import io.sw4rm.scheduler.embedded.Rpc;
import io.sw4rm.scheduler.proto.PollActivityBufferRequest;
import io.sw4rm.scheduler.proto.PollActivityBufferResponse;
import io.sw4rm.scheduler.proto.SchedulerServiceGrpc;
import io.sw4rm.scheduler.proto.SchedulerServiceGrpc.SchedulerServiceImplBase;
import io.sw4rm.scheduler.testsupport.Ports;
import io.sw4rm.scheduler.testsupport.TcpServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Tests for what the properties make of the channel: addresses, deadlines, retries, load
 * balancing.
 */
@Timeout(120)
@Execution(ExecutionMode.CONCURRENT)
class SchedulerChannelTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SslAutoConfiguration.class, GrpcClientAutoConfiguration.class,
				CompositeChannelFactoryAutoConfiguration.class, SchedulerAutoConfiguration.class));

	@Test
	void usesHostsOfListInTurn() {
		try (EmbeddedScheduler one = EmbeddedScheduler.start(); EmbeddedScheduler two = EmbeddedScheduler.start()) {
			this.contextRunner
				.withPropertyValues("sw4rm.scheduler.address=%s,%s".formatted(one.address(), two.address()),
						"sw4rm.scheduler.wait-for-ready=true")
				.run((context) -> {
					SchedulerClient client = context.getBean(SchedulerClient.class);
					// Until both connections stand, all calls go to the first
					await().until(() -> {
						client.pollActivityBuffer("worker-1");
						return one.faults().calls(Rpc.POLL_ACTIVITY_BUFFER) > 0
								&& two.faults().calls(Rpc.POLL_ACTIVITY_BUFFER) > 0;
					});
					one.reset();
					two.reset();
					for (int i = 0; i < 10; i++) {
						client.pollActivityBuffer("worker-1");
					}
					assertThat(one.faults().calls(Rpc.POLL_ACTIVITY_BUFFER)).isEqualTo(5);
					assertThat(two.faults().calls(Rpc.POLL_ACTIVITY_BUFFER)).isEqualTo(5);
				});
		}
	}

	@Test
	void retriesReadingOnly() {
		try (EmbeddedScheduler scheduler = EmbeddedScheduler.start()) {
			scheduler.faults().on(Rpc.POLL_ACTIVITY_BUFFER).times(2).fail(Status.UNAVAILABLE);
			Map<Rpc, ThrowingConsumer<SchedulerClient>> others = Map.of(Rpc.SUBMIT_TASK,
					(client) -> client.submitTask(TaskSubmission.forAgent("worker-1").build()), Rpc.REQUEST_PREEMPTION,
					(client) -> client.requestPreemption("worker-1", "task-1"), Rpc.SHUTDOWN_AGENT,
					(client) -> client.shutdownAgent("worker-1"), Rpc.PURGE_ACTIVITY,
					(client) -> client.purgeAllActivity("worker-1"));
			others.keySet().forEach((operation) -> scheduler.faults().on(operation).fail(Status.UNAVAILABLE));
			this.contextRunner
				.withPropertyValues("sw4rm.scheduler.address=" + scheduler.address(),
						"sw4rm.scheduler.retry.initial-backoff=1ms", "sw4rm.scheduler.retry.max-backoff=5ms")
				.run((context) -> {
					SchedulerClient client = context.getBean(SchedulerClient.class);
					assertThat(client.pollActivityBuffer("worker-1")).isEmpty();
					assertThat(scheduler.faults().calls(Rpc.POLL_ACTIVITY_BUFFER)).isEqualTo(3);
					assertThat(others).allSatisfy((operation, call) -> {
						assertThatExceptionOfType(SchedulerUnavailableException.class)
							.isThrownBy(() -> call.accept(client));
						assertThat(scheduler.faults().calls(operation)).isOne();
					});
				});
		}
	}

	@Test
	void retriesOperationsAndStatusesOfProperties() {
		try (EmbeddedScheduler scheduler = EmbeddedScheduler.start()) {
			scheduler.faults().on(Rpc.SUBMIT_TASK).times(6).fail(Status.ABORTED);
			this.contextRunner
				.withPropertyValues("sw4rm.scheduler.address=" + scheduler.address(),
						"sw4rm.scheduler.retry.operations=submit-task", "sw4rm.scheduler.retry.statuses=aborted",
						"sw4rm.scheduler.retry.max-attempts=7", "sw4rm.scheduler.retry.initial-backoff=1ms",
						"sw4rm.scheduler.retry.max-backoff=1ms")
				.run((context) -> {
					assertThat(context.getBean(SchedulerClient.class)
						.submitTask(TaskSubmission.forAgent("worker-1").build())
						.accepted()).isTrue();
					assertThat(scheduler.faults().calls(Rpc.SUBMIT_TASK)).isEqualTo(7);
				});
		}
	}

	@Test
	void doesNotRetryWithOneAttempt() {
		try (EmbeddedScheduler scheduler = EmbeddedScheduler.start()) {
			scheduler.faults().on(Rpc.POLL_ACTIVITY_BUFFER).times(1).fail(Status.UNAVAILABLE);
			this.contextRunner
				.withPropertyValues("sw4rm.scheduler.address=" + scheduler.address(),
						"sw4rm.scheduler.retry.max-attempts=1")
				.run((context) -> assertThatExceptionOfType(SchedulerUnavailableException.class)
					.isThrownBy(() -> context.getBean(SchedulerClient.class).pollActivityBuffer("worker-1")));
			assertThat(scheduler.faults().calls(Rpc.POLL_ACTIVITY_BUFFER)).isOne();
		}
	}

	@Test
	void appliesDeadlineOfOperationBeforeGeneralOne() {
		try (EmbeddedScheduler scheduler = EmbeddedScheduler.start()) {
			scheduler.faults().on(Rpc.SUBMIT_TASK).times(1).hang();
			this.contextRunner
				.withPropertyValues("sw4rm.scheduler.address=" + scheduler.address(), "sw4rm.scheduler.deadline=1h",
						"sw4rm.scheduler.deadlines.submit-task=100ms")
				.run((context) -> assertThatExceptionOfType(SchedulerDeadlineExceededException.class)
					.isThrownBy(() -> context.getBean(SchedulerClient.class)
						.submitTask(TaskSubmission.forAgent("worker-1").build())));
		}
	}

	@Test
	void stopsRetryingWhenTooManyAttemptsFail() {
		try (EmbeddedScheduler scheduler = EmbeddedScheduler.start()) {
			scheduler.faults().on(Rpc.POLL_ACTIVITY_BUFFER).times(100).fail(Status.UNAVAILABLE);
			this.contextRunner
				.withPropertyValues("sw4rm.scheduler.address=" + scheduler.address(),
						"sw4rm.scheduler.retry.initial-backoff=1ms", "sw4rm.scheduler.retry.max-backoff=1ms",
						"sw4rm.scheduler.retry.throttling.max-tokens=6")
				.run((context) -> {
					SchedulerClient client = context.getBean(SchedulerClient.class);
					for (int i = 0; i < 10; i++) {
						assertThatExceptionOfType(SchedulerUnavailableException.class)
							.isThrownBy(() -> client.pollActivityBuffer("worker-1"));
					}
				});
			// Three tokens are for retries: the first call uses two of them and its last
			// attempt the third, every later call is alone
			assertThat(scheduler.faults().calls(Rpc.POLL_ACTIVITY_BUFFER)).isEqualTo(12);
		}
	}

	@Test
	void callsOnlyReplicasThatServe() {
		try (EmbeddedScheduler one = EmbeddedScheduler.start(); EmbeddedScheduler two = EmbeddedScheduler.start()) {
			one.setServing(false);
			this.contextRunner
				.withPropertyValues("sw4rm.scheduler.address=%s,%s".formatted(one.address(), two.address()),
						"sw4rm.scheduler.wait-for-ready=true", "sw4rm.scheduler.health-checking.enabled=true")
				.run((context) -> {
					SchedulerClient client = context.getBean(SchedulerClient.class);
					poll(client, 10);
					assertThat(polls(one)).isZero();
					assertThat(polls(two)).isEqualTo(10);
					one.setServing(true);
					two.setServing(false);
					// Until the client has heard of it, both get calls or only the other
					await().until(() -> {
						long before = polls(one);
						poll(client, 10);
						return polls(one) == before + 10;
					});
					long before = polls(two);
					poll(client, 10);
					assertThat(polls(two)).isEqualTo(before);
				});
		}
	}

	@Test
	void callsReplicaWithoutHealthServiceToo() throws Exception {
		Server server = NettyServerBuilder.forPort(0).addService(new SchedulerServiceImplBase() {

			@Override
			public void pollActivityBuffer(PollActivityBufferRequest request,
					StreamObserver<PollActivityBufferResponse> observer) {
				observer.onNext(PollActivityBufferResponse.getDefaultInstance());
				observer.onCompleted();
			}

		}).build().start();
		try {
			this.contextRunner
				.withPropertyValues("sw4rm.scheduler.address=localhost:" + server.getPort(),
						"sw4rm.scheduler.health-checking.enabled=true")
				.run((context) -> assertThat(context.getBean(SchedulerClient.class).pollActivityBuffer("worker-1"))
					.isEmpty());
		}
		finally {
			server.shutdownNow().awaitTermination();
		}
	}

	@Test
	void checksHealthOfNamedServiceBehindOneAddressToo() {
		try (EmbeddedScheduler scheduler = EmbeddedScheduler.start()) {
			this.contextRunner
				.withPropertyValues("sw4rm.scheduler.address=" + scheduler.address(),
						"sw4rm.scheduler.health-checking.enabled=true",
						"sw4rm.scheduler.health-checking.service-name=" + SchedulerServiceGrpc.SERVICE_NAME)
				.run((context) -> {
					SchedulerClient client = context.getBean(SchedulerClient.class);
					assertThat(client.pollActivityBuffer("worker-1")).isEmpty();
					scheduler.setServing(false);
					await().untilAsserted(() -> assertThatExceptionOfType(SchedulerUnavailableException.class)
						.isThrownBy(() -> client.pollActivityBuffer("worker-1")));
				});
		}
	}

	@Test
	void limitsCallsInFlightOfAllClientsTogether() {
		try (EmbeddedScheduler scheduler = EmbeddedScheduler.start()) {
			scheduler.faults().on(Rpc.POLL_ACTIVITY_BUFFER).times(2).hang();
			this.contextRunner
				.withPropertyValues("sw4rm.scheduler.address=" + scheduler.address(), "sw4rm.scheduler.max-in-flight=2")
				.run((context) -> {
					CompletableFuture<?> one = context.getBean(AsyncSchedulerClient.class)
						.pollActivityBuffer("worker-1");
					Disposable two = context.getBean(ReactiveSchedulerClient.class)
						.pollActivityBuffer("worker-1")
						.subscribe();
					SchedulerClient client = context.getBean(SchedulerClient.class);
					assertThatExceptionOfType(SchedulerCallLimitException.class)
						.isThrownBy(() -> client.pollActivityBuffer("worker-1"));
					await().until(() -> scheduler.faults().calls(Rpc.POLL_ACTIVITY_BUFFER) == 2);
					one.cancel(true);
					assertThat(client.pollActivityBuffer("worker-1")).isEmpty();
					two.dispose();
				});
		}
	}

	@Test
	void limitsSizeOfRequests() {
		try (EmbeddedScheduler scheduler = EmbeddedScheduler.start()) {
			this.contextRunner
				.withPropertyValues("sw4rm.scheduler.address=" + scheduler.address(),
						"sw4rm.scheduler.max-outbound-message-size=1KB")
				.run((context) -> assertThatIllegalArgumentException()
					.isThrownBy(() -> context.getBean(SchedulerClient.class)
						.submitTask(TaskSubmission.forAgent("worker-1").params(new byte[1024]).build()))
					.withMessageContaining("must not be larger than 1024 bytes"));
			assertThat(scheduler.faults().calls(Rpc.SUBMIT_TASK)).isZero();
		}
	}

	@Test
	void triesToConnectMoreOftenThanGrpcWould() {
		try (TcpServer notReady = TcpServer.closing()) {
			this.contextRunner
				.withPropertyValues("sw4rm.scheduler.address=localhost:" + notReady.port(),
						"sw4rm.scheduler.max-reconnect-backoff=10ms")
				.run((context) -> {
					context.getBean("sw4rmSchedulerChannel", ManagedChannel.class).getState(true);
					// Without a limit these would take gRPC half an hour
					await().until(() -> notReady.connections() >= 20);
				});
		}
	}

	@Test
	void connectsAsOftenAsItIsTold() {
		try (TcpServer often = TcpServer.closing(); TcpServer seldom = TcpServer.closing()) {
			this.contextRunner
				.withPropertyValues("sw4rm.scheduler.address=localhost:" + often.port(),
						"sw4rm.scheduler.max-reconnect-backoff=10ms")
				.run((oftenContext) -> this.contextRunner
					.withPropertyValues("sw4rm.scheduler.address=localhost:" + seldom.port(),
							"sw4rm.scheduler.max-reconnect-backoff=400ms")
					.run((seldomContext) -> {
						seldomContext.getBean("sw4rmSchedulerChannel", ManagedChannel.class).getState(true);
						await().until(() -> seldom.connections() > 0);
						oftenContext.getBean("sw4rmSchedulerChannel", ManagedChannel.class).getState(true);
						await().until(() -> seldom.connections() > 3 && often.connections() > 2 * seldom.connections());
					}));
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void waitsForSchedulerThatAppearsWhenAsked(boolean waitForReady) {
		TcpServer notReady = TcpServer.closing();
		this.contextRunner
			.withPropertyValues("sw4rm.scheduler.address=localhost:" + notReady.port(),
					"sw4rm.scheduler.wait-for-ready=" + waitForReady, "sw4rm.scheduler.retry.max-attempts=1",
					"sw4rm.scheduler.max-reconnect-backoff=50ms", "sw4rm.scheduler.deadline=60s")
			.run((context) -> {
				CompletableFuture<?> call = context.getBean(AsyncSchedulerClient.class).pollActivityBuffer("worker-1");
				await().until(() -> waitForReady ? notReady.connections() >= 3 : call.isDone());
				assertThat(call.isDone()).isEqualTo(!waitForReady);
				notReady.close();
				try (EmbeddedScheduler scheduler = Ports
					.listenAgain(EmbeddedScheduler.builder().port(notReady.port())::start)) {
					if (waitForReady) {
						assertThat(call).succeedsWithin(Duration.ofSeconds(30));
						assertThat(polls(scheduler)).isOne();
					}
					else {
						assertThat(call).failsWithin(Duration.ofSeconds(30))
							.withThrowableThat()
							.withCauseInstanceOf(SchedulerUnavailableException.class);
						assertThat(polls(scheduler)).isZero();
					}
				}
			});
	}

	@Test
	void waitsForConnectionUntilDeadlineWhenAsked() {
		this.contextRunner
			.withPropertyValues("sw4rm.scheduler.address=localhost:" + Ports.unused(),
					"sw4rm.scheduler.wait-for-ready=true", "sw4rm.scheduler.deadline=200ms")
			.run((context) -> assertThatExceptionOfType(SchedulerDeadlineExceededException.class)
				.isThrownBy(() -> context.getBean(SchedulerClient.class).pollActivityBuffer("worker-1")));
	}

	@Test
	void limitsSizeOfAnswers() {
		try (EmbeddedScheduler scheduler = EmbeddedScheduler.start()) {
			this.contextRunner
				.withPropertyValues("sw4rm.scheduler.address=" + scheduler.address(),
						"sw4rm.scheduler.max-inbound-message-size=10B")
				.run((context) -> {
					SchedulerClient client = context.getBean(SchedulerClient.class);
					client.submitTask(TaskSubmission.forAgent("worker-1").build());
					assertThatExceptionOfType(SchedulerException.class)
						.isThrownBy(() -> client.pollActivityBuffer("worker-1"))
						.satisfies((ex) -> assertThat(ex.getStatusCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED));
				});
		}
	}

	@Test
	void compressesRequests() {
		List<String> encodings = new CopyOnWriteArrayList<>();
		try (EmbeddedScheduler scheduler = EmbeddedScheduler.builder()
			.intercept(new EncodingRecorder(encodings))
			.start()) {
			this.contextRunner
				.withPropertyValues("sw4rm.scheduler.address=" + scheduler.address(),
						"sw4rm.scheduler.compression=gzip")
				.run((context) -> context.getBean(SchedulerClient.class)
					.submitTask(TaskSubmission.forAgent("worker-1").build()));
		}
		assertThat(encodings).containsExactly("gzip");
	}

	@Test
	void connectsToUnixSocket(@TempDir Path directory) throws Exception {
		assumeTrue(Epoll.isAvailable(), "needs Linux");
		Path socket = directory.resolve("scheduler.sock");
		EventLoopGroup eventLoops = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
		Server server = NettyServerBuilder.forAddress(new DomainSocketAddress(socket.toFile()))
			.channelType(EpollServerDomainSocketChannel.class)
			.bossEventLoopGroup(eventLoops)
			.workerEventLoopGroup(eventLoops)
			.addService(new EmptyService())
			.build()
			.start();
		try {
			this.contextRunner.withPropertyValues("sw4rm.scheduler.address=unix:" + socket)
				.run((context) -> assertThat(context.getBean(SchedulerClient.class).pollActivityBuffer("worker-1"))
					.isEmpty());
		}
		finally {
			server.shutdownNow().awaitTermination();
			eventLoops.shutdownGracefully();
		}
	}

	@Test
	void writesSubSecondBackoffsExactly() {
		SchedulerClientProperties properties = new SchedulerClientProperties();
		properties.getRetry().setInitialBackoff(Duration.ofMillis(50));
		properties.getRetry().setMaxBackoff(Duration.ofNanos(1_500_000_001));
		properties.getRetry().setOperations(Set.of(SchedulerOperation.PURGE_ACTIVITY));
		Map<String, Object> name = Map.of("service", "sw4rm.scheduler.SchedulerService", "method", "PurgeActivity");
		Map<String, Object> retryPolicy = Map.of("maxAttempts", 3.0, "initialBackoff", "0.05s", "maxBackoff",
				"1.500000001s", "backoffMultiplier", 2.0, "retryableStatusCodes", List.of("UNAVAILABLE"));
		assertThat(SchedulerServiceConfig.from(properties, SchedulerAddress.parse("localhost")))
			.containsEntry("methodConfig", List.of(Map.of("name", List.of(name), "retryPolicy", retryPolicy)));
	}

	private static void poll(SchedulerClient client, int times) {
		for (int i = 0; i < times; i++) {
			client.pollActivityBuffer("worker-1");
		}
	}

	private static long polls(EmbeddedScheduler scheduler) {
		return scheduler.faults().calls(Rpc.POLL_ACTIVITY_BUFFER);
	}

	static class EmptyService extends SchedulerServiceImplBase {

		@Override
		public void pollActivityBuffer(PollActivityBufferRequest request,
				StreamObserver<PollActivityBufferResponse> observer) {
			observer.onNext(PollActivityBufferResponse.getDefaultInstance());
			observer.onCompleted();
		}

	}

	record EncodingRecorder(List<String> encodings) implements ServerInterceptor {

		@Override
		public <Q, S> ServerCall.Listener<Q> interceptCall(ServerCall<Q, S> call, Metadata headers,
				ServerCallHandler<Q, S> next) {
			this.encodings.add(headers.get(Metadata.Key.of("grpc-encoding", Metadata.ASCII_STRING_MARSHALLER)));
			return next.startCall(call, headers);
		}

	}

}
